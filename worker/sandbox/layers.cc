#include "worker/sandbox/layers.h"

#include <algorithm>

namespace ventral {
namespace {

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

std::string SandboxReport::ToString() const {
  std::string text = Joined(active);
  for (const auto& [name, reason] : missing) text += "; without " + name + " (" + reason + ")";
  return text;
}

Result<std::vector<std::string>> ParseRequiredLayers(std::string_view text) {
  if (text == "standard") return std::vector<std::string>{};
  if (text == "strict") {
    return std::vector<std::string>(kOptionalLayers.begin(), kOptionalLayers.end());
  }
  std::vector<std::string> layers;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (std::find(kOptionalLayers.begin(), kOptionalLayers.end(), word) == kOptionalLayers.end()) {
      return InvalidInput("'" + std::string(word) +
                          "' is no sandbox; write standard, strict, or some of namespaces, "
                          "empty_root, landlock with commas between them");
    }
    layers.emplace_back(word);
  }
  if (layers.empty()) return InvalidInput("no sandbox is named; write standard or strict");
  return layers;
}

Status CheckRequired(const SandboxReport& report, const std::vector<std::string>& required) {
  std::vector<std::string> absent;
  for (const std::string& name : required) {
    if (std::find(report.active.begin(), report.active.end(), name) != report.active.end())
      continue;
    const auto reason = report.missing.find(name);
    absent.push_back(name + (reason == report.missing.end() ? "" : " (" + reason->second + ")"));
  }
  if (absent.empty()) return Ok{};
  return Internal("the sandbox that is asked for cannot be had here: without " + Joined(absent));
}

}  // namespace ventral
