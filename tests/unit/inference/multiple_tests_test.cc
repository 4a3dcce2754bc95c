#include "scoring/inference/multiple_tests.h"

#include <gmock/gmock.h>

namespace ventral {
namespace {

using ::testing::DoubleNear;
using ::testing::Pointwise;
using Values = std::vector<double>;

const Values kP = {0.01, 0.04, 0.03, 0.005, 0.5};

// statsmodels.stats.multitest.multipletests(p, method=fdr_bh | holm | bonferroni)
TEST(Adjust, IsThatOfTheTextbooks) {
  const auto near = [](const Values& expected) { return Pointwise(DoubleNear(1e-12), expected); };
  EXPECT_THAT(Adjust(kP, Correction::kNone), near(kP));
  EXPECT_THAT(Adjust(kP, Correction::kFdr), near(Values{0.025, 0.05, 0.05, 0.025, 0.5}));
  EXPECT_THAT(Adjust(kP, Correction::kHolm), near(Values{0.04, 0.09, 0.09, 0.025, 0.5}));
  EXPECT_THAT(Adjust(kP, Correction::kBonferroni), near(Values{0.05, 0.2, 0.15, 0.025, 1}));
  // 0.04·3/2 = 0.06 is above 0.041·3/3: the smaller of them counts for both.
  EXPECT_THAT(Adjust({0.041, 0.01, 0.04}, Correction::kFdr), near(Values{0.041, 0.03, 0.041}));
  EXPECT_TRUE(Adjust({}, Correction::kFdr).empty());
}

TEST(CorrectionNamed, KnowsEachNameAndNoOther) {
  for (std::size_t i = 0; i < CorrectionNames().size(); ++i) {
    EXPECT_EQ(CorrectionNamed(CorrectionNames()[i]), static_cast<Correction>(i));
  }
  EXPECT_FALSE(CorrectionNamed("sidak").has_value());
}

}  // namespace
}  // namespace ventral
