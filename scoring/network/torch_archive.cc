#include "scoring/network/torch_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

// One descriptor, opened once, for the directory and for LibTorch's reader.
class CheckpointFile final : public caffe2::serialize::ReadAdapterInterface {
 public:
  CheckpointFile(const std::filesystem::path& file, std::uint64_t max_bytes)
      : descriptor_(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    struct stat status {};
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) throw Refusal("cannot be read");
    if (!S_ISREG(status.st_mode)) throw Refusal("not a regular file");
    bytes_ = static_cast<std::uint64_t>(status.st_size);
    if (bytes_ > max_bytes) {
      throw Refusal(std::to_string(bytes_) + " bytes, at most " + std::to_string(max_bytes) +
                    " are allowed");
    }
  }
  CheckpointFile(const CheckpointFile&) = delete;
  CheckpointFile& operator=(const CheckpointFile&) = delete;
  ~CheckpointFile() override { close(descriptor_); }

  size_t size() const override { return bytes_; }

  size_t read(uint64_t position, void* buffer, size_t count, const char* /*what*/) const override {
    size_t done = 0;
    while (done < count) {
      const ssize_t got = pread(descriptor_, static_cast<char*>(buffer) + done, count - done,
                                static_cast<off_t>(position + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

  std::string ReadAll(std::uint64_t offset, std::size_t count) const {
    std::string bytes(count, '\0');
    if (read(offset, bytes.data(), count, "") != count) throw Refusal("truncated");
    return bytes;
  }

 private:
  int descriptor_;
  std::uint64_t bytes_ = 0;
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

Archive::Archive(const std::filesystem::path& file, const NetworkLimits& limits) : limits_(limits) {
  auto bytes = std::make_shared<CheckpointFile>(file, limits.archive_bytes);
  entries_ = WithoutFolder(ReadZipDirectory(
      bytes->size(),
      [&](std::uint64_t offset, std::size_t size) { return bytes->ReadAll(offset, size); },
      limits.records));
  reader_ = std::make_unique<caffe2::serialize::PyTorchStreamReader>(bytes);
  CheckFormat();
}

void Archive::CheckFormat() {
  if (!Has("archive_format")) {
    if (Has("data.pkl") || Has("constants.pkl")) {
      throw Refusal("a pickled or TorchScript file; write it with torch.export (ventral.export)");
    }
    throw Refusal("not a .pt2 archive of torch.export (no record archive_format)");
  }
  const std::string format = ReadText("archive_format");
  if (format != "pt2") throw Refusal("archive format '" + format.substr(0, 40) + "', not 'pt2'");
  if (Has("byteorder") && ReadText("byteorder") != "little")
    throw Refusal("weights are not little-endian");
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
  if (Entry(record).bytes > limits_.json_bytes) {
    throw Refusal("record " + record + " has " + std::to_string(Entry(record).bytes) +
                  " bytes, at most " + std::to_string(limits_.json_bytes) + " are allowed");
  }
  const Record content = Read(record);
  return {static_cast<const char*>(content.data.get()), content.bytes};
}

}  // namespace ventral
