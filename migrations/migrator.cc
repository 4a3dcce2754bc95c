#include "migrations/migrator.h"

#include <pqxx/pqxx>

namespace ventral::migrate {
namespace {

// Any number that no other program takes; "ventral" in ASCII.
constexpr char kLock[] = "SELECT pg_advisory_lock(33325515497140588)";

constexpr char kCreateLog[] = R"(
  CREATE TABLE IF NOT EXISTS ventral_migrations (
    version  integer PRIMARY KEY,
    name     text NOT NULL,
    checksum text NOT NULL,
    landed   timestamptz NOT NULL DEFAULT now()
  ))";

constexpr char kHasLog[] = "SELECT to_regclass('ventral_migrations') IS NOT NULL";

constexpr char kReadLog[] = R"(
  SELECT version, name, checksum, to_char(landed AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
  FROM ventral_migrations ORDER BY version)";

constexpr char kNoteUp[] =
    "INSERT INTO ventral_migrations (version, name, checksum) VALUES ($1, $2, $3)";
constexpr char kNoteDown[] = "DELETE FROM ventral_migrations WHERE version = $1";

// libpq ends its messages with a newline.
std::string Said(const std::exception& error) {
  std::string text = error.what();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// Runs `body` with a connection; what pqxx throws ends here.
template <typename T, typename Body>
Result<T> WithConnection(const std::string& connection, Body body) {
  try {
    pqxx::connection open(connection);
    return body(open);
  } catch (const pqxx::broken_connection& error) {
    return Unavailable("cannot reach the database: check --database, and that PostgreSQL runs",
                       Said(error));
  } catch (const std::exception& error) {
    return Internal("the database refused: " + Said(error));
  }
}

std::vector<Landed> ReadLog(pqxx::connection& connection) {
  pqxx::nontransaction session(connection);
  std::vector<Landed> log;
  if (!session.exec1(kHasLog)[0].as<bool>()) return log;
  for (const auto& row : session.exec(kReadLog)) {
    log.push_back({row[0].as<int>(), row[1].as<std::string>(), row[2].as<std::string>(),
                   row[3].as<std::string>()});
  }
  return log;
}

// Landed migrations are ours, unchanged, and without a gap.
Status CheckLog(const std::vector<Landed>& log, const std::vector<Migration>& migrations) {
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (i >= migrations.size() || log[i].version != migrations[i].version) {
      return Conflict("the database holds migration " + std::to_string(log[i].version) + " (" +
                      log[i].name +
                      "), which this ventral-migrate does not know: use the newer one");
    }
    if (log[i].checksum != migrations[i].Checksum()) {
      return Conflict(
          migrations[i].Label() +
          " was edited after it landed in this database: undo the edit, and add a new migration");
    }
  }
  return Ok{};
}

Status Run(pqxx::connection& connection, const Migration& migration, bool up) {
  try {
    pqxx::work transaction(connection);
    transaction.exec(up ? migration.up : migration.down);
    if (up) {
      transaction.exec_params(kNoteUp, migration.version, migration.name, migration.Checksum());
    } else {
      transaction.exec_params(kNoteDown, migration.version);
    }
    transaction.commit();
    return Ok{};
  } catch (const pqxx::broken_connection&) {
    throw;
  } catch (const std::exception& error) {
    return Internal(migration.Label() + (up ? ".up.sql" : ".down.sql") +
                    " failed and changed nothing: " + Said(error));
  }
}

// The advisory lock is the session's: it ends with the connection.
Result<std::vector<Landed>> LockAndRead(pqxx::connection& connection,
                                        const std::vector<Migration>& migrations) {
  {
    pqxx::nontransaction session(connection);
    session.exec("SET client_min_messages = warning");
    session.exec(kLock);
    session.exec(kCreateLog);
  }
  std::vector<Landed> log = ReadLog(connection);
  VENTRAL_RETURN_IF_ERROR(CheckLog(log, migrations));
  return log;
}

Error NoSuchVersion(int target, std::size_t newest) {
  return InvalidInput("there is no version " + std::to_string(target) + ": versions go from 0 to " +
                      std::to_string(newest));
}

}  // namespace

Result<std::vector<std::string>> Migrator::Up(int target) {
  if (target < 0 || target > static_cast<int>(migrations_.size()))
    return NoSuchVersion(target, migrations_.size());
  const int to = target == 0 ? static_cast<int>(migrations_.size()) : target;
  return WithConnection<std::vector<std::string>>(
      connection_, [&](pqxx::connection& connection) -> Result<std::vector<std::string>> {
        VENTRAL_ASSIGN_OR_RETURN(const auto log, LockAndRead(connection, migrations_));
        const int now = static_cast<int>(log.size());
        if (now > to) {
          return InvalidInput("the database is at version " + std::to_string(now) + ", ahead of " +
                              std::to_string(to) + ": to go back, say down --to " +
                              std::to_string(to));
        }
        std::vector<std::string> done;
        for (int version = now + 1; version <= to; ++version) {
          const Migration& migration = migrations_[static_cast<std::size_t>(version) - 1];
          VENTRAL_RETURN_IF_ERROR(Run(connection, migration, true));
          done.push_back(migration.Label());
        }
        return done;
      });
}

Result<std::vector<std::string>> Migrator::Down(int target) {
  if (target < 0 || target > static_cast<int>(migrations_.size()))
    return NoSuchVersion(target, migrations_.size());
  return WithConnection<std::vector<std::string>>(
      connection_, [&](pqxx::connection& connection) -> Result<std::vector<std::string>> {
        VENTRAL_ASSIGN_OR_RETURN(const auto log, LockAndRead(connection, migrations_));
        const int now = static_cast<int>(log.size());
        if (now < target) {
          return InvalidInput("the database is at version " + std::to_string(now) + ", behind " +
                              std::to_string(target) + ": to go on, say up --to " +
                              std::to_string(target));
        }
        std::vector<std::string> done;
        for (int version = now; version > target; --version) {
          const Migration& migration = migrations_[static_cast<std::size_t>(version) - 1];
          VENTRAL_RETURN_IF_ERROR(Run(connection, migration, false));
          done.push_back(migration.Label());
        }
        return done;
      });
}

Result<std::vector<Landed>> Migrator::Status() {
  return WithConnection<std::vector<Landed>>(
      connection_, [](pqxx::connection& connection) -> Result<std::vector<Landed>> {
        return ReadLog(connection);
      });
}

}  // namespace ventral::migrate
