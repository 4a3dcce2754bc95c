#include "scoring/metrics/resampled.h"

#include <gmock/gmock.h>

#include "scoring/metrics/bootstrap.h"

namespace ventral {
namespace {

TEST(Bootstrap, DrawsStimuliAndSubjectsOfOneAnotherIndependently) {
  const OfStimuli statistic = [](const Eigen::VectorXd& stimuli) -> OfSubjects {
    return [stimuli](const Eigen::VectorXd& subjects) -> Eigen::VectorXd {
      return Eigen::Vector2d(stimuli(0), subjects(0));
    };
  };
  const Resampled made = Bootstrap(statistic, 2, {0, 6, 6}, {Over::kBoth, true, 4000}, Seed{3}, 2);
  EXPECT_TRUE(made.one.row(1).isOnes(0));
  EXPECT_TRUE(made.subjects.row(0).isOnes(0));
  EXPECT_EQ(made.both.row(0), made.one.row(0));
  EXPECT_EQ(made.both.row(1), made.subjects.row(1));
  const Eigen::ArrayXXd centred = made.both.array() - 1;
  const double r = (centred.row(0) * centred.row(1)).mean() /
                   std::sqrt(centred.row(0).square().mean() * centred.row(1).square().mean());
  EXPECT_LT(std::abs(r), 0.06);  // four standard errors
  EXPECT_NEAR(centred.row(1).square().mean(), 5.0 / 6, 0.06);
}

TEST(IntervalRule, PercentilesOfBothAreRefused) {
  const Options options = {{"interval_over", std::string("both")},
                           {"interval", std::string("percentile")}};
  OptionReader reader(options);
  const auto rule = ReadIntervalRule(reader, {{"stimuli", "percentile"}, {"both", "t"}});
  ASSERT_FALSE(rule.ok());
  EXPECT_THAT(rule.error().message, ::testing::HasSubstr("use t"));
}

}  // namespace
}  // namespace ventral
