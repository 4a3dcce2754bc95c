// Members of a ZIP archive (and so of an .npz), through libzip.
#ifndef VENTRAL_SCORING_PACK_BUILD_ZIP_FILE_H_
#define VENTRAL_SCORING_PACK_BUILD_ZIP_FILE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "scoring/base/result.h"

namespace ventral {

class ZipFile {
 public:
  // @error invalid_input if it is no ZIP archive.
  static Result<ZipFile> Open(const std::filesystem::path& file);

  bool Has(const std::string& member) const;
  // Uncompressed bytes, their CRC checked.
  // @error not_found; resource_limit if there are more than `max_bytes` (checked before allocation);
  //   invalid_input if the archive is damaged. All name archive and member.
  Result<std::string> Read(const std::string& member, std::uint64_t max_bytes) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_ZIP_FILE_H_
