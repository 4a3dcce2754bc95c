#include "scoring/network/operators.h"

#include <algorithm>

namespace ventral {
namespace {

#include "operators_text.h"
#include "script_operators_text.h"

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty() && line.front() != '#') lines.push_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

const std::vector<std::string_view>& AllowedOperators() {
  static const std::vector<std::string_view> operators = Lines(kOperatorsText);
  return operators;
}

bool IsAllowedOperator(std::string_view name_and_overload) {
  const auto& operators = AllowedOperators();
  return std::binary_search(operators.begin(), operators.end(), name_and_overload);
}

const std::vector<std::string_view>& AllowedInScript() {
  static const std::vector<std::string_view> operators = Lines(kScriptOperatorsText);
  return operators;
}

bool IsAllowedInScript(std::string_view name) {
  const auto& operators = AllowedInScript();
  return std::binary_search(operators.begin(), operators.end(), name);
}

}  // namespace ventral
