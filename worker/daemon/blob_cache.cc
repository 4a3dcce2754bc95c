#include "worker/daemon/blob_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ventral {
namespace {
namespace fs = std::filesystem;

// The path is for the operator; the message may reach whoever submitted the job.
Error DiskError(const std::string& what, const fs::path& path, int error) {
  std::string message = "the worker's cache: " + what + ": " + std::strerror(error);
  const bool full = error == ENOSPC || error == EDQUOT;
  return {full ? ErrorCode::kResourceLimit : ErrorCode::kUnavailable, std::move(message),
          path.string()};
}

Status WriteAll(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return DiskError("cannot write a file", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Ok{};
}

bool Holds(const fs::path& file, const Digest& digest) {
  const auto found = DigestOfFile(file);
  return found.ok() && *found == digest;
}

// Its use counts as from now.
void Touch(const fs::path& path) { utimensat(AT_FDCWD, path.c_str(), nullptr, 0); }

bool HoldsAll(const fs::path& folder, const std::vector<PackFileEntry>& files) {
  return std::all_of(files.begin(), files.end(), [&](const PackFileEntry& file) {
    return Holds(folder / file.path, file.sha256);
  });
}

// Removes itself unless it was renamed away.
struct TemporaryFile {
  fs::path path;
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

Status Link(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  if (!error) fs::create_hard_link(from, to, error);
  if (error == std::errc::operation_not_permitted || error == std::errc::operation_not_supported ||
      error == std::errc::too_many_links) {
    fs::copy_file(from, to, error);  // a file system without hard links
  }
  if (error) return DiskError("cannot make a file", to, error.value());
  return Ok{};
}

}  // namespace

BlobCache::BlobCache(fs::path folder, Bytes limit, Descriptor lock)
    : folder_(std::move(folder)), limit_(limit), lock_(std::move(lock)) {}

Result<std::unique_ptr<BlobCache>> BlobCache::Open(const fs::path& folder, Bytes limit) {
  std::error_code error;
  const fs::path absolute = fs::absolute(folder, error);
  for (const char* part : {"blobs", "packs", "temporary"}) {
    if (!error) fs::create_directories(absolute / part, error);
  }
  if (error) return DiskError("cannot make the folder", folder, error.value());
  const fs::path lock_path = absolute / "lock";
  Descriptor lock(open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return DiskError("cannot open its lock", lock_path, errno);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Conflict("the cache folder " + folder.string() +
                    " is used by another worker: give each its own --cache");
  }
  for (const auto& left : fs::directory_iterator(absolute / "temporary", error)) {
    std::error_code ignored;
    fs::remove_all(left.path(), ignored);
  }
  return std::unique_ptr<BlobCache>(new BlobCache(absolute, limit, std::move(lock)));
}

fs::path BlobCache::BlobPath(const Digest& digest) const {
  return folder_ / "blobs" / digest.hex().substr(0, 2) / digest.hex();
}

fs::path BlobCache::PackPath(const Digest& digest) const {
  return folder_ / "packs" / digest.hex();
}

fs::path BlobCache::TemporaryName() {
  const std::lock_guard lock(mutex_);
  return folder_ / "temporary" / std::to_string(++next_temporary_);
}

std::shared_ptr<const void> BlobCache::Pin(const std::string& key) {
  const std::lock_guard lock(pins_->mutex);
  ++pins_->counts[key];
  return {static_cast<const void*>(pins_.get()), [pins = pins_, key](const void*) {
            const std::lock_guard inner(pins->mutex);
            if (--pins->counts[key] == 0) pins->counts.erase(key);
          }};
}

BlobCache::Held BlobCache::Temporary() {
  // Made in place: a copy would remove it.
  const std::shared_ptr<const TemporaryFile> folder(new TemporaryFile{TemporaryName()});
  std::error_code ignored;
  fs::create_directory(folder->path, ignored);
  return {folder->path, folder};
}

Result<BlobCache::Held> BlobCache::Blob(const Digest& digest, std::uint64_t bytes,
                                        const Source& source) {
  Held held{BlobPath(digest), Pin(digest.hex())};
  if (!Holds(held.path, digest)) VENTRAL_RETURN_IF_ERROR(Download(digest, bytes, source));
  Touch(held.path);
  return held;
}

Status BlobCache::Download(const Digest& digest, std::uint64_t bytes, const Source& source) {
  const TemporaryFile temporary{TemporaryName()};
  const Descriptor file(
      open(temporary.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
  if (file.get() < 0) return DiskError("cannot make a file", temporary.path, errno);
  Hasher hasher;
  VENTRAL_RETURN_IF_ERROR(source(digest, bytes, [&](std::string_view piece) -> Status {
    hasher.Update(piece);
    return WriteAll(file.get(), piece, temporary.path);
  }));
  if (const Digest came = hasher.Finish(); came != digest) {
    return CorruptData("blob " + digest.hex() + " came with digest " + came.hex());
  }
  if (fsync(file.get()) != 0) return DiskError("cannot write a file", temporary.path, errno);
  const fs::path path = BlobPath(digest);
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (!error) fs::rename(temporary.path, path, error);
  if (error) return DiskError("cannot make a file", path, error.value());
  return Ok{};
}

Result<BlobCache::Held> BlobCache::Pack(const Digest& digest, std::vector<PackFileEntry> files,
                                        const Source& source, const Fetched& fetched) {
  std::sort(files.begin(), files.end(),
            [](const PackFileEntry& a, const PackFileEntry& b) { return a.path < b.path; });
  for (const PackFileEntry& file : files) VENTRAL_RETURN_IF_ERROR(CheckPackPath(file.path));
  if (DigestOf(PackListing(files)) != digest) {
    return CorruptData("the files of pack " + digest.hex() + " are not those of its digest");
  }
  Held held{PackPath(digest), Pin("pack " + digest.hex())};
  if (!HoldsAll(held.path, files)) {
    VENTRAL_RETURN_IF_ERROR(BuildPack(digest, files, source, fetched));
  }
  Touch(held.path);
  for (const PackFileEntry& file : files) Touch(held.path / file.path);
  return held;
}

Status BlobCache::BuildPack(const Digest& digest, const std::vector<PackFileEntry>& files,
                            const Source& source, const Fetched& fetched) {
  const TemporaryFile temporary{TemporaryName()};
  std::vector<std::shared_ptr<const void>> pins;
  for (const PackFileEntry& file : files) {
    VENTRAL_ASSIGN_OR_RETURN(Held blob, Blob(file.sha256, file.bytes, source));
    pins.push_back(std::move(blob.pin));
    VENTRAL_RETURN_IF_ERROR(Link(blob.path, temporary.path / file.path));
    fetched(static_cast<std::int64_t>(pins.size()), static_cast<std::int64_t>(files.size()));
  }
  const fs::path path = PackPath(digest);
  const std::lock_guard lock(mutex_);
  if (HoldsAll(path, files)) return Ok{};  // another device's thread was first, and may be reading
  std::error_code error;
  fs::remove_all(path, error);
  fs::rename(temporary.path, path, error);
  if (error) return DiskError("cannot make a file", path, error.value());
  return Ok{};
}

}  // namespace ventral
