// What metric.h promises of every metric, on every registered one.
#include <gmock/gmock.h>
#include <sched.h>

#include "scoring/base/feature_metrics.h"
#include "scoring/base/parallel.h"
#include "scoring/metrics/metric.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

const std::map<std::string, std::string> kNothingCommitted;

void ExpectSameBits(const BenchmarkScore& a, const BenchmarkScore& b) {
  EXPECT_EQ(a.raw, b.raw);
  EXPECT_EQ(a.normalised, b.normalised);
  EXPECT_EQ(a.interval->lower, b.interval->lower);
  EXPECT_EQ(a.notes, b.notes);
  ASSERT_EQ(a.ceiling.has_value(), b.ceiling.has_value());
  if (a.ceiling) {
    EXPECT_EQ(a.ceiling->value, b.ceiling->value);
  }
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    EXPECT_EQ(a.layers[l].raw, b.layers[l].raw);
    EXPECT_EQ(a.layers[l].interval->lower, b.layers[l].interval->lower);
    EXPECT_EQ(a.layers[l].interval->upper, b.layers[l].interval->upper);
    EXPECT_EQ(a.layers[l].per_subject, b.layers[l].per_subject);
    EXPECT_EQ(a.layers[l].per_neuroid, b.layers[l].per_neuroid);
  }
}

// A layer as the evaluator has it: its Gram, and for a metric that needs them its features.
struct Layer {
  Gram gram;
  Eigen::MatrixXf features;
  std::vector<std::int64_t> shape;
};

Layer LayerOf(const Eigen::MatrixXd& x, std::string path) {
  return {testing::GramOf(x, std::move(path)), x.cast<float>(), {x.cols()}};
}

class MetricLaws : public ::testing::TestWithParam<std::string> {
 protected:
  const Metric& metric() const { return *FindMetric(GetParam()); }
  // A recording that the metric takes, over 40 stimuli.
  Recording recording() const {
    return GetParam() == "rsa" ? testing::RdmsOf(3, 40, 1)
                               : testing::ResponsesOf(testing::RandomMatrix(40, 6, 1));
  }
  static std::vector<Layer> Layers() {
    return {LayerOf(testing::RandomMatrix(40, 9, 2), "a"),
            LayerOf(testing::RandomMatrix(40, 30, 3), "b")};
  }
  // `part`: features that come at once.
  Result<BenchmarkScore> Score(const Question& question, const std::vector<Layer>& layers,
                               Eigen::Index part = 4) const {
    std::vector<Gram> grams;
    for (const Layer& layer : layers) grams.push_back(layer.gram);
    if (!metric().NeedsFeatures()) return metric().Score(question, grams);
    std::vector<ComingLayer> coming;
    for (const Layer& layer : layers) coming.push_back({layer.gram.layer, layer.shape});
    VENTRAL_ASSIGN_OR_RETURN(const auto reading,
                             metric().ReadFeatures(question, coming, Bytes{1 << 30}));
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const Eigen::MatrixXf& x = layers[l].features;
      for (Eigen::Index first = 0; first < x.cols(); first += part) {
        reading->Take(l, first, x.middleCols(first, std::min(part, x.cols() - first)));
      }
    }
    return reading->Score(question, grams);
  }
  BenchmarkSpec Spec(Options options = {}) const {
    if (options.count("bootstrap") == 0) options["bootstrap"] = std::int64_t{20};
    const bool fits = GetParam() != "rsa" && GetParam() != "cka";
    if (fits) options["folds"] = std::int64_t{5};
    return {"p.r.m", "r", "", GetParam(), std::move(options), Seed{7}};
  }
};

TEST_P(MetricLaws, TheSameQuestionGivesTheSameBits) {
  const auto spec = Spec();
  const Recording r = recording();
  const auto a = Score({spec, r, nullptr, {}}, Layers()),
             b = Score({spec, r, nullptr, {}}, Layers());
  ASSERT_TRUE(a.ok() && b.ok());
  ExpectSameBits(*a, *b);
}

// All cores, and then one: the threads that a metric starts follow the cores it may use.
TEST_P(MetricLaws, TheNumberOfThreadsChangesNoBit) {
  BenchmarkSpec spec = Spec();
  const Recording r = recording(), trials = testing::TrialsOf(r, 4, 0.5, 11);
  const Question question{spec, r, GetParam() == "rsa" ? nullptr : &trials, kNothingCommitted};
  const auto many = Score(question, Layers());
  cpu_set_t all, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(UsableCores(), 1u);
  const auto single = Score(question, Layers());
  ASSERT_EQ(sched_setaffinity(0, sizeof all, &all), 0);
  ASSERT_TRUE(many.ok() && single.ok()) << many.error().ToString();
  ExpectSameBits(*many, *single);
}

TEST_P(MetricLaws, ThePartsInWhichFeaturesComeChangeNoBit) {
  const auto spec = Spec();
  const Recording r = recording();
  const auto whole = Score({spec, r, nullptr, {}}, Layers(), 30);
  ASSERT_TRUE(whole.ok()) << whole.error().ToString();
  for (const Eigen::Index part : {1, 7, 29}) {
    ExpectSameBits(*whole, Score({spec, r, nullptr, {}}, Layers(), part).value());
  }
}

TEST_P(MetricLaws, WhatNeedsFeaturesHasNoScoreFromGrams) {
  const auto spec = Spec();
  const Recording r = recording();
  const auto score = metric().Score({spec, r, nullptr, {}}, std::vector<Gram>{Layers()[0].gram});
  EXPECT_EQ(score.ok(), !metric().NeedsFeatures());
  if (!metric().NeedsFeatures()) {
    EXPECT_EQ(metric().ReadFeatures({spec, r, nullptr, {}}, {}, Bytes{1 << 20}).error().code,
              ErrorCode::kInternal);
    return;
  }
  EXPECT_THAT(score.error().message, ::testing::HasSubstr("Grams have none"));
  const std::vector<ComingLayer> many(1000, ComingLayer{{"a", 0}, {9}});
  const auto small = metric().ReadFeatures({spec, r, nullptr, {}}, many, Bytes{1 << 10});
  EXPECT_EQ(small.error().code, ErrorCode::kResourceLimit);
}

TEST_P(MetricLaws, EveryLayerIsAnsweredInOrder) {
  const auto spec = Spec();
  const Recording r = recording();
  const auto score = Score({spec, r, nullptr, {}}, Layers());
  ASSERT_TRUE(score.ok());
  ASSERT_EQ(score->layers.size(), 2u);
  EXPECT_EQ(score->layers[0].layer.path, "a");
  EXPECT_EQ(score->layers[1].layer.path, "b");
  EXPECT_LE(score->interval->lower, score->interval->upper);
}

TEST_P(MetricLaws, AConstantLayerIsMarkedAndNeverTheHeadline) {
  const Recording r = recording();
  const Layer dead = LayerOf(Eigen::MatrixXd::Constant(40, 5, 1), "dead");
  std::vector<Layer> layers = Layers();
  layers.insert(layers.begin(), dead);
  for (const char* choice : {"best", "cross_validated"}) {
    const auto spec = Spec({{"layer_choice", std::string(choice)}});
    const auto score = Score({spec, r, nullptr, {}}, layers);
    ASSERT_TRUE(score.ok()) << score.error().ToString();
    ASSERT_EQ(score->layers.size(), 3u);
    EXPECT_EQ(score->layers[0].layer.path, "dead");
    EXPECT_THAT(score->layers[0].undefined, ::testing::HasSubstr("vary"));
    EXPECT_EQ(score->layers[0].raw, 0);
    EXPECT_FALSE(score->layers[0].interval || score->layers[0].normalised);
    EXPECT_EQ(score->layers[1].undefined, "");
    EXPECT_NE(score->layer.path, "dead");
    // The others are as they would be without it.
    const auto without = Score({spec, r, nullptr, {}}, Layers());
    EXPECT_EQ(score->raw, without->raw);
    EXPECT_EQ(score->layers[2].raw, without->layers[1].raw);
  }
  const auto spec = Spec();
  const auto alone = Score({spec, r, nullptr, {}}, {dead});
  ASSERT_FALSE(alone.ok());
  EXPECT_THAT(alone.error().message, ::testing::HasSubstr("no layer has a score; dead: "));
}

// The same output for each stimulus, in products that are added up in another order for some.
TEST_P(MetricLaws, ALayerThatVariesByRoundingAloneIsMarked) {
  const auto spec = Spec({{"layer_choice", std::string("best")}});
  const Recording r = recording();
  const Eigen::RowVectorXd row = testing::RandomMatrix(1, 2049, 5);
  Layer same = LayerOf(row.replicate(40, 1), "same");
  for (Eigen::Index i = 0; i < 40; ++i) {
    for (Eigen::Index j = 0; j < 40; ++j) {
      same.gram.inner(i, j) *= 1 + 1e-15 * static_cast<double>((i / 7 + j / 7) % 5);
    }
    if (i / 7 % 2 == 1) same.features.row(i) *= 1 + std::numeric_limits<float>::epsilon();
  }
  std::vector<Layer> layers = Layers();
  layers.push_back(same);
  const auto score = Score({spec, r, nullptr, {}}, layers);
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_THAT(score->layers[2].undefined, ::testing::HasSubstr("vary"));
}

TEST_P(MetricLaws, ALayerIsChosenByCrossValidationUnlessThePackSaysOtherwise) {
  const auto spec = Spec();
  const Recording r = recording();
  const auto score = Score({spec, r, nullptr, {}}, Layers());
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->layer_choice, "cross_validated");
  EXPECT_THAT(score->notes,
              ::testing::Contains(::testing::HasSubstr("the layer is chosen on the")));
  EXPECT_FALSE(score->folds.empty());
  EXPECT_TRUE(score->interval.has_value());
  // One layer: nothing to choose.
  const auto one = Score({spec, r, nullptr, {}}, {Layers()[1]});
  EXPECT_EQ(one->layer_choice, "cross_validated");
  EXPECT_EQ(one->raw, score->layers[1].raw);
}

TEST_P(MetricLaws, AnUnknownOptionIsNamed) {
  const auto spec = Spec({{"bananas", true}});
  const Recording r = recording();
  EXPECT_THAT(metric().Check({spec, r, nullptr, {}}).error().message,
              ::testing::HasSubstr("bananas"));
}

TEST_P(MetricLaws, ACommittedLayerIsTakenOrAskedFor) {
  const auto spec = Spec({{"layer_choice", std::string("committed")}});
  Recording r = recording();
  r.region = "IT";
  const auto score = Score({spec, r, nullptr, {{"IT", "a"}}}, Layers());
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->layer.path, "a");
  EXPECT_EQ(score->layer_choice, "committed");
  EXPECT_THAT(Score({spec, r, nullptr, {}}, Layers()).error().message,
              ::testing::HasSubstr("committed_layers"));
  EXPECT_THAT(Score({spec, r, nullptr, {{"IT", "z"}}}, Layers()).error().message,
              ::testing::HasSubstr("layer z"));
}

TEST_P(MetricLaws, WhoeverKnowsItByNameKnowsWhetherItNeedsFeatures) {
  EXPECT_EQ(std::count(kFeatureMetrics.begin(), kFeatureMetrics.end(), GetParam()),
            metric().NeedsFeatures() ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(Registered, MetricLaws, ::testing::ValuesIn(MetricNames()),
                         [](const auto& metric) { return metric.param; });

}  // namespace
}  // namespace ventral
