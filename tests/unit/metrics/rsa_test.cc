#include "scoring/metrics/rsa.h"

#include <gmock/gmock.h>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/ranks.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

// Draws the stimuli, builds the resampled vectors and correlates them: what the weighted way stands
// for.
double PlainResample(const Rdm& layer, const std::vector<Rdm>& subjects,
                     const Eigen::VectorXd& counts, bool ranks) {
  std::vector<int> drawn;
  for (int i = 0; i < counts.size(); ++i)
    drawn.insert(drawn.end(), static_cast<std::size_t>(counts(i)), i);
  const auto at = [&](const Rdm& rdm, int i, int j) {
    const Eigen::Index a = std::min(i, j), b = std::max(i, j);
    return rdm.upper(a * rdm.stimuli - a * (a + 1) / 2 + b - a - 1);
  };
  double sum = 0;
  for (const Rdm& subject : subjects) {
    std::vector<double> x, y;
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      for (std::size_t j = i + 1; j < drawn.size(); ++j) {
        if (drawn[i] == drawn[j]) continue;
        x.push_back(at(layer, drawn[i], drawn[j]));
        y.push_back(at(subject, drawn[i], drawn[j]));
      }
    }
    Eigen::VectorXd a = Eigen::Map<Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()));
    Eigen::VectorXd b = Eigen::Map<Eigen::VectorXd>(y.data(), static_cast<Eigen::Index>(y.size()));
    if (ranks) a = AverageRanks(a), b = AverageRanks(b);
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(a.size());
    Standardise(ones, a);
    Standardise(ones, b);
    sum += a.dot(b);
  }
  return sum / static_cast<double>(subjects.size());
}

TEST(BootstrapRdms, TheWeightedWayEqualsDrawingPlainly) {
  const auto subjects = SubjectRdms(testing::RdmsOf(3, 12, 5)).value();
  const std::vector<Rdm> layers = {
      LayerRdm(testing::GramOf(testing::RandomMatrix(12, 30, 6)), RdmKind::kCorrelation).value()};
  for (const auto comparator : {RdmComparator::kSpearman, RdmComparator::kPearson}) {
    const Eigen::MatrixXd fast = BootstrapRdms(layers, subjects, comparator, Seed{8}, 40, 1);
    for (int r = 0; r < 40; ++r) {
      const Eigen::VectorXd counts = ResampleCounts(Seed{8}, static_cast<std::uint64_t>(r), 12);
      EXPECT_NEAR(
          fast(0, r),
          PlainResample(layers[0], subjects, counts, comparator == RdmComparator::kSpearman),
          1e-12);
    }
  }
}

TEST(BootstrapRdms, TheNumberOfThreadsChangesNoBit) {
  const auto subjects = SubjectRdms(testing::RdmsOf(3, 20, 5)).value();
  const std::vector<Rdm> layers = {
      LayerRdm(testing::GramOf(testing::RandomMatrix(20, 30, 6)), RdmKind::kCorrelation).value()};
  EXPECT_EQ(BootstrapRdms(layers, subjects, RdmComparator::kSpearman, Seed{1}, 100, 1),
            BootstrapRdms(layers, subjects, RdmComparator::kSpearman, Seed{1}, 100, 3));
}

TEST(BootstrapRdms, IsUndefinedWhereASubjectDoesNotVaryInAResample) {
  std::vector<Rdm> subjects = SubjectRdms(testing::RdmsOf(2, 5, 5)).value();
  subjects[1].upper.setOnes();
  subjects[1].upper(0) = 2;  // varies only where stimuli 0 and 1 are drawn
  const std::vector<Rdm> layers = {
      LayerRdm(testing::GramOf(testing::RandomMatrix(5, 30, 6)), RdmKind::kCorrelation).value()};
  const Eigen::MatrixXd scores =
      BootstrapRdms(layers, subjects, RdmComparator::kSpearman, Seed{1}, 50, 1);
  for (int r = 0; r < 50; ++r) {
    const Eigen::VectorXd counts = ResampleCounts(Seed{1}, static_cast<std::uint64_t>(r), 5);
    const bool varies = counts(0) > 0 && counts(1) > 0 && counts.tail(3).sum() > 0;
    EXPECT_EQ(std::isfinite(scores(0, r)), varies) << counts.transpose();
  }
}

TEST(RsaCeiling, IsAbsentForOneSubjectAndOrderedForMore) {
  const auto subjects = SubjectRdms(testing::RdmsOf(5, 20, 2)).value();
  EXPECT_FALSE(RsaCeiling({subjects[0]}, RdmComparator::kSpearman).has_value());
  const auto ceiling = RsaCeiling(subjects, RdmComparator::kPearson);
  ASSERT_TRUE(ceiling.has_value());
  EXPECT_LT(*ceiling->lower, *ceiling->upper);
  EXPECT_EQ(ceiling->value, *ceiling->upper);
}

// Ranks (1, 2, 3) and (1, 3, 2): r = 1/2; their rank sum (2, 5, 5) has r = √3/2 with either.
TEST(RsaCeiling, HandChecked) {
  const std::vector<Rdm> subjects = {{3, Eigen::Vector3d(0.1, 0.2, 0.9)},
                                     {3, Eigen::Vector3d(5, 8, 6)}};
  const auto ceiling = RsaCeiling(subjects, RdmComparator::kSpearman);
  EXPECT_NEAR(*ceiling->lower, 0.5, 1e-12);
  EXPECT_NEAR(*ceiling->upper, std::sqrt(3) / 2, 1e-12);
  EXPECT_EQ(ceiling->method, "nili2014_rank_mean");
}

TEST(RsaCeiling, IsOneWhereSubjectsAgree) {
  const auto subject = SubjectRdms(testing::RdmsOf(1, 20, 2)).value()[0];
  const auto ceiling = RsaCeiling({subject, subject}, RdmComparator::kSpearman);
  EXPECT_NEAR(*ceiling->lower, 1, 1e-12);
  EXPECT_NEAR(*ceiling->upper, 1, 1e-12);
}

TEST(Rsa, ALayerWithTheSubjectsGeometryScoresOne) {
  const Eigen::MatrixXd x = testing::RandomMatrix(15, 10, 4);
  const Gram gram = testing::GramOf(x);
  const Rdm rdm = LayerRdm(gram, RdmKind::kEuclidean).value();
  Recording recording;
  recording.kind = RecordingKind::kRdms;
  recording.axes = {Axis::kStimulus, Axis::kStimulus};
  recording.shape = {15, 15};
  for (int i = 0; i < 15; ++i) {
    for (int j = 0; j < 15; ++j)
      recording.values.push_back(std::exp((x.row(i) - x.row(j)).squaredNorm()));  // same order
  }
  const BenchmarkSpec spec{"p.r.rsa",
                           "r",
                           "",
                           "rsa",
                           {{"rdm", std::string("euclidean")}, {"bootstrap", std::int64_t{50}}},
                           Seed{1}};
  const auto score = RsaMetric().Score({spec, recording, nullptr, {}}, std::vector<Gram>{gram});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_NEAR(score->raw, 1, 1e-12);
  EXPECT_FALSE(score->ceiling.has_value());
  EXPECT_THAT(score->notes, ::testing::Contains(::testing::HasSubstr("one subject")));
}

}  // namespace
}  // namespace ventral
