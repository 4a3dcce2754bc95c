#include "scoring/metrics/dual_ridge.h"

#include <gmock/gmock.h>

#include <Eigen/LU>
#include <limits>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using testing::RandomMatrix;

// Primal ridge with an unpenalised intercept, as the textbook writes it.
Eigen::MatrixXd PlainRidge(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Fold& fold,
                           double alpha) {
  Eigen::MatrixXd xt = x(fold.train, Eigen::all), yt = y(fold.train, Eigen::all);
  const Eigen::RowVectorXd mx = xt.colwise().mean(), my = yt.colwise().mean();
  xt.rowwise() -= mx;
  yt.rowwise() -= my;
  const Eigen::MatrixXd normal =
      xt.transpose() * xt + alpha * Eigen::MatrixXd::Identity(x.cols(), x.cols());
  const Eigen::MatrixXd beta = normal.inverse() * (xt.transpose() * yt);
  return ((x(fold.test, Eigen::all).rowwise() - mx) * beta).rowwise() + my;
}

std::vector<std::vector<int>> OneSubject(const Eigen::MatrixXd& y) {
  std::vector<int> neuroids;
  for (int c = 0; c < static_cast<int>(y.cols()); ++c) neuroids.push_back(c);
  return {neuroids};
}

Result<RidgeFit> Fit(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Fold& fold,
                     const Penalties& penalties) {
  VENTRAL_ASSIGN_OR_RETURN(const CentredGram gram, Centre(GramOf(x).inner, fold));
  return FitDualRidge(gram, Centre(y, fold.train), OneSubject(y), penalties, 1);
}

TEST(DualRidge, EqualsPlainRidgeOnTheFeatures) {
  const Eigen::MatrixXd x = RandomMatrix(40, 12, 1), y = RandomMatrix(40, 3, 2);
  for (const Fold& fold : ShuffledFolds(40, 4, Seed{3})) {
    for (const double penalty : {0.01, 1.0, 30.0}) {
      const auto fit = Fit(x, y, fold, {{penalty}, true});
      ASSERT_TRUE(fit.ok());
      EXPECT_TRUE(fit->predicted.isApprox(PlainRidge(x, y, fold, fit->alphas[0]), 1e-8));
    }
  }
}

TEST(DualRidge, TheClosedFormChoosesWhatLeavingOneOutPlainlyChooses) {
  const Eigen::MatrixXd x = RandomMatrix(30, 8, 4);
  const Eigen::MatrixXd y = x * RandomMatrix(8, 2, 5) + 0.4 * RandomMatrix(30, 2, 6);
  const Fold fold = ShuffledFolds(30, 5, Seed{1})[0];
  const std::vector<double> penalties = {0.001, 0.01, 0.1, 1, 10, 100};
  const auto chosen = Fit(x, y, fold, {penalties, true});
  double best = std::numeric_limits<double>::infinity(), best_alpha = 0;
  for (const double penalty : penalties) {
    const double alpha = Fit(x, y, fold, {{penalty}, true})->alphas[0];
    double error = 0;
    for (const int left : fold.train) {
      Fold inner{{}, {left}};
      for (const int row : fold.train) {
        if (row != left) inner.train.push_back(row);
      }
      error += (PlainRidge(x, y, inner, alpha) - y.row(left)).squaredNorm();
    }
    if (error < best) best = error, best_alpha = alpha;
  }
  EXPECT_DOUBLE_EQ(chosen->alphas[chosen->chosen[0]], best_alpha);
}

TEST(DualRidge, TakesAPenaltyAsAlphaUnlessItIsRelative) {
  const Eigen::MatrixXd x = RandomMatrix(20, 5, 1), y = RandomMatrix(20, 2, 2);
  const Fold fold = ShuffledFolds(20, 4, Seed{3})[0];
  EXPECT_EQ(Fit(x, y, fold, {{3}})->alphas[0], 3);
  Eigen::MatrixXd train = x(fold.train, Eigen::all);
  train.rowwise() -= train.colwise().mean().eval();
  EXPECT_NEAR(Fit(x, y, fold, {{3}, true})->alphas[0], 3 * train.rowwise().squaredNorm().mean(),
              1e-12);
}

// More features than stimuli: the training responses are met, whatever the rounding.
TEST(DualRidge, StaysFiniteAtTheLeastPenalties) {
  const Eigen::MatrixXd x = 1e3 * RandomMatrix(30, 100, 1);
  const Eigen::MatrixXd y = x * RandomMatrix(100, 2, 2);
  const Fold fold = ShuffledFolds(30, 5, Seed{3})[0];
  const auto fit = Fit(x, y, fold, {{1e-12, 1e-9}});
  ASSERT_TRUE(fit.ok());
  EXPECT_TRUE(fit->predicted.allFinite());
  EXPECT_TRUE(fit->predicted.isApprox(PlainRidge(x, y, fold, 1e-3), 1e-5));
}

// Each neuroid on its own, and two subjects of whom each shares a penalty.
TEST(DualRidge, EachNeuroidOrEachSubjectHasItsPenalty) {
  const Eigen::MatrixXd x = RandomMatrix(40, 60, 4);
  Eigen::MatrixXd y = x * RandomMatrix(60, 6, 5);
  for (int c = 3; c < 6; ++c) y.col(c) += 30 * RandomMatrix(40, 1, 60 + static_cast<unsigned>(c));
  const Fold fold = ShuffledFolds(40, 5, Seed{1})[0];
  Penalties penalties{{0.001, 0.01, 0.1, 1, 10, 100}, true};
  const CentredGram gram = *Centre(GramOf(x).inner, fold);
  const auto subjects =
      FitDualRidge(gram, Centre(y, fold.train), {{0, 1, 2}, {3, 4, 5}}, penalties, 1);
  ASSERT_TRUE(subjects.ok());
  EXPECT_EQ(subjects->chosen[0], Fit(x, y.leftCols(3), fold, penalties)->chosen[0]);
  EXPECT_EQ(subjects->chosen[5], Fit(x, y.rightCols(3), fold, penalties)->chosen[0]);
  EXPECT_NE(subjects->chosen[0], subjects->chosen[5]);
  for (const int inner : {0, 4}) {
    penalties.inner_folds = inner;
    penalties.per_neuroid = true;
    const auto each = Fit(x, y, fold, penalties);
    ASSERT_TRUE(each.ok());
    for (int c = 0; c < 6; ++c) {
      const auto alone = Fit(x, y.col(c), fold, penalties);
      EXPECT_EQ(each->chosen[static_cast<std::size_t>(c)], alone->chosen[0]);
      EXPECT_TRUE(each->predicted.col(c).isApprox(
          PlainRidge(x, y.col(c), fold, alone->alphas[alone->chosen[0]]), 1e-8));
    }
  }
}

}  // namespace
}  // namespace ventral
