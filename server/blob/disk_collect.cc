#include "server/blob/disk_collect.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

namespace ventral {
namespace {
namespace fs = std::filesystem;
using Time = std::chrono::system_clock::time_point;

constexpr std::size_t kBatch = 1000;

// Held while it lives; each has a descriptor of its own, so threads exclude each other, too.
class FolderLock {
 public:
  FolderLock(const fs::path& folder, int kind)
      : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    while (descriptor_ >= 0 && ::flock(descriptor_, kind) != 0 && errno == EINTR) {
    }
  }
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool held() const { return descriptor_ >= 0; }

 private:
  const int descriptor_;
};

struct Found {
  Time touched;
  std::uint64_t bytes = 0;
};

std::optional<Found> Look(const fs::path& file) {
  struct stat found {};
  if (::lstat(file.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
  const auto since =
      std::chrono::seconds(found.st_mtim.tv_sec) + std::chrono::nanoseconds(found.st_mtim.tv_nsec);
  return Found{Time(std::chrono::duration_cast<Time::duration>(since)),
               static_cast<std::uint64_t>(found.st_size)};
}

fs::path PlaceIn(const fs::path& blobs, const Digest& digest) {
  return blobs / digest.hex().substr(0, 2) / digest.hex();
}

// Digests of the blobs that were last touched before `before`.
Result<std::vector<Digest>> Old(const fs::path& blobs, Time before) {
  std::vector<Digest> old;
  std::error_code error;
  for (fs::recursive_directory_iterator at(blobs, error), end; !error && at != end;
       at.increment(error)) {
    auto digest = Digest::Parse(at->path().filename().string());
    if (!digest.ok() || at->path() != PlaceIn(blobs, *digest)) continue;
    const auto found = Look(at->path());
    if (found && found->touched < before) old.push_back(std::move(*digest));
  }
  if (error) return Unavailable("the blob store cannot be listed", error.message());
  return old;
}

Status Remove(const fs::path& blobs, const Digest& digest, Time before, Collected* collected) {
  const FolderLock lock(blobs, LOCK_EX);
  if (!lock.held()) return Unavailable("the blob store cannot be locked", std::strerror(errno));
  const fs::path place = PlaceIn(blobs, digest);
  const auto found = Look(place);
  if (!found || found->touched >= before) return Ok{};
  if (::unlink(place.c_str()) != 0) {
    return Unavailable("the blob " + digest.hex() + " cannot be removed", std::strerror(errno));
  }
  ++collected->blobs;
  collected->bytes = Bytes(collected->bytes.value + found->bytes);
  return Ok{};
}

}  // namespace

bool Touch(const fs::path& blobs, const fs::path& place) {
  const FolderLock lock(blobs, LOCK_SH);
  return lock.held() && ::utimensat(AT_FDCWD, place.c_str(), nullptr, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<Collected> CollectBlobs(const fs::path& blobs, Time before,
                               const BlobStore::Unnamed& unnamed) {
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<Digest> old, Old(blobs, before));
  Collected collected;
  for (std::size_t begin = 0; begin < old.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, old.size() - begin);
    VENTRAL_ASSIGN_OR_RETURN(const auto free, unnamed(std::span(old).subspan(begin, count)));
    for (const Digest& digest : free) {
      VENTRAL_RETURN_IF_ERROR(Remove(blobs, digest, before, &collected));
    }
  }
  return collected;
}

}  // namespace ventral
