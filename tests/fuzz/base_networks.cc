#include "tests/fuzz/base_networks.h"

#include <zlib.h>

#include <filesystem>

#include "scoring/base/mapped_file.h"
#include "scoring/network/torch_archive.h"
#include "scoring/network/zip_directory.h"
#include "tests/fuzz/targets.h"

namespace ventral::fuzz {
namespace {

constexpr const char* kNames[] = {"whole",     "in_place",  "recurrent",
                                  "attention", "late_view", "through_view"};

BaseNetwork ReadBase(const std::string& name) {
  const auto file = std::filesystem::path(VENTRAL_FIXTURES) / name / "net.pt2";
  const auto bytes = MappedFile::Open(file);
  if (!bytes.ok()) Fail(bytes.error().ToString() + "; make_fixtures.py writes it");
  const std::string_view view = bytes->view().bytes;
  Archive archive(view, {});
  BaseNetwork base{name, {}, {}};
  for (const auto& [path, entry] : ReadZipDirectory(view, 1000)) {
    const std::string record = path.substr(path.find('/') + 1);
    const Archive::Record content = archive.Read(record);
    base.records[record] = {static_cast<const char*>(content.data.get()), content.bytes};
  }
  base.model = ParseJson(base.records.at("models/model.json"), name);
  return base;
}

void Append(std::string& bytes, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
}

// What a record's local header and its entry in the directory both say.
std::string About(const std::string& name, const std::string& content) {
  const uLong crc =
      crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
  std::string about;
  for (const std::uint64_t field : {20, 0, 0, 0, 0}) Append(about, field, 2);  // version … date
  for (const std::uint64_t field : {std::uint64_t{crc}, content.size(), content.size()})
    Append(about, field, 4);
  Append(about, name.size(), 2);
  Append(about, 0, 2);
  return about;
}

}  // namespace

const std::vector<BaseNetwork>& BaseNetworks() {
  static const std::vector<BaseNetwork> networks = [] {
    std::vector<BaseNetwork> read;
    for (const char* name : kNames) read.push_back(ReadBase(name));
    return read;
  }();
  return networks;
}

std::string ZipOf(const std::map<std::string, std::string>& records) {
  std::string file, directory;
  for (const auto& [record, content] : records) {
    const std::string name = "net/" + record, about = About(name, content);
    const std::size_t offset = file.size();
    file += "PK\x03\x04" + about + name + content;
    directory += std::string("PK\x01\x02\x14\x00", 6) + about;
    directory.append(10, '\0');  // comment, disk, attributes
    Append(directory, offset, 4);
    directory += name;
  }
  const std::size_t start = file.size();
  file += directory + "PK\x05\x06";
  Append(file, 0, 4);
  for (int i = 0; i < 2; ++i) Append(file, records.size(), 2);
  Append(file, directory.size(), 4);
  Append(file, start, 4);
  Append(file, 0, 2);
  return file;
}

}  // namespace ventral::fuzz
