// A page of the leaderboard as a message: no database, no clock.
#ifndef VENTRAL_SERVER_SERVICE_LEADERBOARD_H_
#define VENTRAL_SERVER_SERVICE_LEADERBOARD_H_

#include "server/store/leaderboard.h"
#include "ventral/v1/score.pb.h"

namespace ventral::service {

// One row a model, as the page has them; one cell a column, empty where the model has no score.
// Cells of other benchmarks are left out.
v1::Leaderboard ToProto(const store::LeaderboardPage& page);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_LEADERBOARD_H_
