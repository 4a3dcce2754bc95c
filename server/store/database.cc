#include "server/store/database.h"

#include <poll.h>

#include <algorithm>
#include <string_view>

#include "server/store/connection_string.h"
#include "server/store/database_error.h"

namespace ventral::store {
namespace {

// A connection that waits has nothing to read, unless the server said goodbye.
bool IsQuiet(const pqxx::connection& connection) {
  pollfd socket{connection.sock(), POLLIN, 0};
  return connection.is_open() && poll(&socket, 1, 0) == 0;
}

// "virtual ventral::Result<…> ventral::store::PostgresCatalogue::GetModel(const string&)" →
// "PostgresCatalogue::GetModel".
std::string ShortName(std::string_view function) {
  function = function.substr(0, function.find('('));
  if (const auto space = function.rfind(' '); space != function.npos) {
    function.remove_prefix(space + 1);
  }
  constexpr std::string_view kRoom = "ventral::store::";
  if (function.starts_with(kRoom)) function.remove_prefix(kRoom.size());
  return std::string(function);
}

}  // namespace

Database::Database(DatabaseOptions options)
    : options_(std::move(options)),
      limit_(static_cast<std::size_t>(std::max(options_.connections, 1))) {}

Database::~Database() = default;

Result<Database::Connection> Database::Open() {
  try {
    auto connection = std::make_unique<Session>(WithTimeouts(options_.connection));
    pqxx::nontransaction session(*connection);
    // The text forms that timestamp.h and text.h read.
    session.exec(
        "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET extra_float_digits = 1; "
        "SET client_encoding = 'UTF8'; SET client_min_messages = error; SET statement_timeout = " +
        std::to_string(options_.statement_timeout.count()));
    return connection;
  } catch (const std::exception& error) {
    return ErrorOf(error);
  }
}

Result<Database::Connection> Database::Acquire() {
  Connection connection;
  {
    std::unique_lock lock(mutex_);
    if (!released_.wait_for(lock, options_.statement_timeout,
                            [this] { return in_use_ < limit_; })) {
      return Unavailable(
          "the server has more requests than connections to its database: try again later");
    }
    ++in_use_;
    while (connection == nullptr && !idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
      if (!IsQuiet(*connection)) connection.reset();
    }
  }
  if (connection != nullptr) return connection;
  auto opened = Open();
  if (!opened.ok()) Release(nullptr);
  return opened;
}

void Database::Release(Connection connection) {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection != nullptr) idle_.push_back(std::move(connection));
  }
  released_.notify_one();
}

PoolUse Database::Use() {
  const std::lock_guard lock(mutex_);
  return {static_cast<int>(in_use_), static_cast<int>(limit_)};
}

Status Database::Run(const std::function<Status(pqxx::work&)>& body, const char* function) {
  VENTRAL_ASSIGN_OR_RETURN(Connection connection, Acquire());
  const auto begin = std::chrono::steady_clock::now();
  Status status = RunOn(*connection, body);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  if (options_.on_slow && took >= options_.slow) options_.on_slow(ShortName(function), took);
  // Only a connection that has just worked, or refused something, is known to be whole.
  if (!status.ok() && status.error().code == ErrorCode::kUnavailable) connection.reset();
  Release(std::move(connection));
  return status;
}

Status Database::RunOn(pqxx::connection& connection,
                       const std::function<Status(pqxx::work&)>& body) {
  try {
    pqxx::work transaction(connection);
    VENTRAL_RETURN_IF_ERROR(body(transaction));
    transaction.commit();
    return Ok{};
  } catch (const std::exception& error) {
    return ErrorOf(error);
  }
}

}  // namespace ventral::store
