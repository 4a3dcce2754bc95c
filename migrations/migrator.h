// Takes a database from one version of the schema to another.
#ifndef VENTRAL_MIGRATIONS_MIGRATOR_H_
#define VENTRAL_MIGRATIONS_MIGRATOR_H_

#include <string>
#include <vector>

#include "migrations/migration.h"
#include "scoring/base/result.h"

namespace ventral::migrate {

struct Landed {
  int version = 0;
  std::string name, checksum, at;  // at: UTC, "2025-01-31 12:00:00"
};

// Each call connects, holds one advisory lock, so that two never run at once, and does each
// migration in a transaction of its own together with the note that it landed.
class Migrator {
 public:
  // `connection`: libpq conninfo or URI. `migrations`: as from PairUp.
  Migrator(std::string connection, std::vector<Migration> migrations)
      : connection_(std::move(connection)), migrations_(std::move(migrations)) {}

  // To `target`, or to the newest when it is 0. The labels of those that were done, in order.
  // @error unavailable if the database cannot be reached.
  // @error conflict if a landed migration was edited since, or is not known here (names it).
  // @error invalid_input if target is none of ours, or lies behind the database's version.
  // @error internal names the migration that failed, with what the database said in the context.
  Result<std::vector<std::string>> Up(int target = 0);
  // Back to `target`; 0 is the empty database. @error as Up; invalid_input if target lies ahead.
  Result<std::vector<std::string>> Down(int target);

  // What the database says, by version; empty if it was never migrated.
  Result<std::vector<Landed>> Status();

  const std::vector<Migration>& migrations() const { return migrations_; }

 private:
  std::string connection_;
  std::vector<Migration> migrations_;
};

}  // namespace ventral::migrate

#endif  // VENTRAL_MIGRATIONS_MIGRATOR_H_
