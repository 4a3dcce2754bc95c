#include "scoring/metrics/mixed_rsa.h"

#include <gmock/gmock.h>

#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/metrics/rsa_ceiling.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using testing::RandomMatrix;

BenchmarkSpec MixedSpec(Options options = {}) {
  options["folds"] = std::int64_t{4};
  options["penalty"] = 0.1;
  options["bootstrap"] = std::int64_t{50};
  return {"p.n.mixed", "n", "", "mixed_rsa", std::move(options), Seed{1}};
}

// [subject × stimulus × neuroid] of these.
Recording Subjects(const std::vector<Eigen::MatrixXd>& each) {
  Recording recording;
  recording.id = "neurons";
  recording.axes = {Axis::kSubject, Axis::kStimulus, Axis::kNeuroid};
  recording.shape = {static_cast<std::int64_t>(each.size()), each[0].rows(), each[0].cols()};
  for (const Eigen::MatrixXd& y : each) {
    for (Eigen::Index i = 0; i < y.rows(); ++i) {
      for (Eigen::Index j = 0; j < y.cols(); ++j) recording.values.push_back(y(i, j));
    }
  }
  return recording;
}

Rdm RowsRdm(const Eigen::MatrixXd& rows) {
  return LayerRdm(GramOf(rows), RdmKind::kCorrelation).value();
}

// Written out: fit, predict, RDM of the predictions, compare; and the ceiling of the folds.
TEST(MixedRsa, EqualsTheDefinition) {
  const Eigen::MatrixXd x = RandomMatrix(48, 15, 1);
  std::vector<Eigen::MatrixXd> subjects;
  for (unsigned s = 0; s < 3; ++s) {
    subjects.push_back(x * RandomMatrix(15, 6, 10 + s) + 0.3 * RandomMatrix(48, 6, 20 + s));
  }
  const auto spec = MixedSpec();
  const Recording recording = Subjects(subjects);
  const std::vector<Gram> layers = {GramOf(x, "layer")};
  const auto score = MixedRsaMetric().Score({spec, recording, nullptr, {}}, layers);
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  const Comparison spearman{RdmComparator::kSpearman};
  Eigen::Vector3d expected = Eigen::Vector3d::Zero();
  Eigen::Vector2d bounds = Eigen::Vector2d::Zero();
  for (const Fold& fold : ShuffledFolds(48, 4, Seed{1})) {
    std::vector<Rdm> recorded;
    for (int s = 0; s < 3; ++s) {
      const Eigen::MatrixXd& y = subjects[static_cast<std::size_t>(s)];
      recorded.push_back(RowsRdm(y(fold.test, Eigen::all)));
      const auto fit = FitDualRidge(Centre(layers[0].inner, fold).value(), Centre(y, fold.train),
                                    {{0, 1, 2, 3, 4, 5}}, {{0.1}}, 1);
      expected(s) += CompareRdms({RowsRdm(fit->predicted)}, {recorded.back()}, spearman)(0, 0) / 4;
    }
    const Ceiling ceiling = *RsaCeiling(recorded, spearman);
    bounds += Eigen::Vector2d(*ceiling.lower, *ceiling.upper) / 4;
  }
  for (int s = 0; s < 3; ++s) {
    EXPECT_NEAR(score->layers[0].per_subject[static_cast<std::size_t>(s)], expected(s), 1e-12);
  }
  EXPECT_NEAR(score->raw, expected.mean(), 1e-12);
  EXPECT_NEAR(*score->ceiling->lower, bounds(0), 1e-12);
  EXPECT_NEAR(score->ceiling->value, bounds(1), 1e-12);
  EXPECT_NEAR(*score->normalised, expected.mean() / bounds(1), 1e-12);
  EXPECT_EQ(score->rule, "r/ceiling_upper");
  EXPECT_EQ(score->ceiling->method, "nili2014_rank_mean");
  EXPECT_TRUE(score->ceiling->interval && score->ceiling->lower_interval);
}

// Neuroids read out of few of a layer's features: fixed RSA hardly sees them, mixed RSA does.
TEST(MixedRsa, FindsAReadOutThatFixedRsaMisses) {
  Eigen::MatrixXd x = RandomMatrix(120, 40, 1);
  x.rightCols(37) *= 4;
  const Recording neurons = testing::ResponsesOf(x.leftCols(3) * RandomMatrix(3, 12, 2));
  const std::vector<Gram> layers = {GramOf(x, "layer")};
  const auto spec = MixedSpec();
  const auto mixed = MixedRsaMetric().Score({spec, neurons, nullptr, {}}, layers);
  ASSERT_TRUE(mixed.ok()) << mixed.error().ToString();
  const BenchmarkSpec fixed{"p.n.rsa", "n", "", "rsa", {{"bootstrap", std::int64_t{10}}}, Seed{1}};
  const auto rsa = RsaMetric().Score({fixed, neurons, nullptr, {}}, layers);
  EXPECT_GT(mixed->raw, 0.9);
  EXPECT_LT(rsa->raw, 0.3);
  EXPECT_FALSE(mixed->ceiling);
  EXPECT_THAT(mixed->notes, ::testing::Contains(::testing::HasSubstr("one subject")));
}

TEST(MixedRsa, RefusesFoldsWithoutAnRdm) {
  const Recording neurons = testing::ResponsesOf(RandomMatrix(40, 6, 1));
  auto spec = MixedSpec();
  spec.options["folds"] = std::int64_t{13};
  EXPECT_THAT(MixedRsaMetric().Check({spec, neurons, nullptr, {}}).error().message,
              ::testing::HasSubstr("four are needed, so fewer folds"));
}

// One neuroid: no correlation over neuroids, for any stimulus; said before anything runs.
TEST(MixedRsa, RefusesARecordingWithoutDistances) {
  const Recording neurons = testing::ResponsesOf(RandomMatrix(40, 1, 1));
  const auto spec = MixedSpec();
  EXPECT_THAT(MixedRsaMetric().Check({spec, neurons, nullptr, {}}).error().message,
              ::testing::HasSubstr("the recorded responses"));
}

}  // namespace
}  // namespace ventral
