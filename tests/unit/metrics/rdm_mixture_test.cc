#include "scoring/metrics/rdm_mixture.h"

#include <gmock/gmock.h>

#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/metrics/rsa_choice.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

Rdm RandomRdm(int stimuli, unsigned seed) {
  return SubjectRdms(testing::RdmsOf(1, stimuli, seed)).value()[0];
}

std::vector<Rdm> RandomRdms(int count, int stimuli, unsigned seed) {
  std::vector<Rdm> rdms;
  for (int i = 0; i < count; ++i) {
    rdms.push_back(RandomRdm(stimuli, seed + 1000u * static_cast<unsigned>(i)));
  }
  return rdms;
}

std::vector<Mixture> Mix(const std::vector<Rdm>& layers, const std::vector<Rdm>& subjects,
                         RdmComparator comparator) {
  return MixRdms(layers, MakeComparable(subjects, comparator),
                 StimulusSample::All(layers[0].stimuli), {comparator});
}

double Compare(const Rdm& a, const Rdm& b, RdmComparator comparator) {
  return CompareRdms({a}, {b}, {comparator})(0, 0);
}

const std::vector<RdmComparator> kLinear = {
    RdmComparator::kPearson, RdmComparator::kCosine, RdmComparator::kWhitenedCosine,
    RdmComparator::kWhitenedCorrelation, RdmComparator::kUCentredCosine};

TEST(MixRdms, FindsTheWeightsThatMadeTheRecording) {
  const std::vector<Rdm> layers = RandomRdms(4, 12, 1);
  for (const RdmComparator comparator : kLinear) {
    Rdm made = layers[0];
    made.upper = 0.7 * layers[1].upper + 2 * layers[3].upper;
    const Mixture mixture = Mix(layers, {made}, comparator)[0];
    EXPECT_NEAR(Compare(mixture.rdm, made, comparator), 1, 1e-12);
    EXPECT_NEAR(mixture.shares.sum(), 1, 1e-12);
    EXPECT_NEAR(mixture.shares(0) + mixture.shares(2), 0, 1e-9);
  }
}

// No other non-negative weights of a fine grid compare better.
TEST(MixRdms, ComparesBestOfAllMixtures) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    const std::vector<Rdm> layers = RandomRdms(3, 9, 10 * seed);
    const Rdm subject = RandomRdm(9, 77 + seed);
    for (const RdmComparator comparator : kLinear) {
      const Mixture mixture = Mix(layers, {subject}, comparator)[0];
      const double found = Compare(mixture.rdm, subject, comparator);
      if (mixture.shares.maxCoeff() == 1) continue;  // where none is positive, the best alone
      for (int a = 0; a <= 30; ++a) {
        for (int b = 0; a + b <= 30; ++b) {
          Rdm other = subject;
          other.upper = a / 30.0 * layers[0].upper / layers[0].upper.norm() +
                        b / 30.0 * layers[1].upper / layers[1].upper.norm() +
                        (30 - a - b) / 30.0 * layers[2].upper / layers[2].upper.norm();
          EXPECT_LE(Compare(other, subject, comparator), found + 1e-9);
        }
      }
    }
  }
}

TEST(MixRdms, WhereNoLayerHelpsTheBestStandsAlone) {
  const std::vector<Rdm> layers = RandomRdms(2, 10, 3);
  Rdm opposite = layers[0];
  opposite.upper = 10 - (2 * layers[0].upper + layers[1].upper).array();
  const Mixture mixture = Mix(layers, {opposite}, RdmComparator::kPearson)[0];
  EXPECT_EQ(mixture.shares.maxCoeff(), 1);
}

TEST(WeighRsaLayers, SeesNeitherTheSubjectNorTheHeldOutStimuli) {
  const std::vector<Rdm> layers = RandomRdms(4, 30, 5);
  std::vector<Rdm> subjects = SubjectRdms(testing::RdmsOf(3, 30, 5)).value();
  for (const RdmComparator comparator : {RdmComparator::kSpearman, RdmComparator::kPearson}) {
    const RsaChoice before = *WeighRsaLayers(layers, subjects, {comparator}, Seed{4});
    ASSERT_EQ(before.mixtures.size(), 4u * 3u);
    std::vector<Rdm> changed = subjects;
    changed[1].upper = layers[2].upper;
    const RsaChoice after = *WeighRsaLayers(layers, changed, {comparator}, Seed{4});
    for (const auto& fold : before.layer) {
      EXPECT_EQ(before.mixtures[fold[1]].upper, after.mixtures[fold[1]].upper);
      EXPECT_NE(before.mixtures[fold[0]].upper, after.mixtures[fold[0]].upper);
    }
    changed = subjects;
    Eigen::Index place = 0;
    const std::vector<int>& test = before.folds[0].test;
    for (int i = 0; i < 30; ++i) {
      for (int j = i + 1; j < 30; ++j, ++place) {
        if (std::count(test.begin(), test.end(), i) + std::count(test.begin(), test.end(), j) == 0)
          continue;
        for (Rdm& subject : changed) subject.upper(place) = layers[2].upper(place);
      }
    }
    const RsaChoice unseen = *WeighRsaLayers(layers, changed, {comparator}, Seed{4});
    EXPECT_EQ(before.mixtures[0].upper, unseen.mixtures[0].upper);
  }
}

// Two layers that each have half of what the subjects share: together they are better than either.
TEST(Rsa, WeightedLayersAreBetterThanTheBestWhereEachHasAPart) {
  const Eigen::MatrixXd a = testing::RandomMatrix(60, 4, 1), b = testing::RandomMatrix(60, 4, 2);
  Eigen::MatrixXd both(60, 8);
  both << a, b;
  Recording subjects;
  subjects.id = "r";
  subjects.kind = RecordingKind::kRdms;
  subjects.axes = {Axis::kSubject, Axis::kStimulus, Axis::kStimulus};
  subjects.shape = {3, 60, 60};
  for (unsigned s = 0; s < 3; ++s) {
    const Eigen::MatrixXd x = both + 0.2 * testing::RandomMatrix(60, 8, 50 + s);
    for (int i = 0; i < 60; ++i) {
      for (int j = 0; j < 60; ++j) subjects.values.push_back((x.row(i) - x.row(j)).squaredNorm());
    }
  }
  const std::vector<Gram> layers = {testing::GramOf(a, "a"), testing::GramOf(b, "b"),
                                    testing::GramOf(testing::RandomMatrix(60, 4, 9), "noise")};
  const auto score = [&](const char* choice) {
    const BenchmarkSpec spec{"p.r.rsa",
                             "r",
                             "",
                             "rsa",
                             {{"rdm", std::string("euclidean")},
                              {"comparator", std::string("pearson")},
                              {"layer_choice", std::string(choice)},
                              {"bootstrap", std::int64_t{50}}},
                             Seed{3}};
    return RsaMetric().Score({spec, subjects, nullptr, {}}, layers).value();
  };
  const BenchmarkScore weighted = score("weighted"), chosen = score("cross_validated");
  EXPECT_EQ(weighted.layer_choice, "weighted");
  EXPECT_GT(weighted.raw, chosen.raw + 0.1);
  EXPECT_LT(weighted.interval->lower, weighted.raw);
  EXPECT_GT(weighted.interval->upper, weighted.raw);
  EXPECT_EQ(weighted.layers[0].raw, chosen.layers[0].raw);
  EXPECT_THAT(weighted.notes, ::testing::Contains(::testing::AllOf(
                                  ::testing::HasSubstr("all layers together, fitted on"),
                                  ::testing::HasSubstr("a 0."), ::testing::HasSubstr("b 0."))));
}

}  // namespace
}  // namespace ventral
