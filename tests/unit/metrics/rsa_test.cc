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

TEST(RsaNumbers, AreUndefinedWhereASubjectDoesNotVaryInAResample) {
  std::vector<Rdm> subjects = SubjectRdms(testing::RdmsOf(2, 5, 5)).value();
  subjects[1].upper.setOnes();
  subjects[1].upper(0) = 2;  // varies only where stimuli 0 and 1 are drawn
  const std::vector<Rdm> layers = {
      LayerRdm(testing::GramOf(testing::RandomMatrix(5, 30, 6)), RdmKind::kCorrelation).value()};
  const std::optional<RsaChoice> none;
  const RsaNumbers numbers(layers, subjects, kSpearman, none);
  const Eigen::MatrixXd scores =
      Bootstrap(numbers, numbers.size(), {0, 5, 2}, {Over::kStimuli, false, 50}, Seed{1}, 1).one;
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

// Their ranks add up to a constant, with which nothing can be compared.
TEST(RsaCeiling, IsAbsentWhereSubjectsAreOpposites) {
  const std::vector<Rdm> subjects = {{3, Eigen::Vector3d(1, 2, 3)}, {3, Eigen::Vector3d(3, 2, 1)}};
  EXPECT_FALSE(RsaCeiling(subjects, kSpearman).has_value());
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

TEST(Rsa, IntervalsAreOverWhatIsAsked) {
  const Recording recording = testing::RdmsOf(5, 30, 2);
  const std::vector<Gram> layers = {testing::GramOf(testing::RandomMatrix(30, 9, 2), "a"),
                                    testing::GramOf(testing::RandomMatrix(30, 3, 2), "b")};
  const auto ask = [&](Options options) {
    const BenchmarkSpec spec{"p.r.rsa", "r", "", "rsa", std::move(options), Seed{1}};
    const Question question{spec, recording, nullptr, {}};
    EXPECT_TRUE(RsaMetric().Check(question).ok());
    return RsaMetric().Score(question, layers).value();
  };
  const std::string t = "t", subjects = "subjects", both = "both";
  EXPECT_EQ(ask({}).interval->method, "bootstrap_stimuli_percentile");
  EXPECT_EQ(ask({{"interval", t}}).interval->method, "bootstrap_stimuli_t");
  EXPECT_EQ(ask({{"interval_over", subjects}}).interval->method, "bootstrap_subjects_t");
  const BenchmarkScore dual = ask({{"interval_over", both}});
  ASSERT_TRUE(dual.interval && dual.ceiling->interval && dual.ceiling->lower_interval);
  EXPECT_EQ(dual.interval->method, "bootstrap_both_t");
  EXPECT_EQ(dual.ceiling->interval->method, "bootstrap_both_t");
  EXPECT_NEAR((dual.interval->lower + dual.interval->upper) / 2, dual.raw, 1e-12);
  EXPECT_NEAR((dual.ceiling->interval->lower + dual.ceiling->interval->upper) / 2,
              dual.ceiling->value, 1e-12);
  const BenchmarkSpec bad{
      "p.r.rsa", "r", "", "rsa", {{"interval_over", both}, {"interval", std::string("percentile")}},
      Seed{1}};
  EXPECT_THAT(RsaMetric().Check({bad, recording, nullptr, {}}).error().message,
              ::testing::HasSubstr("use t"));
  const BenchmarkSpec lone{"p.r.rsa", "r", "", "rsa", {{"interval_over", subjects}}, Seed{1}};
  EXPECT_THAT(RsaMetric().Check({lone, testing::RdmsOf(1, 30, 2), nullptr, {}}).error().message,
              ::testing::HasSubstr("interval over subjects needs two at least"));
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
