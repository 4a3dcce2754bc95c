#include "worker/protocol/json_reader.h"

#include <cmath>
#include <limits>

namespace ventral {

using nlohmann::json;

namespace {

bool IsInteger(const json& value) {
  return value.is_number_unsigned() &&
         value.get<std::uint64_t>() <=
             static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

}  // namespace

JsonReader JsonReader::Parse(std::string_view text, std::string what) {
  json parsed = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  const bool is_object = parsed.is_object();
  JsonReader reader(std::make_shared<const json>(is_object ? std::move(parsed) : json::object()),
                    std::move(what));
  if (!is_object) reader.status_ = CorruptData("frame " + reader.where_ + ": is no JSON object");
  return reader;
}

JsonReader JsonReader::PartOf(const json& part, std::string where) const {
  return {std::shared_ptr<const json>(value_, &part), std::move(where)};
}

void JsonReader::Fail(const char* field, const std::string& problem) {
  Keep(CorruptData("frame " + where_ + ", field " + field + ": " + problem));
}

void JsonReader::Keep(const Status& status) {
  if (status_.ok() && !status.ok()) status_ = status;
}

const json* JsonReader::Find(const char* field) {
  const auto found = value_->find(field);
  if (found != value_->end()) return &*found;
  Fail(field, "is missing");
  return nullptr;
}

bool JsonReader::Has(const char* field) const { return value_->contains(field); }

std::string JsonReader::Text(const char* field) {
  const json* value = Find(field);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  Fail(field, "is no text");
  return {};
}

std::int64_t JsonReader::Integer(const char* field) {
  const json* value = Find(field);
  if (value == nullptr) return 0;
  if (IsInteger(*value)) return value->get<std::int64_t>();
  Fail(field, "is no integer from 0 to 2^63 - 1");
  return 0;
}

double JsonReader::Number(const char* field) {
  const json* value = Find(field);
  if (value == nullptr) return 0;
  if (value->is_number() && std::isfinite(value->get<double>())) return value->get<double>();
  Fail(field, "is no finite number");
  return 0;
}

bool JsonReader::Boolean(const char* field) {
  const json* value = Find(field);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  Fail(field, "is neither true nor false");
  return false;
}

std::vector<std::string> JsonReader::Texts(const char* field) {
  const json* value = Find(field);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (!value->is_array()) Fail(field, "is no list");
  for (const json& item : *value) {
    if (!item.is_string()) {
      Fail(field, "holds something that is no text");
      return {};
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::vector<std::int64_t> JsonReader::Integers(const char* field) {
  const json* value = Find(field);
  std::vector<std::int64_t> integers;
  if (value == nullptr) return integers;
  if (!value->is_array()) {
    Fail(field, "is no list");
    return integers;
  }
  for (const json& item : *value) {
    if (!IsInteger(item)) {
      Fail(field, "holds something that is no integer from 0 to 2^63 - 1");
      return {};
    }
    integers.push_back(item.get<std::int64_t>());
  }
  return integers;
}

std::map<std::string, std::vector<double>> JsonReader::NumbersMap(const char* field) {
  const json* value = Find(field);
  std::map<std::string, std::vector<double>> map;
  if (value == nullptr) return map;
  if (!value->is_object()) {
    Fail(field, "is no object");
    return map;
  }
  for (const auto& [key, list] : value->items()) {
    for (const json& item : list) {
      if (!list.is_array() || !item.is_number() || !std::isfinite(item.get<double>())) {
        Fail(field, "holds something that is no list of finite numbers");
        return {};
      }
      map[key].push_back(item.get<double>());
    }
  }
  return map;
}

std::map<std::string, std::string> JsonReader::TextMap(const char* field) {
  const json* value = Find(field);
  std::map<std::string, std::string> map;
  if (value == nullptr) return map;
  if (!value->is_object()) {
    Fail(field, "is no object");
    return map;
  }
  for (const auto& [key, item] : value->items()) {
    if (!item.is_string()) {
      Fail(field, "holds something that is no text");
      return {};
    }
    map[key] = item.get<std::string>();
  }
  return map;
}

std::vector<JsonReader> JsonReader::Objects(const char* field) {
  const json* value = Find(field);
  std::vector<JsonReader> objects;
  if (value == nullptr) return objects;
  if (!value->is_array()) {
    Fail(field, "is no list");
    return objects;
  }
  for (const json& item : *value) {
    if (!item.is_object()) {
      Fail(field, "holds something that is no object");
      return {};
    }
    objects.push_back(PartOf(item, where_ + ", " + field + "/" + std::to_string(objects.size())));
  }
  return objects;
}

JsonReader JsonReader::Object(const char* field) {
  const json* value = Find(field);
  if (value != nullptr && value->is_object()) return PartOf(*value, where_ + ", " + field);
  if (value != nullptr) Fail(field, "is no object");
  return {std::make_shared<const json>(json::object()), where_ + ", " + field};
}

std::string Dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace ventral
