// Where a page of the leaderboard begins, and how ranks go on from there.
#ifndef VENTRAL_SERVER_STORE_LEADERBOARD_PLACE_H_
#define VENTRAL_SERVER_STORE_LEADERBOARD_PLACE_H_

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/result.h"

namespace ventral::store {

// The last row of the page before; before the first page, a row above all others.
struct LeaderboardPlace {
  double mean = std::numeric_limits<double>::infinity();
  std::string model;
  std::int64_t rows = 0;  // up to this one
  std::int64_t rank = 0;

  // Goes on to the next row, whose rank is then `rank`.
  void Pass(double next_mean, const std::string& next_model);
};

// Names the columns, too: a token of one board is refused by another.
std::string MakePlaceToken(const LeaderboardPlace& place,
                           const std::vector<std::string>& benchmarks);
// The first place for an empty token.
// @error invalid_input if it is no token of the leaderboard, or of one with other columns.
Result<LeaderboardPlace> ReadPlaceToken(std::string_view token,
                                        const std::vector<std::string>& benchmarks);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_LEADERBOARD_PLACE_H_
