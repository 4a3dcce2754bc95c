#include "scoring/metrics/rsa_choice.h"

#include <gmock/gmock.h>

#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

constexpr Comparison kByRank{RdmComparator::kSpearman};

std::vector<Rdm> Subjects(int stimuli) {
  return SubjectRdms(testing::RdmsOf(3, stimuli, 1)).value();
}

// Two that resemble the subjects, and one of noise.
std::vector<Rdm> Layers(int stimuli) {
  std::vector<Rdm> layers = SubjectRdms(testing::RdmsOf(5, stimuli, 1)).value();
  layers.erase(layers.begin(), layers.begin() + 3);
  layers.push_back(SubjectRdms(testing::RdmsOf(1, stimuli, 77)).value()[0]);
  return layers;
}

Eigen::RowVectorXd Score(const RsaChoice& choice, const std::vector<Rdm>& layers,
                         const std::vector<Rdm>& subjects) {
  return HeldOutScores(choice, MakeComparable(layers, kByRank.comparator),
                       MakeComparable(subjects, kByRank.comparator), kByRank,
                       Eigen::VectorXd::Ones(subjects[0].stimuli));
}

// [pair (i, j)] of these stimuli.
Rdm Within(const Rdm& rdm, const std::vector<int>& rows) {
  Rdm part{static_cast<Eigen::Index>(rows.size()), {}};
  part.upper.resize(part.stimuli * (part.stimuli - 1) / 2);
  Eigen::Index k = 0, place = 0;
  for (int i = 0; i < rdm.stimuli; ++i) {
    for (int j = i + 1; j < rdm.stimuli; ++j, ++place) {
      const bool both = std::count(rows.begin(), rows.end(), i) > 0 &&
                        std::count(rows.begin(), rows.end(), j) > 0;
      if (both) part.upper(k++) = rdm.upper(place);
    }
  }
  return part;
}

std::vector<Rdm> Within(const std::vector<Rdm>& rdms, const std::vector<int>& rows) {
  std::vector<Rdm> parts;
  for (const Rdm& rdm : rdms) parts.push_back(Within(rdm, rows));
  return parts;
}

// Written out: on the RDMs of a fold's training stimuli the layer that is best for the others; on
// those of the held-out ones its comparison with the subject.
TEST(ChooseRsaLayers, EqualsTheDefinition) {
  const std::vector<Rdm> layers = Layers(30), subjects = Subjects(30);
  const auto choice = ChooseRsaLayers(layers, subjects, kByRank, Seed{4});
  ASSERT_TRUE(choice.has_value());
  ASSERT_EQ(choice->folds.size(), 4u);  // 24 … 39 stimuli
  Eigen::RowVectorXd expected = Eigen::RowVectorXd::Zero(3);
  for (std::size_t f = 0; f < 4; ++f) {
    const Eigen::MatrixXd train = CompareRdms(Within(layers, choice->folds[f].train),
                                              Within(subjects, choice->folds[f].train), kByRank);
    const Eigen::MatrixXd test = CompareRdms(Within(layers, choice->folds[f].test),
                                             Within(subjects, choice->folds[f].test), kByRank);
    for (int s = 0; s < 3; ++s) {
      const Eigen::VectorXd others = train.rowwise().sum() - train.col(s);
      Eigen::Index best = 0;
      others.maxCoeff(&best);
      EXPECT_EQ(choice->layer[f][static_cast<std::size_t>(s)], static_cast<std::size_t>(best));
      expected(s) += test(best, s) / 4;
    }
  }
  EXPECT_TRUE(Score(*choice, layers, subjects).isApprox(expected, 1e-12));
}

// Whatever a subject's distances are, the layer for it is the same; so it is whatever the distances
// to held-out stimuli are.
TEST(ChooseRsaLayers, SeesNeitherTheSubjectNorTheHeldOutStimuli) {
  const std::vector<Rdm> layers = Layers(30);
  std::vector<Rdm> subjects = Subjects(30);
  const RsaChoice before = *ChooseRsaLayers(layers, subjects, kByRank, Seed{4});
  subjects[1].upper = layers[2].upper;  // the layer of noise is this one's very RDM
  const RsaChoice after = *ChooseRsaLayers(layers, subjects, kByRank, Seed{4});
  for (std::size_t f = 0; f < 4; ++f) EXPECT_EQ(before.layer[f][1], after.layer[f][1]);
  subjects = Subjects(30);
  const std::vector<int>& held_out = before.folds[2].test;
  for (Rdm& subject : subjects) {
    Eigen::Index place = 0;
    for (int i = 0; i < 30; ++i) {
      for (int j = i + 1; j < 30; ++j, ++place) {
        if (std::count(held_out.begin(), held_out.end(), i) +
                std::count(held_out.begin(), held_out.end(), j) >
            0) {
          subject.upper(place) = layers[2].upper(place);
        }
      }
    }
  }
  EXPECT_EQ(ChooseRsaLayers(layers, subjects, kByRank, Seed{4})->layer[2], before.layer[2]);
}

// Of layers that are all noise the best looks better than chance; the chosen one does not.
TEST(ChooseRsaLayers, IsNotOptimisticOfNoise) {
  double best = 0, chosen = 0;
  constexpr int kTimes = 40;
  for (unsigned time = 0; time < kTimes; ++time) {
    std::vector<Rdm> layers;
    for (unsigned l = 0; l < 10; ++l) {
      layers.push_back(SubjectRdms(testing::RdmsOf(1, 25, 1000 + 50 * time + l)).value()[0]);
    }
    const std::vector<Rdm> subjects = SubjectRdms(testing::RdmsOf(3, 25, 7 + time)).value();
    best += CompareRdms(layers, subjects, kByRank).rowwise().mean().maxCoeff() / kTimes;
    const RsaChoice choice = *ChooseRsaLayers(layers, subjects, kByRank, Seed{time});
    chosen += Score(choice, layers, subjects).mean() / kTimes;
  }
  EXPECT_GT(best, 0.08);
  EXPECT_LT(std::abs(chosen), 0.04);
}

TEST(ChooseRsaLayers, OneSubjectIsChosenForOnItsOwnTrainingStimuli) {
  const std::vector<Rdm> layers = Layers(30), subject = {layers[1]};
  const RsaChoice choice = *ChooseRsaLayers(layers, subject, kByRank, Seed{4});
  for (const auto& fold : choice.layer) EXPECT_THAT(fold, ::testing::ElementsAre(1u));
  EXPECT_NEAR(Score(choice, layers, subject)(0), 1, 1e-12);
}

TEST(ChooseRsaLayers, NeedsEightStimuli) {
  EXPECT_FALSE(ChooseRsaLayers(Layers(7), Subjects(7), kByRank, Seed{1}).has_value());
  EXPECT_EQ(ChooseRsaLayers(Layers(8), Subjects(8), kByRank, Seed{1})->folds.size(), 2u);
}

}  // namespace
}  // namespace ventral
