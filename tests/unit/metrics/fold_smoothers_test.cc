#include "scoring/metrics/fold_smoothers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scoring/metrics/penalty_search.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

std::vector<double> TwentyPenalties() {
  std::vector<double> alphas;
  for (int i = 0; i < 20; ++i) alphas.push_back(std::pow(10.0, -2 + 0.5 * i));
  return alphas;
}

// Every smoother from the kept ones, against the smoother itself.
void ExpectAllOfEachFold(const Eigen::MatrixXd& x, const std::vector<Fold>& folds) {
  const auto alphas = TwentyPenalties();
  const Gram layer = testing::GramOf(x);
  SmootherSeries series(alphas, 1e-6, 2);
  for (std::size_t f = 0; f < folds.size(); ++f) {
    const CentredGram gram = *Centre(layer.inner, folds[f]);
    const auto made = series.Next(gram);
    ASSERT_TRUE(made.ok()) << made.error().ToString();
    EXPECT_LT(made->kept.size(), alphas.size());
    const double longest = TestSmoother(gram, alphas[0])->norm();
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(gram.test.rows(), gram.test.cols());
      for (std::size_t b = 0; b < made->kept.size(); ++b) {
        sum += made->weights(static_cast<Eigen::Index>(b), static_cast<Eigen::Index>(a)) *
               made->kept[b].transpose();
      }
      EXPECT_LT((sum - *TestSmoother(gram, alphas[a])).norm(), 1e-5 * longest) << f << " " << a;
    }
  }
}

TEST(SmootherSeries, MakesAllFromAFewInEveryFold) {
  ExpectAllOfEachFold(testing::RandomMatrix(60, 90, 1), ShuffledFolds(60, 5, Seed{3}));
}

// The first fold's fit is the only one that sees none of the stimuli that are far from the others,
// so its choice does not serve the next.
TEST(SmootherSeries, ChoosesAnewWhereAFoldIsUnlikeTheFirst) {
  const auto folds = ShuffledFolds(60, 5, Seed{3});
  Eigen::MatrixXd x = testing::RandomMatrix(60, 90, 1);
  for (const int row : folds[0].test) x(row, 0) += 1e4;
  ExpectAllOfEachFold(x, folds);
}

}  // namespace
}  // namespace ventral
