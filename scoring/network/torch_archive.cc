#include "scoring/network/torch_archive.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

// The file in memory, as LibTorch's reader asks for it.
class BytesInMemory final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit BytesInMemory(std::string_view bytes) : bytes_(bytes) {}
  size_t size() const override { return bytes_.size(); }
  size_t read(uint64_t position, void* buffer, size_t count, const char* /*what*/) const override {
    if (position > bytes_.size()) return 0;
    return bytes_.copy(static_cast<char*>(buffer), count, position);
  }

 private:
  std::string_view bytes_;
};

std::uint32_t Crc32Of(const void* data, std::size_t bytes) {
  const auto* at = static_cast<const Bytef*>(data);
  uLong crc = crc32(0, nullptr, 0);
  while (bytes > 0) {
    const auto piece =
        static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
    crc = crc32(crc, at, piece);
    at += piece;
    bytes -= piece;
  }
  return static_cast<std::uint32_t>(crc);
}

// Every record lies in one folder, the archive's name, which LibTorch's reader takes off.
std::unordered_map<std::string, ZipEntry> WithoutFolder(
    std::unordered_map<std::string, ZipEntry> entries) {
  std::unordered_map<std::string, ZipEntry> result;
  std::string folder;
  for (auto& [name, entry] : entries) {
    const std::string own = name.substr(0, name.find('/') + 1);
    if (own.empty() || (!folder.empty() && own != folder)) {
      throw Refusal("record " + name + " does not lie in the one folder of a PyTorch archive");
    }
    folder = own;
    result.emplace(name.substr(own.size()), entry);
  }
  return result;
}

}  // namespace

Archive::Archive(std::string_view file, const NetworkLimits& limits)
    : file_(file), limits_(limits) {
  if (file.size() > limits.archive_bytes) {
    throw Refusal(std::to_string(file.size()) + " bytes, at most " +
                  std::to_string(limits.archive_bytes) + " are allowed");
  }
  entries_ = WithoutFolder(ReadZipDirectory(file, limits.records));
  if (!Has("version") && !Has(".data/version"))
    throw Refusal("not an archive of PyTorch (no record version)");
  reader_ = std::make_unique<caffe2::serialize::PyTorchStreamReader>(AdapterOf(file));
  FindKind();
  CheckCompressed();
}

void Archive::FindKind() {
  if (Has("byteorder") && ReadText("byteorder") != "little")
    throw Refusal("weights are not little-endian");
  if (Has("archive_format")) {
    const std::string format = ReadText("archive_format");
    if (format != "pt2") throw Refusal("archive format '" + format.substr(0, 40) + "', not 'pt2'");
    return;
  }
  const bool has_code = std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) {
    return entry.first.starts_with("code/");
  });
  if (!Has("data.pkl"))
    throw Refusal("not a .pt2 archive of torch.export (no record archive_format)");
  if (!has_code || !Has("constants.pkl")) {
    throw Refusal(
        "a pickle of torch.save, which can hold any program; write it with ventral.export");
  }
  if (!limits_.torchscript) {
    throw Refusal(
        "a TorchScript file, which this service does not take; write it with torch.export "
        "(ventral.export)");
  }
  kind_ = ArchiveKind::kScript;
}

// TorchScript compresses its source code, and nothing else.
void Archive::CheckCompressed() const {
  for (const auto& [name, entry] : entries_) {
    if (!entry.compressed) continue;
    if (kind_ != ArchiveKind::kScript || !name.starts_with("code/"))
      throw Refusal("record " + name + " is compressed or encrypted");
    if (entry.bytes > limits_.json_bytes) throw Refusal(TooLong(name, entry.bytes));
  }
}

void Archive::CheckAll() {
  for (const auto& [name, entry] : entries_) Read(name);
}

std::string Archive::TooLong(const std::string& record, std::uint64_t bytes) const {
  return "record " + record + " has " + std::to_string(bytes) + " bytes, at most " +
         std::to_string(limits_.json_bytes) + " are allowed";
}

std::shared_ptr<caffe2::serialize::ReadAdapterInterface> AdapterOf(std::string_view bytes) {
  return std::make_shared<BytesInMemory>(bytes);
}

bool Archive::Has(const std::string& record) const { return entries_.contains(record); }

const ZipEntry& Archive::Entry(const std::string& record) const {
  const auto found = entries_.find(record);
  if (found == entries_.end()) throw Refusal("no record " + record);
  return found->second;
}

Archive::Record Archive::Read(const std::string& record) {
  const ZipEntry& entry = Entry(record);
  auto [data, bytes] = reader_->getRecord(record);
  if (bytes != entry.bytes)
    throw Refusal("record " + record + " is not as long as the directory says");
  if (Crc32Of(data.get(), bytes) != entry.crc32)
    throw Refusal("record " + record + " is damaged (wrong CRC)");
  return {std::move(data), bytes};
}

std::string Archive::ReadText(const std::string& record) {
  const std::uint64_t bytes = Entry(record).bytes;
  if (bytes > limits_.json_bytes) throw Refusal(TooLong(record, bytes));
  const Record content = Read(record);
  return {static_cast<const char*>(content.data.get()), content.bytes};
}

}  // namespace ventral
