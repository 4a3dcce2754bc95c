// What a job may ask for beside the checkpoint's own word: layers, precision, samples and a seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scoring/features/extract.h"
#include "tests/unit/features/images.h"
#include "tests/unit/network/fixtures.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

struct Answer {
  Status status = Ok{};
  ExtractPlan plan;
  std::map<std::string, Gram> grams;  // by the layer's name
};

Answer Ask(const std::string& network, const ExtractOptions& options) {
  Answer answer;
  ExtractSink sink;
  sink.plan = [&](const ExtractPlan& plan) {
    answer.plan = plan;
    return Status(Ok{});
  };
  sink.progress = [](auto, auto, const auto&) { return Status(Ok{}); };
  sink.gram = [&](Gram gram) {
    answer.grams[gram.layer.ToString()] = std::move(gram);
    return Status(Ok{});
  };
  const testing::Mapped checkpoint({testing::FixtureNetworks() / network});
  const testing::Mapped images(testing::FixtureImageFiles());
  answer.status = Extract(checkpoint.views.front(), images.views, options, sink);
  return answer;
}

double Difference(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return (a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff();
}

ExtractOptions Sampled(std::int64_t samples, std::uint64_t seed) {
  ExtractOptions options;
  options.samples = samples;
  options.seed = seed;
  return options;
}

TEST(JobOptionsTest, PatternsChooseAmongAllModules) {
  ExtractOptions options;
  options.layers = {"inner.*", "head"};
  const Answer answer = Ask("whole/net.pt2", options);
  ASSERT_TRUE(answer.status.ok()) << answer.status.error().ToString();
  EXPECT_EQ(answer.grams.size(), 2U);
  EXPECT_TRUE(answer.grams.contains("inner.conv") && answer.grams.contains("head"));
}

TEST(JobOptionsTest, APatternThatMatchesNothingIsNamed) {
  ExtractOptions options;
  options.layers = {"head", "layer4.*"};
  const Answer answer = Ask("whole/net.pt2", options);
  ASSERT_FALSE(answer.status.ok());
  EXPECT_THAT(answer.status.error().message,
              HasSubstr("no layer of the network matches 'layer4.*'"));
}

TEST(JobOptionsTest, HalfPrecisionIsNearAndSaysSo) {
  const Answer exact = Ask("whole/net.pt2", {});
  ASSERT_TRUE(exact.status.ok());
  for (const auto& [precision, tolerance] :
       {std::pair{"bfloat16", 0.05}, std::pair{"float16", 0.005}}) {
    SCOPED_TRACE(precision);
    ExtractOptions options;
    options.precision = precision;
    const Answer half = Ask("whole/net.pt2", options);
    ASSERT_TRUE(half.status.ok()) << half.status.error().ToString();
    EXPECT_EQ(half.plan.precision, precision);
    ASSERT_EQ(half.grams.size(), exact.grams.size());
    for (const auto& [layer, gram] : half.grams) {
      const double difference = Difference(gram.inner, exact.grams.at(layer).inner);
      EXPECT_LE(difference, tolerance) << layer;
      EXPECT_GT(difference, 1e-6) << layer << " is as exact as float32";
    }
  }
  ExtractOptions options;
  options.precision = "float8";
  EXPECT_THAT(Ask("whole/net.pt2", options).status.error().message,
              HasSubstr("precision 'float8'"));
}

TEST(JobOptionsTest, RandomNumbersWithoutASeedAreRefused) {
  const Answer answer = Ask("noisy/silent.pt2", {});
  ASSERT_FALSE(answer.status.ok());
  EXPECT_EQ(answer.status.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(answer.status.error().message,
              HasSubstr("draws random numbers: state how many samples and which seed"));
}

TEST(JobOptionsTest, ASeedMakesThemTheSameWhateverBudgetAndBatchSize) {
  const Answer first = Ask("noisy/silent.pt2", Sampled(3, 5));
  ASSERT_TRUE(first.status.ok()) << first.status.error().ToString();
  ExtractOptions narrow = Sampled(3, 5);
  narrow.batch_size = 2;
  narrow.memory_budget = Bytes{first.plan.activation_bytes / 3};
  const Answer second = Ask("noisy/silent.pt2", narrow);
  ASSERT_TRUE(second.status.ok()) << second.status.error().ToString();
  EXPECT_GT(second.plan.passes, 1);
  EXPECT_THAT(first.plan.preprocessing, HasSubstr(R"("sampling":{"samples":3,"seed":5})"));
  const Answer other = Ask("noisy/silent.pt2", Sampled(3, 6));
  ASSERT_TRUE(other.status.ok());
  for (const auto& [layer, gram] : first.grams) {
    EXPECT_LE(Difference(second.grams.at(layer).inner, gram.inner), 1e-12) << layer;
    EXPECT_GT(Difference(other.grams.at(layer).inner, gram.inner), 1e-3) << layer;
  }
}

TEST(JobOptionsTest, TheCheckpointsOwnSamplesAreUsedUnlessTheJobSaysOtherwise) {
  const Answer own = Ask("noisy/net.pt2", {});
  ASSERT_TRUE(own.status.ok()) << own.status.error().ToString();
  EXPECT_THAT(own.plan.preprocessing, HasSubstr(R"("sampling":{"samples":4,"seed":11})"));
  const Answer asked = Ask("noisy/silent.pt2", Sampled(4, 11));
  const Answer other = Ask("noisy/net.pt2", Sampled(4, 12));
  ASSERT_TRUE(asked.status.ok() && other.status.ok());
  EXPECT_LE(Difference(asked.grams.at("conv").inner, own.grams.at("conv").inner), 1e-12);
  EXPECT_GT(Difference(other.grams.at("conv").inner, own.grams.at("conv").inner), 1e-3);
}

// The noise is added to what the quiet network computes, and has mean 0.
TEST(JobOptionsTest, TheMeanOfManySamplesComesNearTheQuietNetwork) {
  const Answer quiet = Ask("noisy/quiet.pt2", {});
  ASSERT_TRUE(quiet.status.ok()) << quiet.status.error().ToString();
  const auto distance = [&](std::int64_t samples) {
    const Answer noisy = Ask("noisy/silent.pt2", Sampled(samples, 1));
    EXPECT_TRUE(noisy.status.ok());
    return Difference(noisy.grams.at("conv").inner, quiet.grams.at("conv").inner);
  };
  EXPECT_LT(distance(100), distance(1) / 4);
}

TEST(JobOptionsTest, AQuietNetworkHasNoSamples) {
  const Answer answer = Ask("whole/net.pt2", Sampled(7, 1));
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.plan.preprocessing.find("sampling"), std::string::npos);
}

}  // namespace
}  // namespace ventral
