#include "client/cli/secret_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ventral::cli {
namespace {

// So that the file's name survives a crash, too.
bool SyncFolderOf(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return synced;
}

}  // namespace

Result<std::unique_ptr<SecretFile>> SecretFile::Create(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) return std::unique_ptr<SecretFile>(new SecretFile(path, fd));
  if (errno == EEXIST) return Conflict(path + " is there already: name a new file");
  return Unavailable("cannot make " + path + ": " + std::strerror(errno));
}

SecretFile::~SecretFile() {
  close(fd_);
  if (!kept_) unlink(path_.c_str());
}

Status SecretFile::Keep(const std::string& text) {
  kept_ = write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
          fsync(fd_) == 0 && SyncFolderOf(path_);
  if (kept_) return Ok{};
  return Unavailable("cannot write " + path_ + ": " + std::strerror(errno));
}

}  // namespace ventral::cli
