#include "server/first_admin.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "server/blob/blob_upload.h"
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

// On the disk, its name too, when it returns.
Status WriteNew(const fs::path& file, const std::string& text) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return CannotWrite(file, errno);
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  const int error = errno;
  close(fd);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const Status named = written ? SyncFolder(folder) : Status(Ok{});
  if (written && named.ok()) return Ok{};
  unlink(file.c_str());
  return CannotWrite(file, written ? EIO : error);
}

Status SayIfNoAdmin(store::Accounts& accounts) {
  VENTRAL_ASSIGN_OR_RETURN(const bool admin, accounts.HasAdmin());
  if (admin) return Ok{};
  spdlog::error(
      "no admin may come in: every user who is one is disabled. Stop this server, start it with "
      "--accounts off --listen 127.0.0.1:7411, and run 'ventral admin user enable USER', or "
      "'ventral admin user create USER --role admin' and 'ventral admin token create USER --out "
      "FILE'; then start it as before");
  return Ok{};
}

// Whether the user was made is not known: its token must not be lost.
Error InDoubt(const Error& error, const fs::path& file) {
  return Unavailable("the database broke off while the first admin was made: " + error.message +
                         "; " + file.string() +
                         " is kept, because it may be the token of user 'admin'. Start the server "
                         "again: if it says that the file is there already, nothing was made, and "
                         "the file can be removed",
                     error.context);
}

}  // namespace

Result<bool> WantsFirstAdmin(store::Accounts& accounts) {
  VENTRAL_ASSIGN_OR_RETURN(const bool users, accounts.HasUsers());
  if (users) VENTRAL_RETURN_IF_ERROR(SayIfNoAdmin(accounts));
  return !users;
}

Status MakeFirstAdmin(store::Accounts& accounts, const fs::path& file) {
  VENTRAL_ASSIGN_OR_RETURN(const std::string secret, service::NewSecret());
  // The file first: a user whose token nobody has would lock everyone out.
  VENTRAL_RETURN_IF_ERROR(WriteNew(file, secret + "\n"));
  const auto made = accounts.CreateFirstAdmin(kAdmin, DigestOf(secret));
  if (!made.ok() && made.error().code == ErrorCode::kUnavailable)
    return InDoubt(made.error(), file);
  if (!made.ok() || !*made) unlink(file.c_str());  // another server was first, or nothing was made
  if (!made.ok()) return made.error();
  if (*made) {
    spdlog::warn("first start: made user '{}'; its token is in {} and nowhere else", kAdmin,
                 file.string());
  }
  return Ok{};
}

}  // namespace ventral
