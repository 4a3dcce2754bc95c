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

enum class ArchiveKind {
  kExport,  // torch.export: "archive_format" says pt2
  kScript,  // TorchScript: code/ and a pickle, which LibTorch alone reads
};

// All members throw Refusal or c10::Error.
class Archive {
 public:
  // Refuses what is neither kind, TorchScript where the limits do not allow it, and weights that
  // are not little-endian. `file` must outlive it.
  Archive(std::string_view file, const NetworkLimits& limits);

  ArchiveKind kind() const { return kind_; }
  std::string_view file() const { return file_; }
  bool Has(const std::string& record) const;
  struct Record {
    c10::DataPtr data;
    std::size_t bytes = 0;
  };
  Record Read(const std::string& record);
  // A record of text, at most `json_bytes`.
  std::string ReadText(const std::string& record);
  // Reads every record, for a reader that checks nothing itself.
  void CheckAll();

 private:
  void FindKind();
  void CheckCompressed() const;
  std::string TooLong(const std::string& record, std::uint64_t bytes) const;
  const ZipEntry& Entry(const std::string& record) const;

  std::string_view file_;
  NetworkLimits limits_;
  ArchiveKind kind_ = ArchiveKind::kExport;
  std::unordered_map<std::string, ZipEntry> entries_;  // without the archive's name before them
  std::unique_ptr<caffe2::serialize::PyTorchStreamReader> reader_;
};

// A file in memory, as LibTorch's readers ask for it; `bytes` must outlive it.
std::shared_ptr<caffe2::serialize::ReadAdapterInterface> AdapterOf(std::string_view bytes);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_ARCHIVE_H_
