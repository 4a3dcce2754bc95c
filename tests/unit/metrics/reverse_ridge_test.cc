#include "scoring/metrics/reverse_ridge.h"

#include <gmock/gmock.h>

#include <Eigen/LU>

#include "scoring/metrics/reverse_fit.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using testing::RandomMatrix;

// Ridge of the features on the responses, as the textbook writes it: |x − x̂|² of test stimuli.
Eigen::VectorXd PlainErrors(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Fold& fold,
                            double alpha) {
  Eigen::MatrixXd xt = x(fold.train, Eigen::all), yt = y(fold.train, Eigen::all);
  const Eigen::RowVectorXd mx = xt.colwise().mean(), my = yt.colwise().mean();
  xt.rowwise() -= mx;
  yt.rowwise() -= my;
  const Eigen::MatrixXd normal =
      yt.transpose() * yt + alpha * Eigen::MatrixXd::Identity(y.cols(), y.cols());
  const Eigen::MatrixXd beta = normal.inverse() * (yt.transpose() * xt);
  const Eigen::MatrixXd predicted =
      ((y(fold.test, Eigen::all).rowwise() - my) * beta).rowwise() + mx;
  return (x(fold.test, Eigen::all) - predicted).rowwise().squaredNorm();
}

TEST(FitReverse, EqualsPlainRidgeOnTheFeatures) {
  const Eigen::MatrixXd x = RandomMatrix(40, 30, 1), y = RandomMatrix(40, 6, 2);
  for (const Fold& fold : ShuffledFolds(40, 4, Seed{3})) {
    for (const double alpha : {0.01, 1.0, 30.0}) {
      const auto fit = FitReverse(GramOf(x).inner, y, fold, {{alpha}});
      ASSERT_TRUE(fit.ok());
      EXPECT_TRUE(fit->errors.isApprox(PlainErrors(x, y, fold, alpha), 1e-9));
    }
  }
}

// The penalty that leaves the least error, leaving out one stimulus or one inner fold at a time.
TEST(FitReverse, ChoosesThePenaltyThatPlainlyLeavesTheLeastError) {
  const Eigen::MatrixXd y = RandomMatrix(30, 5, 4);
  const Eigen::MatrixXd x = y * RandomMatrix(5, 12, 5) + 0.5 * RandomMatrix(30, 12, 6);
  const Fold fold = ShuffledFolds(30, 5, Seed{1})[0];
  const std::vector<double> grid = {0.001, 0.01, 0.1, 1, 10, 100};
  const auto train = static_cast<int>(fold.train.size());
  for (const int inner : {0, 4}) {
    const auto parts = ShuffledFolds(train, inner == 0 ? train : inner, Seed{8});
    double best = std::numeric_limits<double>::infinity(), expected = 0;
    for (const double alpha : grid) {
      double error = 0;
      for (const Fold& part : parts) {
        Fold within;
        for (const int place : part.train) {
          within.train.push_back(fold.train[static_cast<std::size_t>(place)]);
        }
        for (const int place : part.test) {
          within.test.push_back(fold.train[static_cast<std::size_t>(place)]);
        }
        error += PlainErrors(x, y, within, alpha).mean();
      }
      if (error < best) {
        best = error;
        expected = alpha;
      }
    }
    const auto fit = FitReverse(GramOf(x).inner, y, fold, {grid, false, false, inner, Seed{8}});
    ASSERT_TRUE(fit.ok());
    EXPECT_EQ(fit->alpha, expected) << inner;
  }
}

BenchmarkSpec ReverseSpec(Options options = {}) {
  options["folds"] = std::int64_t{5};
  options["penalties"] = std::vector<double>{0.001, 0.01, 0.1, 1};
  return {"p.n.reverse", "n", "", "reverse_ridge", std::move(options), Seed{1}};
}

// A layer that neurons know whole, one they know half, one that they know nothing of.
TEST(ReverseRidge, IsHighForWhatTheNeuronsKnow) {
  const Eigen::MatrixXd latent = RandomMatrix(200, 6, 1), other = RandomMatrix(200, 6, 2);
  const Recording neurons = testing::ResponsesOf(latent * RandomMatrix(6, 20, 3));
  Eigen::MatrixXd half(200, 12);
  half << latent, other;
  const std::vector<Gram> layers = {GramOf(latent * RandomMatrix(6, 50, 4), "known"),
                                    GramOf(half, "half"), GramOf(other, "unknown")};
  const auto spec = ReverseSpec();
  const auto score = ReverseRidgeMetric().Score({spec, neurons, nullptr, {}}, layers);
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_GT(score->layers[0].raw, 0.999);
  EXPECT_NEAR(score->layers[1].raw, 0.5, 0.1);
  EXPECT_LT(score->layers[2].raw, 0.05);
  EXPECT_EQ(score->layer.path, "known");
  EXPECT_EQ(score->rule, "r2");
  EXPECT_FALSE(score->ceiling || score->normalised);
  EXPECT_LT(score->layers[1].interval->lower, score->layers[1].raw);
  EXPECT_GT(score->layers[1].interval->upper, score->layers[1].raw);
  EXPECT_LT(score->layers[1].interval->upper - score->layers[1].interval->lower, 0.2);
}

TEST(ReverseRidge, EachSubjectPredictsAlone) {
  const Eigen::MatrixXd latent = RandomMatrix(80, 4, 1), noise = RandomMatrix(80, 4, 9);
  Recording two;
  two.id = "two";
  two.axes = {Axis::kSubject, Axis::kStimulus, Axis::kNeuroid};
  two.shape = {2, 80, 4};
  for (const Eigen::MatrixXd& one : {latent, noise}) {
    for (int i = 0; i < 80; ++i) {
      for (int j = 0; j < 4; ++j) two.values.push_back(one(i, j));
    }
  }
  const std::vector<Gram> layers = {GramOf(latent, "a")};
  const auto spec = ReverseSpec({{"interval_over", std::string("both")}});
  const auto score = ReverseRidgeMetric().Score({spec, two, nullptr, {}}, layers);
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  ASSERT_EQ(score->layers[0].per_subject.size(), 2u);
  EXPECT_GT(score->layers[0].per_subject[0], 0.99);
  EXPECT_LT(score->layers[0].per_subject[1], 0.1);
  EXPECT_EQ(score->resamples.both.size(), score->resamples.one.size());
  const auto one = ReverseSpec({{"interval_over", std::string("subjects")}});
  const Recording alone = testing::ResponsesOf(latent);
  EXPECT_THAT(ReverseRidgeMetric().Check({one, alone, nullptr, {}}).error().message,
              ::testing::HasSubstr("an interval over subjects needs two"));
}

TEST(ReverseRidge, UnitsShareAPenalty) {
  const auto spec = ReverseSpec({{"penalty_for", std::string("each_neuroid")}});
  const Recording neurons = testing::ResponsesOf(RandomMatrix(40, 3, 1));
  EXPECT_THAT(ReverseRidgeMetric().Check({spec, neurons, nullptr, {}}).error().message,
              ::testing::HasSubstr("penalty_for"));
}

}  // namespace
}  // namespace ventral
