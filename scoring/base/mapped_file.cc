#include "scoring/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ventral {
namespace {

Error CannotOpen(const std::string& name, int error) {
  if (error == ENOENT || error == ENOTDIR) return NotFound("there is no file " + name);
  const std::string message = name + " cannot be read: " + std::strerror(error);
  return error == EACCES || error == EPERM ? Error{ErrorCode::kPermission, message, {}}
                                           : Unavailable(message);
}

Result<std::string_view> Map(int descriptor, const std::string& name, Bytes most) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return CannotOpen(name, errno);
  if (!S_ISREG(status.st_mode)) return InvalidInput(name + " is not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > most.value) {
    return ResourceLimit(name + " has " + std::to_string(size) + " bytes, at most " +
                         std::to_string(most.value) + " are read");
  }
  if (size == 0) return std::string_view();  // an empty mapping there is none
  void* const start = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) return CannotOpen(name, errno);
  return std::string_view(static_cast<const char*>(start), size);
}

}  // namespace

Result<MappedFile> MappedFile::Open(const std::filesystem::path& file, Bytes most) {
  const std::string name = file.string();
  // Not to wait for a writer of a pipe.
  const int descriptor = open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return CannotOpen(name, errno);
  auto bytes = Map(descriptor, name, most);
  close(descriptor);
  if (!bytes.ok()) return std::move(bytes).error();
  return MappedFile(name, *bytes);
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Result<std::vector<MappedFile>> MapAll(std::span<const std::string> files) {
  std::vector<MappedFile> mapped;
  mapped.reserve(files.size());
  for (const std::string& file : files) {
    VENTRAL_ASSIGN_OR_RETURN(MappedFile one, MappedFile::Open(file));
    mapped.push_back(std::move(one));
  }
  return mapped;
}

std::vector<FileView> ViewsOf(std::span<const MappedFile> files) {
  std::vector<FileView> views;
  views.reserve(files.size());
  for (const MappedFile& file : files) views.push_back(file.view());
  return views;
}

}  // namespace ventral
