#include "server/blob/disk_half.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "server/blob/blob_upload.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

constexpr char kHalfSuffix[] = ".half";
constexpr int kMostOpenings = 100;  // of a file that others make and remove meanwhile

Error HalfError(const char* what, const fs::path& file) {
  return Unavailable("the server's blob store cannot be used: try again later",
                     std::string(what) + " " + file.string() + ": " + std::strerror(errno));
}

Descriptor OpenAt(const fs::path& path, int flags) {
  return Descriptor(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
}

// The name may stand for another file by now, or for none: whoever had the lock before has removed
// it, or it is a blob.
bool StillNamed(const fs::path& path, const struct stat& opened) {
  struct stat named {};
  return ::lstat(path.c_str(), &named) == 0 && named.st_ino == opened.st_ino &&
         named.st_dev == opened.st_dev;
}

std::chrono::system_clock::time_point LastByteOf(const struct stat& found) {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::seconds(found.st_mtim.tv_sec) +
          std::chrono::nanoseconds(found.st_mtim.tv_nsec)));
}

bool IsHalf(const fs::path& path) { return path.extension() == kHalfSuffix; }

}  // namespace

fs::path HalfPath(const fs::path& incoming, const UploadName& upload) {
  return incoming / (upload.digest.hex() + "." + std::to_string(upload.size.value) + "." +
                     DigestOf(upload.owner).hex().substr(0, 32) + kHalfSuffix);
}

Result<HalfFile> OpenHalf(const fs::path& path, bool make) {
  for (int i = 0; i < kMostOpenings; ++i) {
    HalfFile half;
    half.file = OpenAt(path, O_RDWR | (make ? O_CREAT : 0));
    if (!half.file.open() && errno == ENOENT) return half;
    if (!half.file.open()) return HalfError("opening", path);
    if (!half.file.Lock()) return HalfFile{{}, Bytes(0), true};
    struct stat found {};
    if (!half.file.Look(&found)) return HalfError("looking at", path);
    if (!StillNamed(path, found)) continue;
    half.there = Bytes(static_cast<std::uint64_t>(found.st_size));
    if (::lseek(half.file.value(), 0, SEEK_END) < 0) return HalfError("seeking in", path);
    return half;
  }
  return HalfFile{{}, Bytes(0), true};
}

Status EmptyHalf(const HalfFile& half) {
  if (::ftruncate(half.file.value(), 0) == 0 && ::lseek(half.file.value(), 0, SEEK_SET) == 0) {
    return Ok{};
  }
  return HalfError("emptying", "a half upload");
}

Result<Bytes> HalfBytes(const fs::path& path) {
  const Descriptor file = OpenAt(path, O_RDONLY);
  if (!file.open() && errno == ENOENT) return Bytes(0);
  struct stat found {};
  // The size first: what comes meanwhile is not promised.
  if (!file.open() || !file.Look(&found)) return HalfError("opening", path);
  if (::fsync(file.value()) != 0) return HalfError("fsync of", path);
  VENTRAL_RETURN_IF_ERROR(SyncFolder(path.parent_path()));
  return Bytes(static_cast<std::uint64_t>(found.st_size));
}

Result<Bytes> AllHalfBytes(const fs::path& incoming) {
  std::uint64_t all = 0;
  std::error_code error;
  for (fs::directory_iterator at(incoming, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const auto bytes = IsHalf(at->path()) ? fs::file_size(at->path(), gone) : 0;
    if (!gone) all += bytes;
  }
  if (error) return Unavailable("the blob store cannot be listed", error.message());
  return Bytes(all);
}

Result<Bytes> RemoveOldHalves(const fs::path& incoming,
                              std::chrono::system_clock::time_point before) {
  std::uint64_t removed = 0;
  std::error_code error;
  for (fs::directory_iterator at(incoming, error), end; !error && at != end; at.increment(error)) {
    const Descriptor file = OpenAt(at->path(), O_RDONLY);
    struct stat found {};
    if (!file.open() || !file.Lock() || !file.Look(&found)) continue;
    if (!StillNamed(at->path(), found)) continue;
    if (IsHalf(at->path()) && LastByteOf(found) >= before) continue;
    if (::unlink(at->path().c_str()) != 0) continue;  // a folder that cannot be written says so
    if (IsHalf(at->path())) removed += static_cast<std::uint64_t>(found.st_size);
  }
  if (error) return Unavailable("the blob store cannot be listed", error.message());
  return Bytes(removed);
}

}  // namespace ventral
