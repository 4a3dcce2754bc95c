// Typed reading of hostile JSON: every accessor checks, the first error is kept and names its
// field. And the writing of what is said back.
#ifndef VENTRAL_WORKER_PROTOCOL_JSON_READER_H_
#define VENTRAL_WORKER_PROTOCOL_JSON_READER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/result.h"

namespace ventral {

class JsonReader {
 public:
  // Parses; a text that is no JSON object is an error of status().
  static JsonReader Parse(std::string_view text, std::string what);

  // Each returns the field's value, or an empty one after an error. Numbers are finite; integers
  // are within 64 bits and not negative.
  std::string Text(const char* field);
  std::int64_t Integer(const char* field);
  double Number(const char* field);
  bool Boolean(const char* field);
  std::vector<std::string> Texts(const char* field);
  std::vector<std::int64_t> Integers(const char* field);
  std::map<std::string, std::vector<double>> NumbersMap(const char* field);
  std::map<std::string, std::string> TextMap(const char* field);
  std::vector<JsonReader> Objects(const char* field);
  JsonReader Object(const char* field);
  bool Has(const char* field) const;

  // Keeps `status` if it is the first error.
  void Keep(const Status& status);
  // corrupt_data: "frame plan, field layers/3/features: …".
  const Status& status() const { return status_; }

 private:
  JsonReader(std::shared_ptr<const nlohmann::json> value, std::string where)
      : value_(std::move(value)), where_(std::move(where)) {}
  const nlohmann::json* Find(const char* field);
  void Fail(const char* field, const std::string& problem);
  // A reader of a part of this message; `part` is shared, not copied: copying is recursive, and how
  // deep a hostile message nests is its own choice.
  JsonReader PartOf(const nlohmann::json& part, std::string where) const;

  std::shared_ptr<const nlohmann::json> value_;
  std::string where_;
  Status status_ = Ok{};
};

// The value, unless the reader met an error.
template <typename T>
Result<T> Checked(T value, const JsonReader& reader) {
  if (!reader.status().ok()) return reader.status().error();
  return value;
}

// Texts from outside may hold bytes that are no UTF-8: they are replaced, never thrown upon.
std::string Dump(const nlohmann::json& value);

}  // namespace ventral

#endif  // VENTRAL_WORKER_PROTOCOL_JSON_READER_H_
