#include "scoring/metrics/banded_ridge.h"

#include <gmock/gmock.h>

#include <Eigen/LU>

#include "scoring/metrics/ridge.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using testing::RandomMatrix;

std::vector<CentredGram> CentreAll(const std::vector<Eigen::MatrixXd>& layers, const Fold& fold) {
  std::vector<CentredGram> centred;
  for (const Eigen::MatrixXd& x : layers) centred.push_back(Centre(GramOf(x).inner, fold).value());
  return centred;
}

const std::vector<std::vector<int>> kTwoNeuroids = {{0, 1}};

TEST(BandWeights, BeginEqualAndSumToOne) {
  const Eigen::MatrixXd weights = BandWeights(50, 4, Seed{1});
  EXPECT_TRUE(weights.row(0).isApprox(Eigen::RowVectorXd::Constant(4, 0.25)));
  EXPECT_TRUE(weights.rowwise().sum().isApprox(Eigen::VectorXd::Ones(50), 1e-12));
  EXPECT_GE(weights.minCoeff(), 0);
  EXPECT_EQ(weights, BandWeights(50, 4, Seed{1}));
}

// One candidate is ridge on the layers' features side by side, each times √γ.
TEST(FitBandedRidge, EqualsPlainRidgeOnScaledFeatures) {
  const Eigen::MatrixXd a = RandomMatrix(40, 7, 1), b = RandomMatrix(40, 3, 2);
  const Eigen::MatrixXd y = RandomMatrix(40, 2, 3);
  const Fold fold = ShuffledFolds(40, 4, Seed{5})[1];
  const Eigen::RowVector2d weights(0.8, 0.2);
  const double alpha = 0.7;
  const auto fit = FitBandedRidge(CentreAll({a, b}, fold), Centre(y, fold.train), kTwoNeuroids,
                                  {{alpha}}, weights, 1);
  ASSERT_TRUE(fit.ok());
  Eigen::MatrixXd x(40, 10);
  x << std::sqrt(0.8) * a, std::sqrt(0.2) * b;
  Eigen::MatrixXd xt = x(fold.train, Eigen::all), yt = y(fold.train, Eigen::all);
  const Eigen::RowVectorXd mx = xt.colwise().mean(), my = yt.colwise().mean();
  xt.rowwise() -= mx;
  yt.rowwise() -= my;
  const Eigen::MatrixXd beta =
      (xt.transpose() * xt + alpha * Eigen::MatrixXd::Identity(10, 10)).inverse() *
      (xt.transpose() * yt);
  const Eigen::MatrixXd held_out = x(fold.test, Eigen::all).rowwise() - mx;
  EXPECT_TRUE(fit->predicted.isApprox((held_out * beta).rowwise() + my, 1e-9));
  // The product measure: what a's own part has of the predictions' variance.
  double share = 0;
  for (int neuroid = 0; neuroid < 2; ++neuroid) {
    const Eigen::VectorXd part = held_out.leftCols(7) * beta.topRows(7).col(neuroid);
    Eigen::VectorXd whole = held_out * beta.col(neuroid);
    whole.array() -= whole.mean();
    share += part.dot(whole) / whole.squaredNorm() / 2;
  }
  EXPECT_NEAR(fit->shares(0), share, 1e-9);
  EXPECT_NEAR(fit->shares.sum(), 1, 1e-12);
}

// Both ways of telling the error, both ways of sharing the penalty: one layer is ridge.
TEST(FitBandedRidge, OfOneLayerIsRidge) {
  const Eigen::MatrixXd x = RandomMatrix(50, 20, 1);
  const Eigen::MatrixXd y = x.leftCols(2) + 0.5 * RandomMatrix(50, 2, 2);
  const Fold fold = ShuffledFolds(50, 5, Seed{5})[0];
  const auto layers = CentreAll({x}, fold);
  for (const bool relative : {false, true}) {
    for (const bool each : {false, true}) {
      for (const int inner : {0, 3}) {
        const Penalties penalties{{0.01, 0.1, 1, 10}, relative, each, inner, Seed{4}};
        const auto banded = FitBandedRidge(layers, Centre(y, fold.train), kTwoNeuroids, penalties,
                                           Eigen::MatrixXd::Ones(1, 1), 1);
        const auto ridge =
            FitDualRidge(layers[0], Centre(y, fold.train), kTwoNeuroids, penalties, 1);
        ASSERT_TRUE(banded.ok() && ridge.ok());
        EXPECT_TRUE(banded->predicted.isApprox(ridge->predicted, 1e-9));
      }
    }
  }
}

// Each neuroid takes the candidate that leaves its own layer, for the other is noise to it; where
// they share, what is best for both.
TEST(FitBandedRidge, ChoosesBandsForEachNeuroid) {
  const Eigen::MatrixXd a = RandomMatrix(60, 40, 1), b = RandomMatrix(60, 40, 2);
  Eigen::MatrixXd y(60, 2);
  y << a * RandomMatrix(40, 1, 3), b * RandomMatrix(40, 1, 4);
  const Fold fold = ShuffledFolds(60, 5, Seed{5})[0];
  Eigen::MatrixXd weights(3, 2);
  weights << 0.5, 0.5, 0.99, 0.01, 0.01, 0.99;
  const auto candidates = [&](bool each, const std::vector<std::vector<int>>& subjects) {
    const Penalties penalties{{0.001, 0.01, 0.1, 1}, true, each, 0, Seed{4}};
    return FitBandedRidge(CentreAll({a, b}, fold), Centre(y, fold.train), subjects, penalties,
                          weights, 1)
        ->candidate;
  };
  EXPECT_THAT(candidates(true, kTwoNeuroids), ::testing::ElementsAre(1u, 2u));
  EXPECT_THAT(candidates(false, kTwoNeuroids), ::testing::ElementsAre(0u, 0u));
  EXPECT_THAT(candidates(false, {{0}, {1}}), ::testing::ElementsAre(1u, 2u));
}

BenchmarkSpec Spec(Options options) {
  options["bootstrap"] = std::int64_t{50};
  options["folds"] = std::int64_t{5};
  options["penalties"] = std::vector<double>{0.001, 0.01, 0.1, 1};
  options["penalty_scale"] = std::string("relative");
  return {"p.n.ridge", "n", "", "ridge", std::move(options), Seed{1}};
}

TEST(Ridge, BandsOfAllLayersPredictWhatNoLayerCanAlone) {
  const Eigen::MatrixXd a = RandomMatrix(120, 10, 1), b = 30 * RandomMatrix(120, 10, 2);
  const Eigen::MatrixXd y = a * RandomMatrix(10, 8, 3) + b * RandomMatrix(10, 8, 4) / 30;
  const Recording neurons = testing::ResponsesOf(y);
  const std::vector<Gram> layers = {GramOf(a, "a"), GramOf(RandomMatrix(120, 10, 5), "noise"),
                                    GramOf(Eigen::MatrixXd::Ones(120, 3), "dead"), GramOf(b, "b")};
  const auto score = [&](Options options) {
    return RidgeMetric().Score({Spec(std::move(options)), neurons, nullptr, {}}, layers).value();
  };
  const auto banded =
      score({{"layer_choice", std::string("banded")}, {"band_candidates", std::int64_t{30}}});
  const auto chosen = score({});
  EXPECT_EQ(banded.layer_choice, "banded");
  EXPECT_GT(banded.raw, 0.95);
  EXPECT_LT(chosen.raw, 0.85);
  EXPECT_EQ(banded.layers[0].raw, chosen.layers[0].raw);
  EXPECT_NE(banded.layers[2].undefined, "");
  EXPECT_TRUE(banded.interval.has_value());
  EXPECT_EQ(banded.resamples.one.size(), 50u);
  EXPECT_THAT(banded.notes, ::testing::Contains(::testing::AllOf(
                                ::testing::HasSubstr("all layers together"),
                                ::testing::HasSubstr("a 0."), ::testing::HasSubstr("b 0."))));
  // One band: all layers have the same weight.
  const auto one = score({{"layer_choice", std::string("banded")}, {"bands", std::int64_t{1}}});
  EXPECT_GT(one.raw, chosen.raw);
}

TEST(Ridge, OptionsOfBandsBelongToBands) {
  const Recording neurons = testing::ResponsesOf(RandomMatrix(40, 3, 1));
  const auto spec = Spec({{"bands", std::int64_t{2}}});
  EXPECT_THAT(RidgeMetric().Check({spec, neurons, nullptr, {}}).error().message,
              ::testing::HasSubstr("option bands means nothing where layer_choice is not banded"));
}

}  // namespace
}  // namespace ventral
