#include "scoring/metrics/option_reader.h"

#include <gmock/gmock.h>

namespace ventral {
namespace {

using ::testing::HasSubstr;

Status Read(const Options& options) {
  OptionReader reader(options);
  reader.Integer("folds", 10, 2, 100);
  reader.Choice("comparator", "spearman", {"spearman", "pearson"});
  reader.Positives("penalties", {1});
  return reader.Finish();
}

TEST(OptionReader, TakesGoodOnesAndDefaults) {
  EXPECT_TRUE(Read({}).ok());
  EXPECT_TRUE(Read({{"folds", std::int64_t{5}}, {"comparator", std::string("pearson")}}).ok());
}

TEST(OptionReader, RefusesByNameAndSaysWhatIsAllowed) {
  EXPECT_THAT(Read({{"fold", std::int64_t{5}}}).error().message,
              HasSubstr("option fold does not exist; those that do: comparator, folds, penalties"));
  EXPECT_THAT(Read({{"folds", std::int64_t{1}}}).error().message,
              HasSubstr("folds: must be an integer from 2 to 100"));
  EXPECT_THAT(Read({{"comparator", std::string("tau")}}).error().message,
              HasSubstr("one of: spearman, pearson"));
  EXPECT_FALSE(Read({{"penalties", std::vector<double>{1, -1}}}).ok());
  EXPECT_FALSE(Read({{"folds", 5.5}}).ok());
}

}  // namespace
}  // namespace ventral
