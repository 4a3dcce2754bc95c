#include "client/cli/format.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "client/cli/terminal_text.h"

namespace ventral::cli {
namespace {

// "JOB_STATE_QUEUED" → "queued"; the number of a value that this program does not know.
std::string EnumWord(const std::string& name, const std::string& prefix, int number) {
  if (!name.starts_with(prefix)) return std::to_string(number);
  std::string word = name.substr(prefix.size());
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return word;
}

}  // namespace

std::string Number(double value) {
  std::array<char, 400> text{};  // the longest double
  std::snprintf(text.data(), text.size(), "%.3f", value);
  // Half a thousandth below zero is no other number than half a thousandth above.
  return std::string(text.data()) == "-0.000" ? "0.000" : text.data();
}

std::string ByteSize(std::int64_t bytes) {
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  char text[64];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text;
}

std::string Time(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  const std::time_t seconds = time.seconds();
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return "";
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

std::string LayerName(const v1::LayerId& layer) {
  const std::string path = Printable(layer.path());
  return layer.step() == 0 ? path : path + "@" + std::to_string(layer.step());
}

std::string StateName(v1::JobState state) {
  return EnumWord(v1::JobState_Name(state), "JOB_STATE_", state);
}

std::string CauseName(v1::FailureCause cause) {
  return EnumWord(v1::FailureCause_Name(cause), "FAILURE_CAUSE_", cause);
}

std::string LastPart(const std::string& name) {
  return Printable(name.substr(name.rfind('/') + 1));
}

std::string ModelOfCheckpoint(const std::string& checkpoint) {
  const std::string prefix = "models/";
  if (!checkpoint.starts_with(prefix)) return Printable(checkpoint);
  const std::string rest = checkpoint.substr(prefix.size());
  return Printable(rest.substr(0, rest.find('/')));
}

std::string FormatModel(const v1::Model& model) {
  std::string text = Printable(model.model_id());
  if (!model.display_name().empty() && model.display_name() != model.model_id()) {
    text += "   " + Printable(model.display_name());
  }
  text += "\n";
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += "  " + std::string(name) + ": " + Printable(value) + "\n";
  };
  line("architecture", model.architecture());
  line("training data", model.training_data());
  line("objective", model.objective());
  line("learning rule", model.learning_rule());
  line("licence", model.licence());
  line("reference", model.reference());
  return text;
}

}  // namespace ventral::cli
