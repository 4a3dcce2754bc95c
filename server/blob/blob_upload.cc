#include "server/blob/blob_upload.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

namespace ventral {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kHashedAtOnce = 1 << 20;

// The submitter can only wait; which file and why is for the operator.
Error DiskError(const char* what, const fs::path& file) {
  return Unavailable("the server's blob store cannot be written: try again later",
                     std::string(what) + " " + file.string() + ": " + std::strerror(errno));
}

}  // namespace

BlobUpload::~BlobUpload() { Drop(); }

// A disk that failed, or is full, gets its room back; bytes that were refused are not sent again.
void BlobUpload::Drop() {
  if (!file_.file.open()) return;
  const bool stays = file_.stays && !failed_ && file_.written > 0;
  if (!stays) ::unlink(file_.temporary.c_str());
  file_.file.Close();
}

Status BlobUpload::Append(std::string_view bytes) {
  if (!file_.file.open()) return Internal("bytes were appended to an upload that has ended");
  if (bytes.size() > size_.value - file_.written) {
    failed_ = true;
    return InvalidInput("the upload declared " + std::to_string(size_.value) +
                        " bytes and sent at least " + std::to_string(file_.written + bytes.size()));
  }
  if (begun_at_ == 0) hasher_.Update(bytes);
  file_.written += bytes.size();
  while (!bytes.empty()) {
    const ssize_t done = ::write(file_.file.value(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      failed_ = true;
      return DiskError("writing", file_.temporary);
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return Ok{};
}

// Of an upload that went on, what is in the file: nobody knows who wrote its beginning, and when.
Result<Digest> BlobUpload::Found() {
  if (begun_at_ == 0) return hasher_.Finish();
  std::vector<char> buffer(kHashedAtOnce);
  for (std::uint64_t at = 0; at < file_.written;) {
    const ssize_t got =
        ::pread(file_.file.value(), buffer.data(), buffer.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return DiskError("reading", file_.temporary);
    hasher_.Update(buffer.data(), static_cast<std::size_t>(got));
    at += static_cast<std::uint64_t>(got);
  }
  return hasher_.Finish();
}

Status BlobUpload::Check() {
  if (file_.written != size_.value) {
    return InvalidInput("the upload declared " + std::to_string(size_.value) + " bytes and sent " +
                        std::to_string(file_.written));
  }
  VENTRAL_ASSIGN_OR_RETURN(const Digest found, Found());
  if (found != digest_) {
    return InvalidInput("the upload declared SHA-256 " + digest_.hex() + " and its bytes have " +
                        found.hex());
  }
  return Ok{};
}

Status BlobUpload::Commit() {
  if (!file_.file.open() || failed_)
    return Internal("an upload that has ended or failed was committed");
  failed_ = true;  // until all is done: a second Commit must not hash again
  VENTRAL_RETURN_IF_ERROR(Check());
  // It is a blob of now, however long ago its last byte came.
  ::futimens(file_.file.value(), nullptr);
  if (::fsync(file_.file.value()) != 0) return DiskError("fsync of", file_.temporary);
  std::error_code error;
  fs::create_directories(file_.place.parent_path(), error);
  if (error)
    return Unavailable("the server's blob store cannot be written: try again later",
                       error.message());
  // Two uploads of the same bytes may meet here: both are checked, so either may stay.
  if (::rename(file_.temporary.c_str(), file_.place.c_str()) != 0)
    return DiskError("renaming to", file_.place);
  file_.file.Close();
  VENTRAL_RETURN_IF_ERROR(SyncFolder(file_.place.parent_path()));
  return SyncFolder(file_.place.parent_path().parent_path());
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
