#include "server/store/database_error.h"

#include <pqxx/pqxx>
#include <string>

namespace ventral::store {
namespace {

std::string Said(const std::exception& error) {
  std::string text = error.what();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// The last name in double quotes on the first line: PostgreSQL ends so in every language that it
// speaks.
std::string ConstraintIn(const std::string& message) {
  const std::string line = message.substr(0, message.find('\n'));
  const std::size_t end = line.rfind('"');
  if (end == std::string::npos || end == 0) return "";
  const std::size_t begin = line.rfind('"', end - 1);
  return begin == std::string::npos ? "" : line.substr(begin + 1, end - begin - 1);
}

Error Away(const std::exception& error) {
  return Unavailable("the database cannot be reached just now: try again", Said(error));
}

Error OfState(const std::string& state, const std::exception& error) {
  const std::string said = Said(error);
  if (state == "42P01" || state == "42703") {
    return Unavailable("the database does not have this server's schema: run ventral-migrate up",
                       said);
  }
  if (state == "23514") {
    const std::string constraint = ConstraintIn(said);
    // What the queue writes into its own rows is our doing.
    if (constraint.starts_with("jobs_") || constraint.starts_with("job_attempts_")) {
      return Internal("the server tried to bring a job into a state that cannot be", said);
    }
    return Error{ErrorCode::kInvalidInput, "a value is not allowed here (" + constraint + ")",
                 said};
  }
  if (state == "25006") {
    return Unavailable("the database can only be read just now: try again later", said);
  }
  const std::string kind = state.substr(0, 2);
  if (kind == "22")
    return Error{ErrorCode::kInvalidInput,
                 "a value cannot be stored: " + said.substr(0, said.find('\n')), said};
  if (kind == "08" || kind == "40" || kind == "53" || kind == "55" || kind == "57" || kind == "58")
    return Away(error);
  return Internal("the database refused what the server asked", state + " " + said);
}

}  // namespace

Error ErrorOf(const std::exception& error) {
  if (dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr) return Away(error);
  if (dynamic_cast<const pqxx::in_doubt_error*>(&error) != nullptr) return Away(error);
  // libpqxx gives these no SQLSTATE.
  if (dynamic_cast<const pqxx::transaction_rollback*>(&error) != nullptr) return Away(error);
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error))
    return OfState(sql->sqlstate(), error);
  return Internal("the server failed in talking to its database", Said(error));
}

}  // namespace ventral::store
