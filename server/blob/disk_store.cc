#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "server/blob/blob_store.h"
#include "server/blob/blob_upload.h"
#include "server/blob/descriptor.h"
#include "server/blob/disk_collect.h"
#include "server/blob/disk_half.h"
#include "server/blob/roomy_writer.h"
#include "server/blob/store_errors.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kPiece = 1 << 20;
constexpr int kMostMade = 100;

Error CannotRead(const Digest& digest) {
  return Unavailable("the blob " + digest.hex() + " cannot be read: try again later",
                     std::strerror(errno));
}

Error NoSuchBlob(const Digest& digest) {
  return NotFound("there is no blob with SHA-256 " + digest.hex());
}

class DiskBlobStore final : public BlobStore {
 public:
  explicit DiskBlobStore(DiskBlobOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<BlobWriter>> Begin(const Digest& digest, Bytes size) override {
    VENTRAL_RETURN_IF_ERROR(CheckSize(size));
    VENTRAL_RETURN_IF_ERROR(CheckRoom(size));
    VENTRAL_ASSIGN_OR_RETURN(auto writer, BeginFile(digest, size));
    return Counted(std::move(writer), UploadName{"", digest, size}, {});
  }

  Result<std::unique_ptr<BlobWriter>> Resume(const UploadName& upload, Bytes offset) override {
    VENTRAL_RETURN_IF_ERROR(CheckSize(upload.size));
    const fs::path path = HalfPath(Incoming(), upload);
    VENTRAL_ASSIGN_OR_RETURN(HalfFile half, OpenHalf(path, offset.value == 0));
    if (half.others && offset.value == 0) return Begin(upload.digest, upload.size);
    if (half.others) return AnotherUploads(upload);
    if (half.there > upload.size) half.there = Bytes(0);  // not of our making
    if (offset.value > 0 && offset != half.there) return GoesOnElsewhere(offset, half.there);
    // What is there counts already.
    const Status fits = CheckRoom(Bytes(upload.size.value - half.there.value));
    if (!fits.ok() && half.there.value == 0) ::unlink(path.c_str());
    VENTRAL_RETURN_IF_ERROR(fits);
    if (offset.value == 0) VENTRAL_RETURN_IF_ERROR(EmptyHalf(half));
    UploadFile file{std::move(half.file), path, PlaceOf(upload.digest), offset.value, true};
    std::unique_ptr<BlobWriter> writer =
        std::make_unique<BlobUpload>(std::move(file), upload.digest, upload.size);
    return Counted(std::move(writer), upload, {half.there, offset.value > 0, true});
  }

  Result<Bytes> Received(const UploadName& upload) const override {
    VENTRAL_ASSIGN_OR_RETURN(const Bytes there, HalfBytes(HalfPath(Incoming(), upload)));
    return there > upload.size ? Bytes(0) : there;
  }

  bool Contains(const Digest& digest) const override { return Size(digest).ok(); }

  Result<Bytes> Hold(const Digest& digest) const override {
    VENTRAL_ASSIGN_OR_RETURN(const Bytes size, Size(digest));
    if (!Touch(options_.root / "sha256", PlaceOf(digest))) return MayGo(digest);
    return size;
  }

  Result<Collected> Collect(std::chrono::system_clock::time_point before,
                            const Unnamed& unnamed) override {
    VENTRAL_RETURN_IF_ERROR(RemoveHalves(std::chrono::system_clock::now()));
    auto collected = CollectBlobs(options_.root / "sha256", before, unnamed);
    if (collected.ok() && room_) room_->GiveBack(collected->bytes);
    return collected;
  }

  Status RemoveHalves(std::chrono::system_clock::time_point now) override {
    VENTRAL_ASSIGN_OR_RETURN(const Bytes removed,
                             RemoveOldHalves(Incoming(), now - kHalfUploadLives));
    if (room_) room_->GiveBack(removed);
    return Ok{};
  }

  Result<Bytes> Size(const Digest& digest) const override {
    struct stat found {};
    if (::stat(PlaceOf(digest).c_str(), &found) != 0)
      return errno == ENOENT ? NoSuchBlob(digest) : CannotRead(digest);
    if (!S_ISREG(found.st_mode)) return NoSuchBlob(digest);
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
    VENTRAL_RETURN_IF_ERROR(RemoveHalves(std::chrono::system_clock::now()));
    return MeasureRoom();
  }

 private:
  Result<std::unique_ptr<BlobWriter>> BeginFile(const Digest& digest, Bytes size) {
    std::string name;
    Descriptor file;
    struct stat made {};
    // Another server that collects may take it for one that nobody is at, until it is locked.
    for (int i = 0; i < kMostMade && made.st_nlink == 0; ++i) {
      name = (Incoming() / (digest.hex() + "-XXXXXX")).string();
      file = Descriptor(::mkostemp(name.data(), O_CLOEXEC));
      if (!file.open()) break;
      const bool locked = file.Lock();
      if (!locked && errno == EWOULDBLOCK) continue;  // it is the other's, and goes
      if (!locked || !file.Look(&made)) break;
    }
    // Nothing is reserved for the declared size: only bytes that come take room.
    if (!file.open()) {
      return Unavailable("the server's blob store cannot be written: try again later",
                         std::strerror(errno));
    }
    return std::unique_ptr<BlobWriter>(std::make_unique<BlobUpload>(
        UploadFile{std::move(file), name, PlaceOf(digest)}, digest, size));
  }

  Status CheckSize(Bytes size) const {
    if (size <= options_.max_blob) return Ok{};
    return ResourceLimit("the upload declares " + std::to_string(size.value) +
                         " bytes; this server takes at most " +
                         std::to_string(options_.max_blob.value));
  }

  Status CheckRoom(Bytes size) const { return room_ ? room_->Check(size) : Status(Ok{}); }

  std::unique_ptr<BlobWriter> Counted(std::unique_ptr<BlobWriter> writer, const UploadName& upload,
                                      RoomyWriter::Half half) {
    if (!room_) return writer;
    return std::make_unique<RoomyWriter>(std::move(writer), room_, *this, upload, half);
  }

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
    VENTRAL_ASSIGN_OR_RETURN(const Bytes halves, AllHalfBytes(Incoming()));
    held += halves.value;
    room_ = std::make_shared<Room>(options_.max_total, Bytes(held));
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
