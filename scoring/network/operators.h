#ifndef VENTRAL_SCORING_NETWORK_OPERATORS_H_
#define VENTRAL_SCORING_NETWORK_OPERATORS_H_

#include <string_view>
#include <vector>

namespace ventral {

// Whether operators.txt, which is compiled in, has "conv2d.default".
bool IsAllowedOperator(std::string_view name_and_overload);
// All of them, sorted.
const std::vector<std::string_view>& AllowedOperators();

// Whether script_operators.txt has "aten::len.t", or "prim::If"; and all of them, sorted.
bool IsAllowedInScript(std::string_view name);
const std::vector<std::string_view>& AllowedInScript();

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_OPERATORS_H_
