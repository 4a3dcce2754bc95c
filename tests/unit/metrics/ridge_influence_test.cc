#include "scoring/metrics/ridge_influence.h"

#include <Eigen/Cholesky>
#include <gtest/gtest.h>

#include <cmath>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/encoding_interval.h"
#include "scoring/metrics/encoding_scores.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::RandomMatrix;

constexpr int kStimuli = 14, kNeuroids = 3;

Fold FirstFourHeldOut() {
  Fold fold;
  for (int i = 0; i < kStimuli; ++i) (i < 4 ? fold.test : fold.train).push_back(i);
  return fold;
}

// The ridge on features, the squared error of each training stimulus counted `weights` times.
Eigen::VectorXd Predicted(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const Fold& fold,
                          double alpha, const Eigen::VectorXd& weights) {
  const double all = weights.sum();
  const Eigen::RowVectorXd mean = weights.transpose() * x(fold.train, Eigen::all) / all;
  const double level = weights.dot(y(fold.train)) / all;
  const Eigen::MatrixXd features = x(fold.train, Eigen::all).rowwise() - mean;
  Eigen::MatrixXd squares = features.transpose() * weights.asDiagonal() * features;
  squares.diagonal().array() += alpha;
  const Eigen::VectorXd centred = weights.array() * (y(fold.train).array() - level);
  const Eigen::VectorXd slopes = squares.ldlt().solve(features.transpose() * centred);
  return ((x(fold.test, Eigen::all).rowwise() - mean) * slopes).array() + level;
}

class Influences : public ::testing::TestWithParam<int> {};  // of so many features

TEST_P(Influences, AreTheSlopesOfAWeightedRidge) {
  const Eigen::MatrixXd x = RandomMatrix(kStimuli, GetParam(), 1);
  const Eigen::MatrixXd y = RandomMatrix(kStimuli, kNeuroids, 2).array() + 3;
  const Eigen::MatrixXd gradient = RandomMatrix(4, kNeuroids, 3);
  const std::vector<double> alphas = {0.3, 20, 0.3};
  const Fold fold = FirstFourHeldOut();
  const auto influence = RidgeInfluence(Centre(x * x.transpose(), fold).value(),
                                        Centre(y, fold.train), alphas, gradient);
  ASSERT_TRUE(influence.ok()) << influence.error().ToString();
  ASSERT_EQ(influence->rows(), 10);
  constexpr double kStep = 1e-5;
  for (int i = 0; i < 10; ++i) {
    Eigen::VectorXd up = Eigen::VectorXd::Ones(10), down = up;
    up(i) += kStep;
    down(i) -= kStep;
    for (int c = 0; c < kNeuroids; ++c) {
      const double alpha = alphas[static_cast<std::size_t>(c)];
      const Eigen::VectorXd moved = (Predicted(x, y.col(c), fold, alpha, up) -
                                     Predicted(x, y.col(c), fold, alpha, down)) /
                                    (2 * kStep);
      EXPECT_NEAR((*influence)(i, c), moved.dot(gradient.col(c)), 1e-7) << i << ' ' << c;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(FewAndMany, Influences, ::testing::Values(1, 5, 40));

TEST(CorrelationGradient, IsTheSlopeOfTheCorrelation) {
  FoldPrediction fold{RandomMatrix(6, 2, 1), RandomMatrix(6, 2, 2)};
  const Eigen::MatrixXd gradient = CorrelationGradient(fold);
  constexpr double kStep = 1e-6;
  for (int t = 0; t < 6; ++t) {
    for (int c = 0; c < 2; ++c) {
      Eigen::MatrixXd up = fold.predicted, down = fold.predicted;
      up(t, c) += kStep;
      down(t, c) -= kStep;
      const double slope =
          (ColumnCorrelations(up, fold.recorded)(c) - ColumnCorrelations(down, fold.recorded)(c)) /
          (2 * kStep);
      EXPECT_NEAR(gradient(t, c), slope, 1e-8);
    }
  }
  fold.predicted.col(1).setConstant(2);
  EXPECT_TRUE(CorrelationGradient(fold).col(1).isZero(0));
}

// A training stimulus that was drawn k times counts k − 1 more than the fit has it.
TEST(ResampleEncoding, AddsWhatTrainingStimuliDo) {
  constexpr int kAll = 30;
  const Pool pool{{{0}}, false};
  const auto folds = ShuffledFolds(kAll, 3, Seed{1});
  const Eigen::MatrixXd y = RandomMatrix(kAll, 1, 3), noisy = y + 2 * RandomMatrix(kAll, 1, 4);
  EncodingFit still{Eigen::MatrixXd::Zero(1, 3), {}}, moving = still;
  for (const Fold& fold : folds) {
    still.predictions.push_back({noisy(fold.test, Eigen::all), y(fold.test, Eigen::all)});
    moving.predictions.push_back(still.predictions.back());
    moving.predictions.back().influence = 0.005 * RandomMatrix(20, 1, 5);
  }
  const IntervalRule rule{Over::kStimuli, true, 50};
  const Resampled without = ResampleEncoding(still, folds, kAll, pool, rule, Seed{2}, 1);
  const Resampled with = ResampleEncoding(moving, folds, kAll, pool, rule, Seed{2}, 1);
  for (int i = 0; i < 50; ++i) {
    const Eigen::VectorXd counts = ResampleCounts(Seed{2}, static_cast<std::uint64_t>(i), kAll);
    double more = 0;
    for (std::size_t f = 0; f < 3; ++f) {
      const Eigen::VectorXd drawn = counts(folds[f].train).array() - 1;
      more += drawn.dot(moving.predictions[f].influence.col(0)) / 3;
    }
    EXPECT_NEAR(with.one(0, i), without.one(0, i) + more, 1e-12);
  }
}

}  // namespace
}  // namespace ventral
