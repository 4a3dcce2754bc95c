#include "scoring/pack/build/workplace.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace ventral {
namespace fs = std::filesystem;
namespace {

// Another process may have renamed the folder away between our opening and locking it.
bool IsStillAt(const fs::path& path, int descriptor) {
  struct stat opened, named;
  return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

Status Empty(const fs::path& path) {
  std::error_code failure;
  auto entry = fs::directory_iterator(path, failure);
  while (!failure && entry != fs::end(entry)) {
    fs::remove_all(entry->path(), failure);
    if (!failure) entry.increment(failure);
  }
  if (failure) return Unavailable("cannot empty " + path.string(), failure.message());
  return Ok{};
}

}  // namespace

Result<Workplace> Workplace::Make(const fs::path& out) {
  std::error_code failure;
  const fs::path absolute = fs::absolute(out);
  const fs::path path =
      absolute.parent_path() / ("." + absolute.filename().string() + ".building");
  fs::create_directories(path, failure);
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) {
    return Unavailable("cannot write " + path.string(),
                       std::error_code(errno, std::generic_category()).message());
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 || !IsStillAt(path, descriptor)) {
    close(descriptor);
    return Conflict("another process is building " + out.string() + "; wait for it");
  }
  Workplace made(path, descriptor);
  VENTRAL_RETURN_IF_ERROR(Empty(path));
  return made;
}

Workplace::~Workplace() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (descriptor_ >= 0) close(descriptor_);
}

Status Workplace::Become(const fs::path& out) {
  std::error_code failure;
  fs::rename(path_, out, failure);
  if (failure) return Conflict("cannot put the pack at " + out.string() + ": " + failure.message());
  path_.clear();
  return Ok{};
}

}  // namespace ventral
