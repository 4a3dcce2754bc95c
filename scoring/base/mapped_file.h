// A file's bytes in memory, under the name that messages use.
#ifndef VENTRAL_SCORING_BASE_MAPPED_FILE_H_
#define VENTRAL_SCORING_BASE_MAPPED_FILE_H_

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/base/units.h"

namespace ventral {

// What a parser of hostile bytes takes: it needs no file system.
struct FileView {
  std::string name;
  std::string_view bytes;
};

// A read-only mapping of a whole file; the descriptor is closed, so thousands may be held. A file
// that is cut while it is mapped ends the process (SIGBUS): map only files that nobody writes.
class MappedFile {
 public:
  // @error not_found if there is no such file; invalid_input if it is no regular file;
  // permission, unavailable if it cannot be opened or mapped; resource_limit beyond `most`.
  static Result<MappedFile> Open(const std::filesystem::path& file,
                                 Bytes most = Bytes{~std::uint64_t{0}});
  MappedFile(MappedFile&& other) noexcept
      : name_(std::move(other.name_)), bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedFile();

  FileView view() const { return {name_, bytes_}; }

 private:
  MappedFile(std::string name, std::string_view bytes) : name_(std::move(name)), bytes_(bytes) {}
  std::string name_;
  std::string_view bytes_;
};

// All of `files`, in order; the first that fails ends it.
Result<std::vector<MappedFile>> MapAll(std::span<const std::string> files);
// They hold as long as `files` does.
std::vector<FileView> ViewsOf(std::span<const MappedFile> files);

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_MAPPED_FILE_H_
