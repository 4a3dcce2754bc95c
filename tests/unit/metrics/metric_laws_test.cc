// What metric.h promises of every metric, on every registered one.
#include <gmock/gmock.h>

#include "scoring/metrics/metric.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

class MetricLaws : public ::testing::TestWithParam<std::string> {
 protected:
  const Metric& metric() const { return *FindMetric(GetParam()); }
  // A recording that the metric takes, over 40 stimuli.
  Recording recording() const {
    return GetParam() == "rsa" ? testing::RdmsOf(3, 40, 1)
                               : testing::ResponsesOf(testing::RandomMatrix(40, 6, 1));
  }
  static std::vector<Gram> Layers() {
    return {testing::GramOf(testing::RandomMatrix(40, 9, 2), "a"),
            testing::GramOf(testing::RandomMatrix(40, 30, 3), "b")};
  }
  BenchmarkSpec Spec(Options options = {}) const {
    if (options.count("bootstrap") == 0) options["bootstrap"] = std::int64_t{20};
    if (GetParam() == "ridge") options["folds"] = std::int64_t{5};
    return {"p.r.m", "r", "", GetParam(), std::move(options), Seed{7}};
  }
};

TEST_P(MetricLaws, TheSameQuestionGivesTheSameBits) {
  const auto spec = Spec();
  const Recording r = recording();
  const auto a = metric().Score({spec, r, nullptr, {}}, Layers()),
             b = metric().Score({spec, r, nullptr, {}}, Layers());
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->raw, b->raw);
  EXPECT_EQ(a->interval->lower, b->interval->lower);
  EXPECT_EQ(a->interval->upper, b->interval->upper);
}

TEST_P(MetricLaws, EveryLayerIsAnsweredInOrder) {
  const auto spec = Spec();
  const Recording r = recording();
  const auto score = metric().Score({spec, r, nullptr, {}}, Layers());
  ASSERT_TRUE(score.ok());
  ASSERT_EQ(score->layers.size(), 2u);
  EXPECT_EQ(score->layers[0].layer.path, "a");
  EXPECT_EQ(score->layers[1].layer.path, "b");
  EXPECT_LE(score->interval->lower, score->interval->upper);
}

TEST_P(MetricLaws, AConstantLayerIsNamed) {
  const auto spec = Spec();
  const Recording r = recording();
  std::vector<Gram> layers = Layers();
  layers.push_back(testing::GramOf(Eigen::MatrixXd::Constant(40, 5, 1), "dead"));
  const auto score = metric().Score({spec, r, nullptr, {}}, layers);
  ASSERT_FALSE(score.ok());
  EXPECT_THAT(score.error().message, ::testing::HasSubstr("dead"));
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
  const auto score = metric().Score({spec, r, nullptr, {{"IT", "a"}}}, Layers());
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->layer.path, "a");
  EXPECT_EQ(score->layer_choice, "committed");
  EXPECT_THAT(metric().Score({spec, r, nullptr, {}}, Layers()).error().message,
              ::testing::HasSubstr("committed_layers"));
  EXPECT_THAT(metric().Score({spec, r, nullptr, {{"IT", "z"}}}, Layers()).error().message,
              ::testing::HasSubstr("layer z"));
}

INSTANTIATE_TEST_SUITE_P(Registered, MetricLaws, ::testing::ValuesIn(MetricNames()),
                         [](const auto& metric) { return metric.param; });

}  // namespace
}  // namespace ventral
