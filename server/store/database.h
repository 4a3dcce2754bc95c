// Connections to PostgreSQL, and the border at which libpqxx's exceptions end.
#ifndef VENTRAL_SERVER_STORE_DATABASE_H_
#define VENTRAL_SERVER_STORE_DATABASE_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <pqxx/pqxx>
#include <source_location>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "server/store/session.h"
#include "server/store/statistics.h"

namespace ventral::store {

struct DatabaseOptions {
  std::string connection;  // libpq conninfo or URI
  int connections = 8;
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds slow{500};
  OnSlow on_slow;  // may be empty
};

// A pool of connections. Thread-safe.
class Database {
 public:
  explicit Database(DatabaseOptions options);
  ~Database();

  // Runs `body` in a transaction: committed if it returns a value, rolled back if it returns an
  // error or throws. Waits for a free connection at most as long as a statement may take.
  // @error unavailable if there is no connection, or it broke: whether the transaction was
  // committed is
  //   then unknown. Other errors of the database as database_error.h has them.
  template <typename T>
  Result<T> Transact(const std::function<Result<T>(pqxx::work&)>& body,
                     const std::source_location& where = std::source_location::current()) {
    std::optional<T> value;
    VENTRAL_RETURN_IF_ERROR(Run(
        [&](pqxx::work& transaction) -> Status {
          VENTRAL_ASSIGN_OR_RETURN(value, body(transaction));
          return Ok{};
        },
        where.function_name()));
    return std::move(*value);
  }

  PoolUse Use();

 private:
  using Connection = std::unique_ptr<Session>;

  Status Run(const std::function<Status(pqxx::work&)>& body, const char* function);
  Status RunOn(pqxx::connection& connection, const std::function<Status(pqxx::work&)>& body);
  Result<Connection> Acquire();
  Result<Connection> Open();
  // A null `connection` was broken.
  void Release(Connection connection);

  const DatabaseOptions options_;
  const std::size_t limit_;

  std::mutex mutex_;
  std::condition_variable released_;
  std::size_t in_use_ = 0;
  std::vector<Connection> idle_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_DATABASE_H_
