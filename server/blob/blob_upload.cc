#include "server/blob/blob_upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace ventral {
namespace fs = std::filesystem;
namespace {

// The submitter can only wait; which file and why is for the operator.
Error DiskError(const char* what, const fs::path& file) {
  return Unavailable("the server's blob store cannot be written: try again later",
                     std::string(what) + " " + file.string() + ": " + std::strerror(errno));
}

}  // namespace

BlobUpload::~BlobUpload() { Drop(); }

void BlobUpload::Drop() {
  if (descriptor_ < 0) return;
  ::unlink(temporary_.c_str());
  ::close(descriptor_);
  descriptor_ = -1;
}

Status BlobUpload::Append(std::string_view bytes) {
  if (descriptor_ < 0) return Internal("bytes were appended to an upload that has ended");
  if (bytes.size() > size_.value - written_) {
    failed_ = true;
    return InvalidInput("the upload declared " + std::to_string(size_.value) +
                        " bytes and sent at least " + std::to_string(written_ + bytes.size()));
  }
  hasher_.Update(bytes);
  written_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t done = ::write(descriptor_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      failed_ = true;
      return DiskError("writing", temporary_);
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return Ok{};
}

Status BlobUpload::Check() {
  if (written_ != size_.value) {
    return InvalidInput("the upload declared " + std::to_string(size_.value) + " bytes and sent " +
                        std::to_string(written_));
  }
  const Digest found = hasher_.Finish();
  if (found != digest_) {
    return InvalidInput("the upload declared SHA-256 " + digest_.hex() + " and its bytes have " +
                        found.hex());
  }
  return Ok{};
}

Status BlobUpload::Commit() {
  if (descriptor_ < 0 || failed_)
    return Internal("an upload that has ended or failed was committed");
  failed_ = true;  // until all is done: a second Commit must not hash again
  VENTRAL_RETURN_IF_ERROR(Check());
  if (::fsync(descriptor_) != 0) return DiskError("fsync of", temporary_);
  std::error_code error;
  fs::create_directories(place_.parent_path(), error);
  if (error)
    return Unavailable("the server's blob store cannot be written: try again later",
                       error.message());
  // Two uploads of the same bytes may meet here: both are checked, so either may stay.
  if (::rename(temporary_.c_str(), place_.c_str()) != 0) return DiskError("renaming to", place_);
  ::close(descriptor_);
  descriptor_ = -1;
  VENTRAL_RETURN_IF_ERROR(SyncFolder(place_.parent_path()));
  return SyncFolder(place_.parent_path().parent_path());
}

Status SyncFolder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return DiskError("opening", folder);
  const bool synced = ::fsync(descriptor) == 0;
  Status status = synced ? Status(Ok{}) : Status(DiskError("fsync of", folder));
  ::close(descriptor);
  return status;
}

}  // namespace ventral
