// Private to network: the records of a .pt2 archive, each checked against size and CRC before it is
// used.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_ARCHIVE_H_
#define VENTRAL_SCORING_NETWORK_TORCH_ARCHIVE_H_

#include <c10/core/Allocator.h>
#include <caffe2/serialize/inline_container.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "scoring/network/network.h"
#include "scoring/network/zip_directory.h"

namespace ventral {

// All members throw Refusal or c10::Error.
class Archive {
 public:
  // Only formats that LibTorch reads without a pickle: "archive_format" must say pt2, "byteorder"
  // little.
  // `file` must outlive it.
  Archive(std::string_view file, const NetworkLimits& limits);

  bool Has(const std::string& record) const;
  struct Record {
    c10::DataPtr data;
    std::size_t bytes = 0;
  };
  Record Read(const std::string& record);
  // A record of text, at most `json_bytes`.
  std::string ReadText(const std::string& record);

 private:
  void CheckFormat();
  const ZipEntry& Entry(const std::string& record) const;

  NetworkLimits limits_;
  std::unordered_map<std::string, ZipEntry> entries_;  // without the archive's name before them
  std::unique_ptr<caffe2::serialize::PyTorchStreamReader> reader_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_ARCHIVE_H_
