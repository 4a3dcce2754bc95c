// One column of a row, as a value. A row of another shape than the query's is a fault of the
// program, and ends in Database::Transact as internal.
#ifndef VENTRAL_SERVER_STORE_FIELDS_H_
#define VENTRAL_SERVER_STORE_FIELDS_H_

#include <optional>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>

#include "server/store/text.h"
#include "server/store/timestamp.h"

namespace ventral::store {

inline std::string TextOf(const pqxx::row& row, const char* column) {
  return row[column].as<std::string>();
}

inline std::int64_t IntegerOf(const pqxx::row& row, const char* column) {
  return row[column].as<std::int64_t>();
}

inline bool FlagOf(const pqxx::row& row, const char* column) { return row[column].as<bool>(); }

inline bool IsNull(const pqxx::row& row, const char* column) { return row[column].is_null(); }

inline TimePoint TimeOf(const pqxx::row& row, const char* column) {
  const auto time = ParseTimestamp(row[column].c_str());
  if (!time.ok()) throw std::runtime_error(time.error().message);
  return *time;
}

inline std::optional<TimePoint> MaybeTimeOf(const pqxx::row& row, const char* column) {
  if (IsNull(row, column)) return std::nullopt;
  return TimeOf(row, column);
}

inline double NumberOf(const pqxx::row& row, const char* column) {
  const auto number = ParseNumber(row[column].c_str());
  if (!number.ok()) throw std::runtime_error(number.error().message);
  return *number;
}

inline std::optional<double> MaybeNumberOf(const pqxx::row& row, const char* column) {
  if (IsNull(row, column)) return std::nullopt;
  return NumberOf(row, column);
}

// A parameter that is NULL when the text is empty.
inline const char* NullIfEmpty(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_FIELDS_H_
