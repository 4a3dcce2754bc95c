// Models compared as a function of their scores: no database, no clock.
#ifndef VENTRAL_SERVER_SERVICE_MODEL_COMPARISON_H_
#define VENTRAL_SERVER_SERVICE_MODEL_COMPARISON_H_

#include <map>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/inference/multiple_tests.h"
#include "server/store/catalogue.h"
#include "ventral/v1/score.pb.h"

namespace ventral::service {

struct ScoredModel {
  std::string display_name;
  v1::Score score;  // of the benchmark, with its resamples
};

// Scores and their resamples, as the store has them. @error corrupt_data.
Result<std::vector<ScoredModel>> WithResamples(const std::vector<store::LeaderboardEntry>& entries,
                                               const std::map<std::string, std::string>& resamples);

// Every model against every other, against 0, and against the ceiling (inference/paired.h), told
// apart where the adjusted p is below 0.05. Models can be compared whose resamples have the same
// draws: pack, seed, scorer version, kind of interval and number of resamples are the same. Most
// of them, or the first, say which those are.
// @error conflict (FAILED_PRECONDITION outside) if a model cannot be compared and `all_or_none`,
//   which is otherwise left out with a note; names the model, and why.
Result<v1::ModelComparison> CompareModels(const std::string& benchmark,
                                          const std::vector<ScoredModel>& models,
                                          Correction correction, bool all_or_none);

// Tiers of the models of a leaderboard with one column, by "models/{model_id}".
std::map<std::string, int> TiersOf(const v1::ModelComparison& comparison);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_MODEL_COMPARISON_H_
