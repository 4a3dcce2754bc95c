#include "server/first_admin.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "server/service/secret.h"

namespace ventral {
namespace {

namespace fs = std::filesystem;
constexpr char kAdmin[] = "admin";

Error CannotWrite(const fs::path& file, int error) {
  if (error == EEXIST) {
    return Conflict(file.string() +
                    " is there already, while the database has no users yet: move it away, or "
                    "name another file by --admin-token-file");
  }
  return Unavailable("cannot write the first admin's token into " + file.string() + ": " +
                     std::strerror(error) + "; --admin-token-file names another file");
}

// On the disk when it returns.
Status WriteNew(const fs::path& file, const std::string& text) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return CannotWrite(file, errno);
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  const int error = errno;
  close(fd);
  if (written) return Ok{};
  unlink(file.c_str());
  return CannotWrite(file, error);
}

}  // namespace

Status EnsureAdmin(store::Accounts& accounts, const fs::path& file) {
  VENTRAL_ASSIGN_OR_RETURN(const bool users, accounts.HasUsers());
  if (users) return Ok{};
  VENTRAL_ASSIGN_OR_RETURN(const std::string secret, service::NewSecret());
  // The file first: a user whose token nobody has would lock everyone out.
  VENTRAL_RETURN_IF_ERROR(WriteNew(file, secret + "\n"));
  const auto made = accounts.CreateFirstAdmin(kAdmin, DigestOf(secret));
  if (!made.ok() || !*made) unlink(file.c_str());  // another server was first, or nothing was made
  if (!made.ok()) return made.error();
  if (*made) {
    spdlog::warn("first start: made user '{}'; its token is in {} and nowhere else", kAdmin,
                 file.string());
  }
  return Ok{};
}

}  // namespace ventral
