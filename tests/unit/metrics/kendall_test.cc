#include "scoring/metrics/kendall.h"

#include <gtest/gtest.h>

#include "tests/unit/metrics/made_up.h"
#include "tests/unit/metrics/plain_comparators.h"

namespace ventral {
namespace {

Eigen::VectorXd Tied(int count, unsigned seed) {
  return (6 * testing::RandomMatrix(count, 1, seed).array()).round().matrix();
}

// x = 1 2 3 4, y = 1 3 2 2: pairs +, +, +, −, −, 0 → 1 of 6; 5 pairs are not tied in y.
TEST(Kendall, HandChecked) {
  const OrderedItems x = OrderItems(Eigen::Vector4d(1, 2, 3, 4)),
                     y = OrderItems(Eigen::Vector4d(1, 3, 2, 2));
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(4);
  EXPECT_EQ(ConcordantLessDiscordant(x, y, ones), 1);
  EXPECT_DOUBLE_EQ(KendallTauA(x, y, ones), 1 / 6.0);
  EXPECT_DOUBLE_EQ(KendallTauB(x, y, ones), 1 / std::sqrt(30.0));
}

TEST(Kendall, EqualsCountingEveryPair) {
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(120);
  for (unsigned seed = 1; seed < 5; ++seed) {
    const Eigen::VectorXd smooth = testing::RandomMatrix(120, 1, seed), x = Tied(120, seed + 10),
                          y = Tied(120, seed + 20);
    for (const auto& [a, b] : {std::pair{x, y}, {x, smooth}, {smooth, y}}) {
      const OrderedItems items_a = OrderItems(a), items_b = OrderItems(b);
      EXPECT_DOUBLE_EQ(KendallTauA(items_a, items_b, ones), testing::PlainKendall(a, b, false));
      EXPECT_DOUBLE_EQ(KendallTauB(items_a, items_b, ones), testing::PlainKendall(a, b, true));
    }
  }
}

TEST(Kendall, WeightsStandForCopies) {
  const Eigen::VectorXd x = Tied(20, 1), y = Tied(20, 2);
  Eigen::VectorXd weights(20);
  std::vector<double> copied_x, copied_y;
  for (int k = 0; k < 20; ++k) {
    weights(k) = 1 + k % 3;
    copied_x.insert(copied_x.end(), static_cast<std::size_t>(weights(k)), x(k));
    copied_y.insert(copied_y.end(), static_cast<std::size_t>(weights(k)), y(k));
  }
  const auto count = static_cast<Eigen::Index>(copied_x.size());
  const Eigen::Map<const Eigen::VectorXd> plain_x(copied_x.data(), count),
      plain_y(copied_y.data(), count);
  EXPECT_DOUBLE_EQ(KendallTauA(OrderItems(x), OrderItems(y), weights),
                   testing::PlainKendall(plain_x, plain_y, false));
  EXPECT_DOUBLE_EQ(KendallTauB(OrderItems(x), OrderItems(y), weights),
                   testing::PlainKendall(plain_x, plain_y, true));
}

TEST(Kendall, IsSymmetricTurnsItsSignWithOneOrderAndHasNoTauBOfAConstant) {
  const Eigen::VectorXd x = Tied(50, 3), y = Tied(50, 4), ones = Eigen::VectorXd::Ones(50);
  const OrderedItems a = OrderItems(x), b = OrderItems(y), back = OrderItems(-y);
  EXPECT_EQ(KendallTauB(a, b, ones), KendallTauB(b, a, ones));
  EXPECT_EQ(KendallTauB(a, back, ones), -KendallTauB(a, b, ones));
  EXPECT_DOUBLE_EQ(KendallTauB(a, a, ones), 1);
  EXPECT_TRUE(std::isnan(KendallTauB(a, OrderItems(ones), ones)));
  EXPECT_EQ(KendallTauA(a, OrderItems(ones), ones), 0);
}

}  // namespace
}  // namespace ventral
