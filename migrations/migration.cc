#include "migrations/migration.h"

#include <cctype>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "scoring/base/digest.h"

namespace ventral::migrate {
namespace {

struct FileName {
  int version;
  std::string name;
  bool up;
};

std::optional<FileName> ParseFileName(const std::string& file) {
  const bool up = file.ends_with(".up.sql");
  if (!up && !file.ends_with(".down.sql")) return std::nullopt;
  const std::string stem = file.substr(0, file.size() - (up ? 7 : 9));
  if (stem.size() < 6 || stem[4] != '_') return std::nullopt;
  int version = 0;
  for (char digit : stem.substr(0, 4)) {
    if (!std::isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
    version = version * 10 + (digit - '0');
  }
  return FileName{version, stem.substr(5), up};
}

}  // namespace

std::string Migration::Checksum() const { return DigestOf(up + '\0' + down).hex(); }

std::string Migration::Label() const {
  char number[16];
  std::snprintf(number, sizeof number, "%04d", version);
  return std::string(number) + "_" + name;
}

Result<std::vector<MigrationFile>> FilesOf(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<MigrationFile> files;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() != ".sql" || at->path().filename() == "schema.expected.sql")
      continue;
    std::ifstream in(at->path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) return Unavailable("cannot read " + at->path().string());
    files.push_back({at->path().filename().string(), std::move(text)});
  }
  if (error) return NotFound("cannot read the folder " + folder.string() + ": " + error.message());
  return files;
}

Result<std::vector<Migration>> PairUp(const std::vector<MigrationFile>& files) {
  std::map<int, Migration> found;
  for (const MigrationFile& file : files) {
    const auto name = ParseFileName(file.name);
    if (!name)
      return InvalidInput(file.name +
                          ": a migration is called NNNN_name.up.sql or NNNN_name.down.sql");
    if (file.text.empty()) return InvalidInput(file.name + " is empty");
    Migration& migration = found[name->version];
    std::string& text = name->up ? migration.up : migration.down;
    if (!text.empty() || (!migration.name.empty() && migration.name != name->name)) {
      return InvalidInput(file.name + ": another migration has this number");
    }
    migration.version = name->version;
    migration.name = name->name;
    text = file.text;
  }
  if (found.empty()) return InvalidInput("there are no migrations");
  std::vector<Migration> migrations;
  for (auto& [version, migration] : found) {
    const int expected = static_cast<int>(migrations.size()) + 1;
    if (version != expected) {
      return InvalidInput(migration.Label() + ": expected number " + std::to_string(expected) +
                          " next");
    }
    if (migration.up.empty()) return InvalidInput(migration.Label() + ".up.sql is missing");
    if (migration.down.empty()) return InvalidInput(migration.Label() + ".down.sql is missing");
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

}  // namespace ventral::migrate
