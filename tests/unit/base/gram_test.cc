#include "scoring/base/gram.h"

#include <gmock/gmock.h>

#include <limits>

namespace ventral {
namespace {

using ::testing::HasSubstr;

Gram Good() {
  Eigen::MatrixXd x(3, 2);
  x << 1, 2, 3, 4, 5, 6;
  return {{"features.0", 0}, 2, false, x * x.transpose(), x.rowwise().sum()};
}

TEST(CheckGram, AcceptsWhatActivationsGive) { EXPECT_TRUE(CheckGram(Good(), 3).ok()); }

TEST(CheckGram, NamesLayerAndRowOfNaN) {
  Gram gram = Good();
  gram.inner(1, 2) = gram.inner(2, 1) = std::numeric_limits<double>::quiet_NaN();
  const Status status = CheckGram(gram, 3);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("features.0"));
  EXPECT_THAT(status.error().message, HasSubstr("row 1"));
}

TEST(CheckGram, RefusesWrongSizeAsymmetryNegativeDiagonalAndNoFeatures) {
  EXPECT_FALSE(CheckGram(Good(), 4).ok());
  Gram skewed = Good();
  skewed.inner(0, 1) += 1;
  EXPECT_FALSE(CheckGram(skewed, 3).ok());
  Gram negative = Good();
  negative.inner(0, 0) = -1;
  EXPECT_FALSE(CheckGram(negative, 3).ok());
  Gram empty = Good();
  empty.features = 0;
  EXPECT_FALSE(CheckGram(empty, 3).ok());
}

}  // namespace
}  // namespace ventral
