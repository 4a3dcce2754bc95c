#include "server/store/score_checks.h"

#include <cmath>
#include <set>
#include <string>

#include "server/store/text.h"

namespace ventral::store {
namespace {

Status CheckScore(const NewScore& score) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"metric", score.metric},
                                      {"rule", score.rule},
                                      {"layer_choice", score.layer_choice},
                                      {"layer_path", score.layer_path},
                                      {"scorer_version", score.scorer_version},
                                      {"result", score.result_json},
                                      {"provenance", score.provenance_json}}));
  const std::pair<const char*, std::optional<double>> numbers[] = {
      {"raw", score.raw},
      {"ceiling", score.ceiling},
      {"normalised", score.normalised},
      {"interval_lower", score.interval_lower},
      {"interval_upper", score.interval_upper}};
  for (const auto& [name, value] : numbers) {
    if (value && !std::isfinite(*value)) return InvalidInput(std::string(name) + " is not finite");
  }
  if (score.interval_lower.has_value() != score.interval_upper.has_value()) {
    return InvalidInput("the interval has one bound only");
  }
  if (score.interval_lower && *score.interval_lower > *score.interval_upper) {
    return InvalidInput("interval_lower lies above interval_upper");
  }
  if (score.normalised && !score.ceiling)
    return InvalidInput("normalised is there without a ceiling");
  if (score.layer_step < 0) return InvalidInput("layer_step is negative");
  return Ok{};
}

}  // namespace

Status CheckScores(std::span<const NewScore> scores) {
  if (scores.empty())
    return InvalidInput("the report holds no scores: a job ends with at least one, or fails");
  std::set<std::string> seen;
  for (const NewScore& score : scores) {
    if (!IsText(score.benchmark))
      return InvalidInput("benchmark is not UTF-8 text, or holds a NUL character");
    if (!seen.insert(score.benchmark).second)
      return InvalidInput("benchmark " + score.benchmark + " is scored twice");
    Status checked = CheckScore(score);
    if (!checked.ok()) return std::move(checked).error().Within("score of " + score.benchmark);
  }
  return Ok{};
}

}  // namespace ventral::store
