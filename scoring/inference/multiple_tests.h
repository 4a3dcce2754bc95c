// Many p values at once.
#ifndef VENTRAL_SCORING_INFERENCE_MULTIPLE_TESTS_H_
#define VENTRAL_SCORING_INFERENCE_MULTIPLE_TESTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ventral {

//   none         p
//   fdr          the share of false discoveries at most (Benjamini & Hochberg 1995)
//   holm         the chance of any false one at most (Holm 1979)
//   bonferroni   the same, more carefully: p times their number
enum class Correction { kNone, kFdr, kHolm, kBonferroni };

const std::vector<std::string>& CorrectionNames();
std::optional<Correction> CorrectionNamed(std::string_view name);

// Adjusted values, to be held against one level, in the same order; none above 1.
std::vector<double> Adjust(const std::vector<double>& p, Correction correction);

}  // namespace ventral

#endif  // VENTRAL_SCORING_INFERENCE_MULTIPLE_TESTS_H_
