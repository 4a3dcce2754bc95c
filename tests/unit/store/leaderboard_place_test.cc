#include "server/store/leaderboard_place.h"

#include <gmock/gmock.h>

#include "server/store/page_token.h"

namespace ventral::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::int64_t> RanksOf(LeaderboardPlace place, const std::vector<double>& means) {
  std::vector<std::int64_t> ranks;
  for (const double mean : means) {
    place.Pass(mean, "m");
    ranks.push_back(place.rank);
  }
  return ranks;
}

TEST(LeaderboardPlaceTest, SharesARankOnEqualMeans) {
  EXPECT_THAT(RanksOf({}, {0.9, 0.5, 0.5, 0.1, 0.0, -0.0}), ElementsAre(1, 2, 2, 4, 5, 5));
}

TEST(LeaderboardPlaceTest, GoesOnFromAToken) {
  const std::vector<std::string> columns = {"a.x", "a.y"};
  LeaderboardPlace place;
  for (const double mean : {0.9, 1.0 / 3, 1.0 / 3}) place.Pass(mean, "net-1.0_b");
  const auto again = ReadPlaceToken(MakePlaceToken(place, columns), columns).value();
  EXPECT_EQ(again.mean, 1.0 / 3);
  EXPECT_EQ(again.model, "net-1.0_b");
  EXPECT_THAT(RanksOf(again, {1.0 / 3, 0.2}), ElementsAre(2, 5));
  EXPECT_THAT(RanksOf(ReadPlaceToken("", columns).value(), {0.2}), ElementsAre(1));
}

TEST(LeaderboardPlaceTest, IsRefusedByAnotherBoard) {
  LeaderboardPlace place;
  place.Pass(0.5, "m");
  const std::string token = MakePlaceToken(place, {"a.x", "a.y"});
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"a.x"}, {"a.xa.y"}, {"a.y", "a.x"}, {}}) {
    const auto refused = ReadPlaceToken(token, other);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(refused.error().message, HasSubstr("other columns"));
  }
}

TEST(LeaderboardPlaceTest, RefusesWhatItDidNotMake) {
  for (const char* key : {"", "x", "x 1 1 0.5", "x 1 1 0.5 m more", "x 1 2 0.5 m", "x 1 0 0.5 m",
                          "x -1 -2 0.5 m", "x 1 1 NaN m", "x 1 1 Infinity m", "x 1 1 inf m",
                          "x 1 1 half m", "x 99999999999999999999 1 0.5 m"}) {
    const auto refused = ReadPlaceToken(MakePageToken("the leaderboard", key), {});
    ASSERT_FALSE(refused.ok()) << key;
    EXPECT_THAT(refused.error().message, HasSubstr("begin at the first page")) << key;
  }
  EXPECT_FALSE(ReadPlaceToken("zz", {}).ok());
  EXPECT_FALSE(ReadPlaceToken(MakePageToken("jobs", "x 1 1 0.5 m"), {}).ok());
}

}  // namespace
}  // namespace ventral::store
