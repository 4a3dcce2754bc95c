#include "scoring/metrics/option_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>

namespace ventral {
namespace {

std::string Text(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

std::optional<double> AsNumber(const OptionValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

}  // namespace

const OptionValue* OptionReader::Find(const char* name) {
  known_.insert(name);
  const auto found = options_.find(name);
  return found == options_.end() ? nullptr : &found->second;
}

void OptionReader::Fail(const char* name, const std::string& wanted) {
  if (status_.ok()) status_ = InvalidInput(std::string("option ") + name + ": must be " + wanted);
}

std::int64_t OptionReader::Integer(const char* name, std::int64_t absent, std::int64_t least,
                                   std::int64_t most) {
  const OptionValue* value = Find(name);
  if (value == nullptr) return absent;
  const auto* integer = std::get_if<std::int64_t>(value);
  if (integer != nullptr && *integer >= least && *integer <= most) return *integer;
  Fail(name, "an integer from " + std::to_string(least) + " to " + std::to_string(most));
  return absent;
}

double OptionReader::Number(const char* name, double absent, double least, double most) {
  const OptionValue* value = Find(name);
  if (value == nullptr) return absent;
  const auto number = AsNumber(*value);
  if (number && *number >= least && *number <= most) return *number;
  Fail(name, "a number from " + Text(least) + " to " + Text(most));
  return absent;
}

std::string OptionReader::Choice(const char* name, const char* absent,
                                 const std::vector<std::string>& allowed) {
  const OptionValue* value = Find(name);
  if (value == nullptr) return absent;
  const auto* text = std::get_if<std::string>(value);
  if (text != nullptr && std::find(allowed.begin(), allowed.end(), *text) != allowed.end())
    return *text;
  std::string list;
  for (const std::string& item : allowed) list += (list.empty() ? "" : ", ") + item;
  Fail(name, "one of: " + list);
  return absent;
}

std::string OptionReader::ColumnName(const char* name) {
  const OptionValue* value = Find(name);
  if (value == nullptr) return "";
  const auto* text = std::get_if<std::string>(value);
  if (text != nullptr && !text->empty()) return *text;
  Fail(name, "the name of a column of stimuli.csv");
  return "";
}

std::vector<double> OptionReader::Positives(const char* name, const std::vector<double>& absent) {
  const OptionValue* value = Find(name);
  if (value == nullptr) return absent;
  const auto* list = std::get_if<std::vector<double>>(value);
  const bool good =
      list != nullptr && !list->empty() && list->size() <= 1000 &&
      std::all_of(list->begin(), list->end(), [](double v) { return std::isfinite(v) && v > 0; });
  if (good) return *list;
  Fail(name, "a list of 1 to 1000 numbers above 0");
  return absent;
}

Status OptionReader::Finish() const {
  if (!status_.ok()) return status_;
  for (const auto& [name, value] : options_) {
    if (known_.count(name) > 0) continue;
    std::string list;
    for (const std::string& item : known_) list += (list.empty() ? "" : ", ") + item;
    return InvalidInput("option " + name + " does not exist; those that do: " + list);
  }
  return Ok{};
}

}  // namespace ventral
