#include "scoring/network/json.h"

#include <limits>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

constexpr int kMaxDepth = 64;

[[noreturn]] void Refuse(std::string_view where, const std::string& reason) {
  throw Refusal(std::string(where) + ": " + reason);
}

// Whether brackets nest deeper than kMaxDepth, as far as the text is JSON. Not by the parser's own
// callback: with one, it looks through a list anew at the end of each object in it.
bool IsDeep(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_text) {
      if (c == '\\') ++at;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Json ParseJson(std::string_view text, std::string_view where) {
  if (IsDeep(text)) Refuse(where, "JSON nested deeper than " + std::to_string(kMaxDepth));
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::exception& error) {
    Refuse(where, std::string("not JSON: ") + error.what());
  }
}

const Json& Member(const Json& object, const char* name, std::string_view where) {
  const auto found = ObjectOf(object, where).find(name);
  if (found == object.end()) Refuse(where, std::string("no field '") + name + "'");
  return *found;
}

const Json* OptionalMember(const Json& object, const char* name, std::string_view where) {
  const auto found = ObjectOf(object, where).find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json& ArrayOf(const Json& value, std::string_view where) {
  if (!value.is_array()) Refuse(where, std::string("a list is needed, not ") + value.type_name());
  return value;
}

const Json& ObjectOf(const Json& value, std::string_view where) {
  if (!value.is_object())
    Refuse(where, std::string("an object is needed, not ") + value.type_name());
  return value;
}

std::int64_t Int64Of(const Json& value, std::string_view where) {
  if (!value.is_number_integer()) Refuse(where, "a whole number within 64 bits is needed");
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    Refuse(where, "a number beyond 64 bits");
  }
  return value.get<std::int64_t>();
}

double DoubleOf(const Json& value, std::string_view where) {
  if (value.is_number()) return value.get<double>();
  if (value == "Infinity") return std::numeric_limits<double>::infinity();
  if (value == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (value == "NaN") return std::numeric_limits<double>::quiet_NaN();
  Refuse(where, "a number is needed");
}

bool BoolOf(const Json& value, std::string_view where) {
  if (!value.is_boolean()) Refuse(where, "true or false is needed");
  return value.get<bool>();
}

const std::string& TextOf(const Json& value, std::string_view where) {
  if (!value.is_string()) Refuse(where, "a text is needed");
  return value.get_ref<const std::string&>();
}

Tagged TaggedOf(const Json& value, std::string_view where) {
  if (!value.is_object() || value.size() != 1) Refuse(where, "an object of one member is needed");
  return {value.begin().key(), value.begin().value()};
}

}  // namespace ventral
