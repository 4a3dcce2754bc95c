// RSA with weighted feature maps.
#include "scoring/metrics/feature_map_rsa.h"

#include <gmock/gmock.h>

#include "scoring/metrics/feature_maps.h"
#include "scoring/metrics/held_out_rdms.h"
#include "scoring/metrics/rdm_comparison.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;
using testing::RandomMatrix;

constexpr int kStimuli = 40;

BenchmarkSpec MapSpec(Options options = {}) {
  options.try_emplace("bootstrap", std::int64_t{50});
  if (options.count("split") == 0) options.try_emplace("folds", std::int64_t{5});
  options.try_emplace("comparator", std::string("pearson"));
  return {"p.r.maps", "r", "", "feature_map_rsa", std::move(options), Seed{3}};
}

struct TestLayer {
  Eigen::MatrixXf features;
  std::vector<std::int64_t> shape;
};

Result<BenchmarkScore> ScoreMaps(const BenchmarkSpec& spec, const Recording& recording,
                                 const std::vector<TestLayer>& layers,
                                 const StimulusColumns* columns = nullptr) {
  const std::map<std::string, std::string> none;
  const Question question{spec, recording, nullptr, none, columns};
  VENTRAL_RETURN_IF_ERROR(FeatureMapRsaMetric().Check(question));
  std::vector<Gram> grams;
  std::vector<ComingLayer> coming;
  for (const TestLayer& layer : layers) {
    grams.push_back(
        testing::GramOf(layer.features.cast<double>(), std::string(1, "abc"[grams.size()])));
    coming.push_back({grams.back().layer, layer.shape});
  }
  VENTRAL_ASSIGN_OR_RETURN(const auto reading,
                           FeatureMapRsaMetric().ReadFeatures(question, coming, Bytes{1 << 26}));
  for (std::size_t l = 0; l < layers.size(); ++l) reading->Take(l, 0, layers[l].features);
  return reading->Score(question, grams);
}

// [subject × stimulus × stimulus]
Recording RecordingOf(const std::vector<Rdm>& rdms) {
  Recording recording;
  recording.id = "rdms";
  recording.kind = RecordingKind::kRdms;
  recording.axes = {Axis::kSubject, Axis::kStimulus, Axis::kStimulus};
  recording.shape = {std::ssize(rdms), rdms[0].stimuli, rdms[0].stimuli};
  for (const Rdm& rdm : rdms) {
    for (int i = 0; i < rdm.stimuli; ++i) {
      for (int j = 0; j < rdm.stimuli; ++j) {
        recording.values.push_back(i == j ? 0 : Within(rdm, {i, j}).upper(0));
      }
    }
  }
  return recording;
}

// Six maps of 2 × 2, of which subjects see the first and the fourth; they differ by noise.
struct Seen {
  TestLayer layer{RandomMatrix(kStimuli, 24, 1).cast<float>(), {6, 2, 2}};
  std::vector<Rdm> subjects;
  explicit Seen(double noise = 0.1, int count = 3) {
    FeatureMaps maps(LayoutOf(layer.shape), kStimuli);
    maps.Take(0, layer.features);
    for (int s = 0; s < count; ++s) {
      subjects.push_back(maps.rdms()[0]);
      subjects.back().upper += 3 * maps.rdms()[3].upper;
      subjects.back().upper += noise * RandomMatrix(static_cast<int>(subjects.back().upper.size()),
                                                    1, 50 + static_cast<unsigned>(s));
    }
  }
};

TEST(FeatureMapRsa, FindsTheMapsThatSubjectsSee) {
  const Seen seen;
  const TestLayer other{RandomMatrix(kStimuli, 24, 9).cast<float>(), {6, 2, 2}};
  const auto score = ScoreMaps(MapSpec(), RecordingOf(seen.subjects), {other, seen.layer});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->layer.path, "b");
  EXPECT_GT(score->raw, 0.95);
  EXPECT_LT(score->layers[0].raw, 0.3);
  EXPECT_EQ(score->rule, "r/ceiling_upper");
  EXPECT_EQ(score->layers[1].per_subject.size(), 3u);
  ASSERT_TRUE(score->ceiling && score->normalised && score->interval);
  EXPECT_NEAR(*score->normalised, 1, 0.03);
  // Without weights it is but one of six parts of the distances.
  BenchmarkSpec plain{"p.r.rsa", "r", "", "rsa", {{"rdm", std::string("euclidean")}}, Seed{3}};
  plain.options["comparator"] = std::string("pearson");
  const Recording recording = RecordingOf(seen.subjects);
  const std::map<std::string, std::string> none;
  const std::vector<Gram> grams = {testing::GramOf(seen.layer.features.cast<double>(), "b")};
  EXPECT_LT(FindMetric("rsa")->Score({plain, recording, nullptr, none}, grams)->raw, 0.8);
}

// Non-negative least squares by the plainest of ways: one weight after the other, a thousand times.
Eigen::VectorXd PlainWeights(const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
  Eigen::VectorXd w = Eigen::VectorXd::Zero(x.cols());
  for (int round = 0; round < 2000; ++round) {
    for (Eigen::Index c = 0; c < x.cols(); ++c) {
      const double gradient = x.col(c).dot(y - x * w);
      w(c) = std::max(0.0, w(c) + gradient / x.col(c).squaredNorm());
    }
  }
  return w;
}

Eigen::VectorXd Standardised(Eigen::VectorXd v) {
  v.array() -= v.mean();
  return v / v.norm();
}

TEST(FeatureMapRsa, EqualsItsDefinition) {
  const Seen seen(3.0);
  const BenchmarkSpec spec = MapSpec({{"layer_choice", std::string("best")}});
  const auto score = ScoreMaps(spec, RecordingOf(seen.subjects), {seen.layer});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  FeatureMaps maps(LayoutOf(seen.layer.shape), kStimuli);
  maps.Take(0, seen.layer.features);
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(3);
  const std::vector<Fold> folds = ShuffledFolds(kStimuli, 5, spec.seed);
  for (const Fold& fold : folds) {
    const auto pairs = static_cast<Eigen::Index>(fold.train.size() * (fold.train.size() - 1) / 2);
    Eigen::MatrixXd x(pairs, 6);
    for (std::size_t m = 0; m < 6; ++m) {
      x.col(static_cast<Eigen::Index>(m)) = Within(maps.rdms()[m], fold.train).upper;
      x.col(static_cast<Eigen::Index>(m)).array() -= x.col(static_cast<Eigen::Index>(m)).mean();
    }
    for (std::size_t s = 0; s < 3; ++s) {
      Eigen::VectorXd pool = Eigen::VectorXd::Zero(pairs);
      for (std::size_t other = 0; other < 3; ++other) {
        if (other != s) pool += Standardised(Within(seen.subjects[other], fold.train).upper);
      }
      const Eigen::VectorXd w = PlainWeights(x, pool);
      Rdm predicted{kStimuli, Eigen::VectorXd::Zero(maps.rdms()[0].upper.size())};
      for (std::size_t m = 0; m < 6; ++m) {
        predicted.upper += w(static_cast<Eigen::Index>(m)) * maps.rdms()[m].upper;
      }
      sums(static_cast<Eigen::Index>(s)) +=
          Standardised(Within(predicted, fold.test).upper)
              .dot(Standardised(Within(seen.subjects[s], fold.test).upper));
    }
  }
  for (std::size_t s = 0; s < 3; ++s) {
    EXPECT_NEAR(score->layers[0].per_subject[s], sums(static_cast<Eigen::Index>(s)) / 5, 1e-9);
  }
  EXPECT_NEAR(score->raw, sums.mean() / 5, 1e-9);
}

// What was held out chooses nothing: with its distances upside down, so is the score.
TEST(FeatureMapRsa, TheWeightsNeverSeeHeldOutStimuli) {
  const Seen seen(0.0);
  StimulusColumns columns;
  for (int i = 0; i < kStimuli; ++i) columns["set"].push_back(i < 28 ? "train" : "test");
  const BenchmarkSpec spec = MapSpec({{"split", std::string("column")},
                                      {"split_column", std::string("set")},
                                      {"layer_choice", std::string("best")}});
  EXPECT_NEAR(ScoreMaps(spec, RecordingOf(seen.subjects), {seen.layer}, &columns)->raw, 1, 1e-9);
  std::vector<Rdm> inverted = seen.subjects;
  for (Rdm& rdm : inverted) {
    Eigen::Index pair = 0;
    for (int i = 0; i < kStimuli; ++i) {
      for (int j = i + 1; j < kStimuli; ++j, ++pair) {
        if (i >= 28) rdm.upper(pair) = 100 - rdm.upper(pair);
      }
    }
  }
  EXPECT_NEAR(ScoreMaps(spec, RecordingOf(inverted), {seen.layer}, &columns)->raw, -1, 1e-9);
}

TEST(FeatureMapRsa, OfOneSubjectHasWeightsAndNoCeiling) {
  const Seen seen(0.1, 1);
  const auto score = ScoreMaps(MapSpec(), RecordingOf(seen.subjects), {seen.layer});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_GT(score->raw, 0.95);
  EXPECT_FALSE(score->ceiling || score->normalised);
  EXPECT_EQ(score->rule, "r");
  EXPECT_THAT(score->notes, ::testing::Contains(HasSubstr("one subject")));
  EXPECT_THAT(ScoreMaps(MapSpec({{"interval_over", std::string("subjects")}}),
                        RecordingOf(seen.subjects), {seen.layer})
                  .error()
                  .message,
              HasSubstr("needs two at least, recording rdms has 1"));
}

TEST(FeatureMapRsa, MarksALayerOfTooManyMaps) {
  const Seen seen;
  const TestLayer wide{RandomMatrix(kStimuli, 4097, 4).cast<float>(), {4097}};
  const auto score = ScoreMaps(MapSpec(), RecordingOf(seen.subjects), {wide, seen.layer});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_THAT(score->layers[0].undefined, HasSubstr("more feature maps than the 4096"));
  EXPECT_EQ(score->layer.path, "b");
}

TEST(FeatureMapRsa, SaysWhatItNeedsBeforeItReads) {
  const Recording recording = RecordingOf(Seen().subjects);
  const BenchmarkSpec spec = MapSpec();
  const std::map<std::string, std::string> none;
  const std::vector<ComingLayer> coming(20, ComingLayer{{"a", 0}, {4096, 1, 1}});
  EXPECT_THAT(FeatureMapRsaMetric()
                  .ReadFeatures({spec, recording, nullptr, none}, coming, Bytes{100 << 20})
                  .error()
                  .message,
              ::testing::ContainsRegex("of 20 layers.* need [0-9]+ MiB, at most 100 MiB"));
}

TEST(FeatureMapRsa, RefusesFoldsThatHoldNoRdm) {
  EXPECT_THAT(ScoreMaps(MapSpec({{"folds", std::int64_t{13}}}), RecordingOf(Seen().subjects), {})
                  .error()
                  .message,
              HasSubstr("a fold has 3; four are needed"));
}

}  // namespace
}  // namespace ventral
