#include "scoring/evaluation/evaluate.h"

#include <gmock/gmock.h>

#include "scoring/evaluation/permuted.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::ElementsAre;
using testing::GramOf;
using ::testing::HasSubstr;
using testing::RandomMatrix;

constexpr int kStimuli = 24;

BenchmarkSpec RsaSpec() {
  return {"p.rdms.rsa", "rdms", "", "rsa", {{"bootstrap", std::int64_t{10}}}, Seed{1}};
}

BenchmarkSpec RidgeSpec() {
  return {"p.neurons.ridge",
          "neurons",
          "",
          "ridge",
          {{"bootstrap", std::int64_t{10}}, {"folds", std::int64_t{4}}},
          Seed{1}};
}

Pack PackOf(const std::vector<BenchmarkSpec>& specs) {
  Pack pack{{}, std::vector<Stimulus>(kStimuli), {}, DigestOf("pack")};
  pack.recordings = {testing::RdmsOf(3, kStimuli, 1),
                     testing::ResponsesOf(RandomMatrix(kStimuli, 5, 2))};
  for (const BenchmarkSpec& spec : specs) pack.manifest.benchmarks.push_back({spec, "", "", "", 1});
  return pack;
}

std::vector<Gram> Layers() {
  return {GramOf(RandomMatrix(kStimuli, 9, 3), "a"), GramOf(RandomMatrix(kStimuli, 30, 4), "b")};
}

Status Quiet(std::int64_t, std::int64_t, const std::string&) { return Ok{}; }

TEST(Evaluate, ScoresEachBenchmarkInThePacksOrderAndTellsBefore) {
  std::vector<std::string> told;
  const auto scores =
      Evaluate(PackOf({RidgeSpec(), RsaSpec()}), Layers(), {},
               [&](std::int64_t done, std::int64_t total, const std::string& name) {
                 told.push_back(std::to_string(done) + "/" + std::to_string(total) + " " + name);
                 return Status(Ok{});
               });
  ASSERT_TRUE(scores.ok()) << scores.error().ToString();
  EXPECT_THAT(told, ElementsAre("0/2 p.neurons.ridge", "1/2 p.rdms.rsa"));
  ASSERT_EQ(scores->size(), 2u);
  EXPECT_EQ((*scores)[0].benchmark, "p.neurons.ridge");
  EXPECT_EQ((*scores)[0].metric, "ridge");
  EXPECT_EQ((*scores)[1].benchmark, "p.rdms.rsa");
  EXPECT_EQ((*scores)[1].layers.size(), 2u);
}

TEST(Evaluate, StopsWhereProgressCannotBeTold) {
  const auto scores = Evaluate(PackOf({RsaSpec()}), Layers(), {},
                               [](std::int64_t, std::int64_t, const std::string&) {
                                 return Status(Unavailable("nobody listens"));
                               });
  ASSERT_FALSE(scores.ok());
  EXPECT_EQ(scores.error().message, "nobody listens");
}

TEST(Evaluate, RefusesNoLayersAndGramsThatDoNotFitThePack) {
  const Pack pack = PackOf({RsaSpec()});
  EXPECT_THAT(Evaluate(pack, {}, {}, Quiet).error().message, HasSubstr("no layer"));
  const std::vector<Gram> small = {GramOf(RandomMatrix(kStimuli - 1, 9, 3), "short")};
  EXPECT_THAT(Evaluate(pack, small, {}, Quiet).error().message, HasSubstr("short"));
  std::vector<Gram> crooked = Layers();
  crooked[1].inner(0, 1) += 1;
  EXPECT_THAT(Evaluate(pack, crooked, {}, Quiet).error().message, HasSubstr("layer b"));
}

TEST(Evaluate, NamesBenchmarkAndLayerOfAnUndefinedScore) {
  const std::vector<Gram> layers = {GramOf(Eigen::MatrixXd::Constant(kStimuli, 5, 1), "dead")};
  const auto scores = Evaluate(PackOf({RsaSpec()}), layers, {}, Quiet);
  ASSERT_FALSE(scores.ok());
  EXPECT_EQ(scores.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(scores.error().message, HasSubstr("benchmark p.rdms.rsa"));
  EXPECT_THAT(scores.error().message, HasSubstr("dead"));
}

// The score itself is one of the scores that chance may give (Phipson & Smyth 2010): p is never 0.
TEST(PermuteStimuli, CountsTheScoreItself) {
  const Pack pack = PackOf({RsaSpec()});
  const BenchmarkSpec spec = RsaSpec();
  const std::map<std::string, std::string> committed;
  const Question question{spec, pack.recordings[0], nullptr, committed};
  const std::vector<Gram> layers = Layers();
  const auto p_of = [&](double raw) {
    return PermuteStimuli(*FindMetric("rsa"), question, layers, raw, 7,
                          [](std::int64_t) { return Status(Ok{}); })
        ->p;
  };
  EXPECT_EQ(p_of(2), 1.0 / 8);
  EXPECT_EQ(p_of(-2), 1);
}

// Layers that have nothing to do with the recordings are not told from chance.
TEST(Evaluate, PermutesTheStimuliWhereABenchmarkAsksForIt) {
  BenchmarkSpec rsa = RsaSpec(), ridge = RidgeSpec();
  for (BenchmarkSpec* spec : {&rsa, &ridge}) spec->options["permutations"] = std::int64_t{39};
  std::vector<std::string> told;
  const EvaluateProgress progress = [&](std::int64_t, std::int64_t, const std::string& what) {
    told.push_back(what);
    return Status(Ok{});
  };
  const auto scores = Evaluate(PackOf({rsa, ridge}), Layers(), {}, progress);
  ASSERT_TRUE(scores.ok()) << scores.error().ToString();
  for (const BenchmarkScore& score : *scores) {
    ASSERT_TRUE(score.null.has_value());
    EXPECT_EQ(score.null->permutations, 39);
    EXPECT_GE(score.null->p, 1.0 / 40);
    EXPECT_LE(score.null->p, 1);
    EXPECT_GE(score.null->upper, score.null->mean);
    EXPECT_LT(std::abs(score.null->mean), 0.2);
  }
  EXPECT_EQ(told.size(), 80u);
  EXPECT_EQ(told[1], "p.rdms.rsa, permutation 1 of 39");
  const auto again = Evaluate(PackOf({rsa, ridge}), Layers(), {}, Quiet);
  EXPECT_EQ((*again)[1].null->mean, (*scores)[1].null->mean);
  // The score itself is as without them.
  EXPECT_EQ((*Evaluate(PackOf({RsaSpec()}), Layers(), {}, Quiet))[0].raw, (*scores)[0].raw);
}

struct BadSpec {
  std::string name;
  std::function<void(BenchmarkSpec&)> spoil;
  std::string says;
};

class CheckBenchmarksRefuses : public ::testing::TestWithParam<BadSpec> {};

TEST_P(CheckBenchmarksRefuses, WithTheBenchmarkAndTheField) {
  BenchmarkSpec spec = RidgeSpec();
  GetParam().spoil(spec);
  const Status status = CheckBenchmarks(PackOf({RsaSpec(), spec}));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(status.error().message, HasSubstr("benchmark p.neurons.ridge: "));
  EXPECT_THAT(status.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    All, CheckBenchmarksRefuses,
    ::testing::Values(
        BadSpec{"metric", [](auto& spec) { spec.metric = "vibes"; }, "rsa, cka, ridge, pls"},
        BadSpec{"recording", [](auto& spec) { spec.recording = "v9"; }, "'v9'"},
        BadSpec{"trials", [](auto& spec) { spec.trials = "v9_trials"; }, "'v9_trials'"},
        BadSpec{"trials_axes", [](auto& spec) { spec.trials = "neurons"; }, "repeat"},
        BadSpec{"option", [](auto& spec) { spec.options["fold"] = std::int64_t{3}; },
                "option fold "},
        BadSpec{"permutations", [](auto& spec) { spec.options["permutations"] = 0.5; },
                "option permutations must be a whole number"},
        BadSpec{"value", [](auto& spec) { spec.options["folds"] = true; }, "option folds"},
        BadSpec{"too_many_folds", [](auto& spec) { spec.options["folds"] = std::int64_t{20}; },
                "60 stimuli"},
        BadSpec{"kind", [](auto& spec) { spec.recording = "rdms"; }, "rdms"}),
    [](const auto& bad) { return bad.param.name; });

TEST(CheckBenchmarks, TakesAGoodPack) {
  EXPECT_TRUE(CheckBenchmarks(PackOf({RsaSpec(), RidgeSpec()})).ok());
}

BenchmarkSpec UnitSpec(Options options = {}) {
  options["bootstrap"] = std::int64_t{10};
  options["folds"] = std::int64_t{4};
  return {"p.neurons.unit", "neurons", "", "nearest_unit", std::move(options), Seed{1}};
}

TEST(Evaluate, GivesFeaturesToTheBenchmarksThatNeedThem) {
  const Pack pack = PackOf({RidgeSpec(), UnitSpec()});
  EXPECT_EQ(NeedsFeatures(pack), "p.neurons.unit");
  EXPECT_EQ(NeedsFeatures(PackOf({RidgeSpec()})), std::nullopt);
  const std::vector<ComingLayer> two = {{{"a", 0}, {9}}, {{"b", 0}, {30}}};
  FeatureReadings readings = FeatureReadings::Begin(pack, two, Bytes{1 << 20}).value();
  EXPECT_EQ(readings.Of("p.neurons.ridge"), nullptr);
  readings.Take(0, 0, RandomMatrix(kStimuli, 9, 3).cast<float>());
  readings.Take(1, 0, RandomMatrix(kStimuli, 30, 4).cast<float>());
  const auto scores = Evaluate(pack, Layers(), {}, Quiet, &readings);
  ASSERT_TRUE(scores.ok()) << scores.error().ToString();
  EXPECT_EQ((*scores)[1].metric, "nearest_unit");
  EXPECT_NE((*scores)[1].layers[0].raw, (*scores)[1].layers[1].raw);
  EXPECT_EQ((*scores)[0].raw, (*Evaluate(PackOf({RidgeSpec()}), Layers(), {}, Quiet))[0].raw);

  EXPECT_THAT(Evaluate(pack, Layers(), {}, Quiet).error().message,
              ::testing::AllOf(HasSubstr("benchmark p.neurons.unit"),
                               HasSubstr("submit the checkpoint again")));
  const auto small =
      FeatureReadings::Begin(pack, std::vector<ComingLayer>(10'000, two[0]), Bytes{1 << 20});
  EXPECT_EQ(small.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(small.error().message, HasSubstr("p.neurons.unit"));
}

// Features pass by once: there is nothing to permute.
TEST(Evaluate, RefusesPermutationsOfWhatNeedsFeatures) {
  EXPECT_THAT(
      CheckBenchmarks(PackOf({UnitSpec({{"permutations", std::int64_t{5}}})})).error().message,
      HasSubstr("option permutations: metric nearest_unit"));
  EXPECT_TRUE(CheckBenchmarks(PackOf({UnitSpec({{"permutations", std::int64_t{0}}})})).ok());
}

}  // namespace
}  // namespace ventral
