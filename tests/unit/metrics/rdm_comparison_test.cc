#include "scoring/metrics/rdm_comparison.h"

#include <gtest/gtest.h>

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/metrics/rsa_ceiling.h"
#include "tests/unit/metrics/made_up.h"
#include "tests/unit/metrics/plain_comparators.h"

namespace ventral {
namespace {

class EveryComparator : public ::testing::TestWithParam<std::string> {
 protected:
  Comparison comparison() const { return {ComparatorNamed(GetParam())}; }
};

std::vector<Rdm> Rdms(int count, int stimuli, bool ties, unsigned seed) {
  std::vector<Rdm> rdms = SubjectRdms(testing::RdmsOf(count, stimuli, seed)).value();
  for (Rdm& rdm : rdms) {
    if (ties) rdm.upper = (4 * rdm.upper.array()).round().matrix();
  }
  return rdms;
}

// [layer … lower, upper × resample]
Resampled Resample(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                   const Comparison& comparison, Over over, Seed seed, int resamples,
                   unsigned threads) {
  const std::optional<RsaChoice> none;
  const RsaNumbers numbers(layers, subjects, comparison, none);
  return Bootstrap(numbers, numbers.size(),
                   {0, static_cast<int>(subjects[0].stimuli), static_cast<int>(subjects.size())},
                   {over, false, resamples}, seed, threads);
}

TEST_P(EveryComparator, EqualsItsFormulaWithinResamples) {
  for (const bool ties : {false, true}) {
    const std::vector<Rdm> layers = Rdms(2, 10, ties, 1), subjects = Rdms(3, 10, ties, 2);
    const Eigen::MatrixXd fast =
        Resample(layers, subjects, comparison(), Over::kStimuli, Seed{8}, 25, 1).one;
    for (int r = 0; r < 25; ++r) {
      const testing::Drawn drawn(ResampleCounts(Seed{8}, static_cast<std::uint64_t>(r), 10));
      for (int l = 0; l < 2; ++l) {
        double sum = 0;
        for (const Rdm& subject : subjects) {
          sum += testing::PlainCompare(drawn.Of(layers[static_cast<std::size_t>(l)]),
                                       drawn.Of(subject), drawn.V(), comparison().comparator,
                                       drawn.pairs);
        }
        EXPECT_NEAR(fast(l, r), sum / 3, 1e-11) << "resample " << r << ", ties " << ties;
      }
    }
  }
}

TEST_P(EveryComparator, IsSymmetricBoundedAndOneWithItself) {
  const std::vector<Rdm> rdms = Rdms(4, 12, false, 3);
  const Eigen::MatrixXd r = CompareRdms(rdms, rdms, comparison());
  EXPECT_TRUE(r.isApprox(r.transpose(), 1e-12));
  EXPECT_LE(r.cwiseAbs().maxCoeff(), 1 + 1e-12);
  EXPECT_TRUE(r.diagonal().isOnes(1e-12));
}

// Any growing function of the distances changes no ranks; a factor changes no cosine.
TEST_P(EveryComparator, IgnoresWhatItShould) {
  const std::vector<Rdm> layers = Rdms(1, 12, false, 3), subjects = Rdms(2, 12, false, 4);
  std::vector<Rdm> changed = layers;
  changed[0].upper *= 3;
  const bool shift_free = comparison().comparator != RdmComparator::kCosine &&
                          comparison().comparator != RdmComparator::kWhitenedCosine;
  if (shift_free) changed[0].upper.array() += 7;
  if (IsRanked(comparison().comparator)) changed[0].upper = changed[0].upper.array().exp().matrix();
  EXPECT_TRUE(CompareRdms(layers, subjects, comparison())
                  .isApprox(CompareRdms(changed, subjects, comparison()), 1e-10));
}

// The pool is made and compared plainly: the mean of what the pooling says.
TEST_P(EveryComparator, CeilingEqualsPoolingPlainly) {
  const std::vector<Rdm> subjects = Rdms(4, 9, false, 6);
  const testing::Drawn all(Eigen::VectorXd::Ones(9));
  const Eigen::MatrixXd v = all.V();
  const auto part = [&](const Rdm& subject) -> Eigen::VectorXd {
    const Eigen::VectorXd &x = subject.upper, centred = testing::Centred(x);
    if (IsRanked(comparison().comparator)) return testing::PlainRanks(x);
    if (comparison().comparator == RdmComparator::kPearson) return centred / centred.norm();
    if (comparison().comparator == RdmComparator::kCosine) return x / x.norm();
    if (comparison().comparator == RdmComparator::kUCentredCosine) {
      return x / testing::PlainUCentred(x, all.pairs).norm();
    }
    const bool cosine = comparison().comparator == RdmComparator::kWhitenedCosine;
    const Eigen::VectorXd& used = cosine ? x : centred;
    return used / std::sqrt(used.dot(v.ldlt().solve(used)));
  };
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(36);
  for (const Rdm& subject : subjects) sum += part(subject);
  double lower = 0, upper = 0;
  for (const Rdm& subject : subjects) {
    upper += testing::PlainCompare(subject.upper, sum, v, comparison().comparator, all.pairs) / 4;
    lower += testing::PlainCompare(subject.upper, sum - part(subject), v, comparison().comparator,
                                   all.pairs) /
             4;
  }
  const auto ceiling = RsaCeiling(subjects, comparison());
  ASSERT_TRUE(ceiling.has_value());
  EXPECT_NEAR(*ceiling->upper, upper, 1e-11);
  EXPECT_NEAR(*ceiling->lower, lower, 1e-11);
  EXPECT_LT(*ceiling->lower, *ceiling->upper);
}

TEST_P(EveryComparator, ACopiedSubjectIsLeftOutWithItsCopies) {
  const std::vector<Rdm> subjects = Rdms(3, 9, false, 6);
  const StimulusSample all = StimulusSample::All(9);
  const auto comparable = MakeComparable(subjects, comparison().comparator);
  const SubjectsInSample sample(comparable, all, comparison());
  const auto twice = sample.ToPooled(Eigen::Vector3d(2, 1, 0));
  const std::vector<Rdm> pair = {subjects[0], subjects[1]};
  // With two subjects each one's others are the other, however often it stands.
  EXPECT_NEAR(twice.lower(0), CompareRdms({subjects[1]}, pair, comparison())(0, 0), 1e-12);
  EXPECT_NEAR(twice.lower(1), CompareRdms({subjects[0]}, pair, comparison())(0, 1), 1e-12);
  EXPECT_TRUE(std::isnan(twice.lower(2)) && std::isnan(twice.upper(2)));
  EXPECT_TRUE(std::isnan(sample.ToPooled(Eigen::Vector3d(3, 0, 0)).lower(0)));
  EXPECT_GT(twice.upper(0), twice.upper(1));
}

TEST_P(EveryComparator, TheNumberOfThreadsChangesNoBit) {
  const std::vector<Rdm> layers = Rdms(2, 12, true, 3), subjects = Rdms(3, 12, true, 4);
  const Resampled one = Resample(layers, subjects, comparison(), Over::kBoth, Seed{1}, 60, 1),
                  three = Resample(layers, subjects, comparison(), Over::kBoth, Seed{1}, 60, 3);
  // Bits, of which NaN has some, too.
  const auto same = [](const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    return ((a.array() == b.array()) || (a.array().isNaN() && b.array().isNaN())).all();
  };
  EXPECT_TRUE(same(one.one, three.one) && same(one.subjects, three.subjects) &&
              same(one.both, three.both));
}

// Subjects that were drawn are written out as often as they were, and compared on all stimuli.
TEST_P(EveryComparator, DrawsSubjects) {
  const std::vector<Rdm> layers = Rdms(2, 10, false, 1), subjects = Rdms(4, 10, false, 2);
  const Resampled alone = Resample(layers, subjects, comparison(), Over::kSubjects, Seed{8}, 30, 1),
                  dual = Resample(layers, subjects, comparison(), Over::kBoth, Seed{8}, 30, 1);
  const Eigen::MatrixXd of_stimuli =
      Resample(layers, subjects, comparison(), Over::kStimuli, Seed{8}, 30, 1).one;
  const Eigen::MatrixXd all = CompareRdms(layers, subjects, comparison());
  for (int r = 0; r < 30; ++r) {
    const Eigen::VectorXd counts = SubjectCounts(Seed{8}, static_cast<std::uint64_t>(r), 4);
    const Eigen::VectorXd stimuli = ResampleCounts(Seed{8}, static_cast<std::uint64_t>(r), 10);
    const testing::Drawn drawn(stimuli);
    std::vector<Rdm> chosen;
    for (int s = 0; s < 4; ++s) {
      chosen.insert(chosen.end(), static_cast<std::size_t>(counts(s)),
                    subjects[static_cast<std::size_t>(s)]);
    }
    for (int l = 0; l < 2; ++l) {
      EXPECT_NEAR(alone.one(l, r), all.row(l).dot(counts) / 4, 1e-12);
      double sum = 0;
      for (const Rdm& subject : chosen) {
        sum +=
            testing::PlainCompare(drawn.Of(layers[static_cast<std::size_t>(l)]), drawn.Of(subject),
                                  drawn.V(), comparison().comparator, drawn.pairs);
      }
      EXPECT_NEAR(dual.both(l, r), sum / 4, 1e-11);
    }
    EXPECT_EQ(dual.one.col(r).head(2), of_stimuli.col(r).head(2));
    EXPECT_EQ(dual.subjects.col(r).head(2), alone.one.col(r).head(2));
    // The upper bound is the one of those subjects.
    EXPECT_NEAR(alone.one(3, r), *RsaCeiling(chosen, comparison())->upper, 1e-11);
    EXPECT_EQ(std::isnan(alone.one(2, r)), counts.maxCoeff() == 4);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryComparator, ::testing::ValuesIn(ComparatorNames()),
                         [](const auto& name) { return name.param; });

TEST(Comparison, WithANoiseCovarianceEqualsTheFormula) {
  const std::vector<Rdm> layers = Rdms(2, 8, false, 3), subjects = Rdms(2, 8, false, 4);
  const Eigen::MatrixXd x = testing::RandomMatrix(8, 30, 5), sigma = x * x.transpose();
  const NoiseWhitening noise = NoiseWhitening::From(sigma).value();
  const testing::Drawn all(Eigen::VectorXd::Ones(8));
  for (const auto comparator :
       {RdmComparator::kWhitenedCosine, RdmComparator::kWhitenedCorrelation}) {
    const Eigen::MatrixXd fast = CompareRdms(layers, subjects, {comparator, &noise});
    for (int l = 0; l < 2; ++l) {
      for (int s = 0; s < 2; ++s) {
        EXPECT_NEAR(fast(l, s),
                    testing::PlainCompare(layers[static_cast<std::size_t>(l)].upper,
                                          subjects[static_cast<std::size_t>(s)].upper,
                                          testing::PlainV(all.pairs, sigma), comparator),
                    1e-10);
      }
    }
  }
}

}  // namespace
}  // namespace ventral
