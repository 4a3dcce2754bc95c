#include "scoring/pack/build/zip_file.h"

#include <zip.h>

namespace ventral {

struct ZipFile::Impl {
  std::string name;
  std::unique_ptr<zip_t, void (*)(zip_t*)> archive{nullptr, zip_discard};
};

Result<ZipFile> ZipFile::Open(const std::filesystem::path& file) {
  auto impl = std::make_shared<Impl>();
  impl->name = file.filename().string();
  int code = 0;
  impl->archive.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
  if (!impl->archive) {
    return InvalidInput(impl->name + " is no ZIP archive (libzip error " + std::to_string(code) +
                        ")");
  }
  ZipFile opened;
  opened.impl_ = std::move(impl);
  return opened;
}

bool ZipFile::Has(const std::string& member) const {
  return zip_name_locate(impl_->archive.get(), member.c_str(), 0) >= 0;
}

Result<std::string> ZipFile::Read(const std::string& member, std::uint64_t max_bytes) const {
  const std::string name = impl_->name + ": " + member;
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat(impl_->archive.get(), member.c_str(), 0, &stat) != 0) {
    return NotFound(name + " is not in the archive");
  }
  if ((stat.valid & ZIP_STAT_SIZE) == 0 || stat.size > max_bytes) {
    return ResourceLimit(name + " has " + std::to_string(stat.size) + " bytes; at most " +
                         std::to_string(max_bytes) + " are read");
  }
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
      zip_fopen(impl_->archive.get(), member.c_str(), 0), zip_fclose);
  std::string bytes(stat.size, '\0');
  char beyond = 0;
  // The read past the end makes libzip compare the CRC.
  if (!file || zip_fread(file.get(), bytes.data(), bytes.size()) !=
                   static_cast<zip_int64_t>(bytes.size()) ||
      zip_fread(file.get(), &beyond, 1) != 0) {
    return InvalidInput(name + " is damaged");
  }
  return bytes;
}

}  // namespace ventral
