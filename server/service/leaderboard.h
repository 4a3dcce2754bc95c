// The leaderboard as a function of scores: no database, no clock.
#ifndef VENTRAL_SERVER_SERVICE_LEADERBOARD_H_
#define VENTRAL_SERVER_SERVICE_LEADERBOARD_H_

#include <string>
#include <vector>

#include "server/store/catalogue.h"
#include "ventral/v1/score.pb.h"

namespace ventral::service {

// One row a model, best first; one cell a column of `benchmarks`, empty where the model has no
// score. `entries` holds at most one score a model and benchmark; those of other benchmarks are
// left out. Rows are ordered by mean, falling, then by model id; equal means share a rank (1, 2, 2,
// 4).
v1::Leaderboard RankLeaderboard(const std::vector<std::string>& benchmarks,
                                const std::vector<store::LeaderboardEntry>& entries);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_LEADERBOARD_H_
