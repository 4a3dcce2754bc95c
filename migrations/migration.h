// One numbered step of the schema: NNNN_name.up.sql with NNNN_name.down.sql.
#ifndef VENTRAL_MIGRATIONS_MIGRATION_H_
#define VENTRAL_MIGRATIONS_MIGRATION_H_

#include <filesystem>
#include <string>
#include <vector>

#include "scoring/base/result.h"

namespace ventral::migrate {

struct Migration {
  int version = 0;
  std::string name;  // "initial"
  std::string up, down;

  // SHA-256 of both texts: what says whether a landed migration was edited.
  std::string Checksum() const;
  // "0001_initial".
  std::string Label() const;
};

struct MigrationFile {
  std::string name, text;
};

// The files that were compiled into the program.
std::vector<MigrationFile> EmbeddedFiles();
// @error not_found if there is no such folder; unavailable if a file cannot be read.
Result<std::vector<MigrationFile>> FilesOf(const std::filesystem::path& folder);

// By version, 1, 2, 3, …
// @error invalid_input names the file: a name that is not NNNN_name.up.sql or .down.sql, one half
// of a
//   pair missing, a number twice or left out, an empty text, no files at all.
Result<std::vector<Migration>> PairUp(const std::vector<MigrationFile>& files);

}  // namespace ventral::migrate

#endif  // VENTRAL_MIGRATIONS_MIGRATION_H_
