#include "scoring/base/gram.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace ventral {
namespace {

using ::testing::HasSubstr;

Gram Of(const Eigen::MatrixXd& x) {
  return {{"features.0", 0}, x.cols(), false, x * x.transpose(), x.rowwise().sum()};
}

Gram Good() {
  Eigen::MatrixXd x(3, 2);
  x << 1, 2, 3, 4, 5, 6;
  return Of(x);
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

// Cauchy–Schwarz: an inner product beyond both lengths, sums beyond what p features can have.
TEST(CheckGram, RefusesWhatNoActivationsGive) {
  Gram inner = Good();
  inner.inner(0, 1) = inner.inner(1, 0) = 1.01 * std::sqrt(5 * 25);
  EXPECT_THAT(CheckGram(inner, 3).error().message, HasSubstr("no activations"));
  Gram sums = Good();
  sums.row_sums(2) = 1.01 * std::sqrt(2 * 61);
  EXPECT_THAT(CheckGram(sums, 3).error().message, HasSubstr("no activations"));
  Gram silent = Of(Eigen::MatrixXd::Zero(3, 2));
  EXPECT_TRUE(CheckGram(silent, 3).ok());
  silent.row_sums(1) = 1;
  EXPECT_FALSE(CheckGram(silent, 3).ok());
}

TEST(CheckGram, AcceptsRedundantFeaturesWithinRounding) {
  Eigen::MatrixXd x(40, 3);
  for (Eigen::Index i = 0; i < x.rows(); ++i) x.row(i) << 1e4 + std::sin(i), 1e4, 1e4 * std::cos(i);
  EXPECT_TRUE(CheckGram(Of(x), 40).ok());
}

}  // namespace
}  // namespace ventral
