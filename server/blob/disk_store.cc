#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "server/blob/blob_store.h"
#include "server/blob/blob_upload.h"
#include "server/blob/disk_collect.h"
#include "server/blob/room.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kPiece = 1 << 20;

Error CannotRead(const Digest& digest) {
  return Unavailable("the blob " + digest.hex() + " cannot be read: try again later",
                     std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value() const { return value_; }

 private:
  int value_;
};

Error NoSuchBlob(const Digest& digest) {
  return NotFound("there is no blob with SHA-256 " + digest.hex());
}

class DiskBlobStore final : public BlobStore {
 public:
  explicit DiskBlobStore(DiskBlobOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<BlobWriter>> Begin(const Digest& digest, Bytes size) override {
    if (size > options_.max_blob) {
      return ResourceLimit("the upload declares " + std::to_string(size.value) +
                           " bytes; this server takes at most " +
                           std::to_string(options_.max_blob.value));
    }
    if (!room_) return BeginFile(digest, size);
    VENTRAL_RETURN_IF_ERROR(room_->Take(size));
    auto writer = BeginFile(digest, size);
    if (!writer.ok()) {
      room_->GiveBack(size);
      return writer;
    }
    return std::unique_ptr<BlobWriter>(
        std::make_unique<RoomyWriter>(std::move(writer).value(), room_, size, *this, digest));
  }

  Result<std::unique_ptr<BlobWriter>> BeginFile(const Digest& digest, Bytes size) {
    std::string name = (Incoming() / (digest.hex() + "-XXXXXX")).string();
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    // Nothing is reserved for the declared size: only bytes that come take room.
    if (descriptor < 0) {
      return Unavailable("the server's blob store cannot be written: try again later",
                         std::strerror(errno));
    }
    ::flock(descriptor, LOCK_EX | LOCK_NB);
    return std::unique_ptr<BlobWriter>(
        std::make_unique<BlobUpload>(descriptor, name, PlaceOf(digest), digest, size));
  }

  bool Contains(const Digest& digest) const override { return Size(digest).ok(); }

  bool Hold(const Digest& digest) const override {
    return Contains(digest) && Touch(options_.root / "sha256", PlaceOf(digest));
  }

  Result<Collected> Collect(std::chrono::system_clock::time_point before,
                            const Unnamed& unnamed) override {
    VENTRAL_RETURN_IF_ERROR(RemoveLeftOvers());
    auto collected = CollectBlobs(options_.root / "sha256", before, unnamed);
    if (collected.ok() && room_) room_->GiveBack(collected->bytes);
    return collected;
  }

  Result<Bytes> Size(const Digest& digest) const override {
    struct stat found {};
    if (::stat(PlaceOf(digest).c_str(), &found) != 0 || !S_ISREG(found.st_mode))
      return NoSuchBlob(digest);
    return Bytes(static_cast<std::uint64_t>(found.st_size));
  }

  Status Read(const Digest& digest,
              const std::function<Status(std::string_view)>& sink) const override {
    const Descriptor file(::open(PlaceOf(digest).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.value() < 0) return errno == ENOENT ? NoSuchBlob(digest) : CannotRead(digest);
    Hasher hasher;
    std::vector<char> buffer(kPiece);
    while (true) {
      const ssize_t got = ::read(file.value(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return CannotRead(digest);
      if (got == 0) break;
      const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
      hasher.Update(piece);
      VENTRAL_RETURN_IF_ERROR(sink(piece));
    }
    if (hasher.Finish() == digest) return Ok{};
    SetAside(digest, file.value());
    return CorruptData("the stored bytes of blob " + digest.hex() +
                       " did not have this digest any more, and were set aside: upload it again");
  }

  Status Open() {
    std::error_code error;
    fs::create_directories(options_.root / "sha256", error);
    if (!error) fs::create_directories(Incoming(), error);
    if (error) return CannotWrite(error.message());
    if (::access(Incoming().c_str(), W_OK | X_OK) != 0 ||
        ::access((options_.root / "sha256").c_str(), W_OK | X_OK) != 0) {
      return CannotWrite(std::strerror(errno));
    }
    VENTRAL_RETURN_IF_ERROR(RemoveLeftOvers());
    return MeasureRoom();
  }

 private:
  fs::path Incoming() const { return options_.root / "incoming"; }
  fs::path PlaceOf(const Digest& digest) const {
    return options_.root / "sha256" / digest.hex().substr(0, 2) / digest.hex();
  }

  Error CannotWrite(const std::string& why) const {
    return Unavailable("the blob store " + options_.root.string() + " cannot be made or written (" +
                       why + "): give the server a folder that it may write");
  }

  // Out of the way of a new upload, and kept for whoever wants to know what the disk did. Not if
  // the name stands for other bytes by now.
  void SetAside(const Digest& digest, int descriptor) const {
    struct stat read {
    }, named{};
    if (::fstat(descriptor, &read) != 0 || ::stat(PlaceOf(digest).c_str(), &named) != 0) return;
    if (read.st_ino != named.st_ino || read.st_dev != named.st_dev) return;
    std::error_code ignored;
    fs::create_directories(options_.root / "damaged", ignored);
    fs::rename(PlaceOf(digest), options_.root / "damaged" / digest.hex(), ignored);
  }

  // What is there is counted once; what an operator removes counts until the next start.
  Status MeasureRoom() {
    if (options_.max_total.value == 0) return Ok{};
    std::uint64_t held = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator at(options_.root / "sha256", error), end;
         !error && at != end; at.increment(error)) {
      std::error_code gone;
      if (at->is_regular_file(gone)) held += at->file_size(gone);
    }
    if (error) return CannotWrite(error.message());
    room_ = std::make_shared<Room>(options_.max_total, Bytes(held));
    return Ok{};
  }

  // Uploads of a server that was killed: nobody holds their lock.
  Status RemoveLeftOvers() const {
    std::error_code error;
    for (fs::directory_iterator at(Incoming(), error), end; !error && at != end;
         at.increment(error)) {
      const Descriptor file(
          ::open(at->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
      if (file.value() >= 0 && ::flock(file.value(), LOCK_EX | LOCK_NB) == 0)
        ::unlink(at->path().c_str());
    }
    if (error) return CannotWrite(error.message());
    return Ok{};
  }

  DiskBlobOptions options_;
  std::shared_ptr<Room> room_;  // where there is a limit
};

}  // namespace

Result<std::unique_ptr<BlobStore>> OpenDiskBlobStore(const DiskBlobOptions& options) {
  auto store = std::make_unique<DiskBlobStore>(options);
  VENTRAL_RETURN_IF_ERROR(store->Open());
  return std::unique_ptr<BlobStore>(std::move(store));
}

}  // namespace ventral
