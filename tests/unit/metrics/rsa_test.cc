#include "scoring/metrics/rsa.h"

#include <gmock/gmock.h>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/metrics/rsa_ceiling.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

constexpr Comparison kSpearman{RdmComparator::kSpearman}, kPearson{RdmComparator::kPearson};

TEST(BootstrapRdms, IsUndefinedWhereASubjectDoesNotVaryInAResample) {
  std::vector<Rdm> subjects = SubjectRdms(testing::RdmsOf(2, 5, 5)).value();
  subjects[1].upper.setOnes();
  subjects[1].upper(0) = 2;  // varies only where stimuli 0 and 1 are drawn
  const std::vector<Rdm> layers = {
      LayerRdm(testing::GramOf(testing::RandomMatrix(5, 30, 6)), RdmKind::kCorrelation).value()};
  const Eigen::MatrixXd scores = BootstrapRdms(layers, subjects, kSpearman, Seed{1}, 50, 1);
  for (int r = 0; r < 50; ++r) {
    const Eigen::VectorXd counts = ResampleCounts(Seed{1}, static_cast<std::uint64_t>(r), 5);
    const bool varies = counts(0) > 0 && counts(1) > 0 && counts.tail(3).sum() > 0;
    EXPECT_EQ(std::isfinite(scores(0, r)), varies) << counts.transpose();
  }
}

TEST(RsaCeiling, IsAbsentForOneSubjectAndOrderedForMore) {
  const auto subjects = SubjectRdms(testing::RdmsOf(5, 20, 2)).value();
  EXPECT_FALSE(RsaCeiling({subjects[0]}, kSpearman).has_value());
  const auto ceiling = RsaCeiling(subjects, kPearson);
  ASSERT_TRUE(ceiling.has_value());
  EXPECT_LT(*ceiling->lower, *ceiling->upper);
  EXPECT_EQ(ceiling->value, *ceiling->upper);
}

// Ranks (1, 2, 3) and (1, 3, 2): r = 1/2; their rank sum (2, 5, 5) has r = √3/2 with either.
TEST(RsaCeiling, HandChecked) {
  const std::vector<Rdm> subjects = {{3, Eigen::Vector3d(0.1, 0.2, 0.9)},
                                     {3, Eigen::Vector3d(5, 8, 6)}};
  const auto ceiling = RsaCeiling(subjects, kSpearman);
  EXPECT_NEAR(*ceiling->lower, 0.5, 1e-12);
  EXPECT_NEAR(*ceiling->upper, std::sqrt(3) / 2, 1e-12);
  EXPECT_EQ(ceiling->method, "nili2014_rank_mean");
}

TEST(RsaCeiling, IsOneWhereSubjectsAgree) {
  const auto subject = SubjectRdms(testing::RdmsOf(1, 20, 2)).value()[0];
  const auto ceiling = RsaCeiling({subject, subject}, kSpearman);
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
