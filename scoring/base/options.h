// The options of a metric as a pack states them: names to plain values, order kept by name.
#ifndef VENTRAL_SCORING_BASE_OPTIONS_H_
#define VENTRAL_SCORING_BASE_OPTIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace ventral {

using OptionValue = std::variant<bool, std::int64_t, double, std::string, std::vector<double>>;
using Options = std::map<std::string, OptionValue>;

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_OPTIONS_H_
