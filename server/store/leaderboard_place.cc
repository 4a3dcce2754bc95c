#include "server/store/leaderboard_place.h"

#include <cmath>
#include <sstream>

#include "scoring/base/digest.h"
#include "server/store/page_token.h"
#include "server/store/text.h"

namespace ventral::store {
namespace {

constexpr char kList[] = "the leaderboard";

std::string NameOfColumns(const std::vector<std::string>& benchmarks) {
  Hasher hasher;
  for (const std::string& benchmark : benchmarks) hasher.Update(benchmark + "\n");
  return hasher.Finish().hex().substr(0, 16);
}

}  // namespace

void LeaderboardPlace::Pass(double next_mean, const std::string& next_model) {
  ++rows;
  if (rows == 1 || next_mean != mean) rank = rows;
  mean = next_mean;
  model = next_model;
}

std::string MakePlaceToken(const LeaderboardPlace& place,
                           const std::vector<std::string>& benchmarks) {
  return MakePageToken(kList, NameOfColumns(benchmarks) + " " + std::to_string(place.rows) + " " +
                                  std::to_string(place.rank) + " " + NumberText(place.mean) + " " +
                                  place.model);
}

Result<LeaderboardPlace> ReadPlaceToken(std::string_view token,
                                        const std::vector<std::string>& benchmarks) {
  if (token.empty()) return LeaderboardPlace{};
  VENTRAL_ASSIGN_OR_RETURN(const std::string key, ReadPageToken(kList, token, ""));
  LeaderboardPlace place;
  std::string columns, mean, more;
  std::istringstream words(key);
  words >> columns >> place.rows >> place.rank >> mean >> place.model;
  const auto number = ParseNumber(mean);
  if (!words || (words >> more) || !number.ok() || !std::isfinite(*number) || place.rank < 1 ||
      place.rows < place.rank) {
    return InvalidInput(
        "page_token is not one that the leaderboard gave: leave it empty to begin at the first "
        "page");
  }
  if (columns != NameOfColumns(benchmarks)) {
    return InvalidInput(
        "page_token is of a leaderboard with other columns; where none were asked for, a pack was "
        "published or deleted since: leave it empty to begin at the first page");
  }
  place.mean = *number;
  return place;
}

}  // namespace ventral::store
