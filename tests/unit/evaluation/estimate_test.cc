#include "worker/evaluator/estimate.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "scoring/base/byte_text.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max();

PlanMessage EstimatedPlan(const std::vector<std::int64_t>& features, double seconds = 1.5) {
  PlanMessage plan;
  for (const std::int64_t count : features)
    plan.layers.push_back({{"layer" + std::to_string(plan.layers.size()), 0}, count, false});
  plan.expected_seconds = seconds;
  return plan;
}

TEST(Estimate, IsThatOfOnePassWhereAllFits) {
  // 10 stimuli, 60 features: 2,400 bytes of activations; 3 Grams of 800.
  const EstimateMessage estimate = EstimateRun(EstimatedPlan({10, 20, 30}), 10, Bytes{5000});
  EXPECT_EQ(estimate.activation_bytes, 2400u);
  EXPECT_EQ(estimate.gram_bytes, 2400u);
  EXPECT_EQ(estimate.passes, 1);
  EXPECT_EQ(estimate.seconds, 1.5);
  EXPECT_EQ(estimate.memory_bytes, 2400u + 2400 + 800);
  EXPECT_EQ(ScoringBytes(3, 10), 2400u + 1200 + 800);
  EXPECT_FALSE(Misfit(EstimatedPlan({10, 20, 30}), 10, Bytes{4400}));
}

TEST(Estimate, HoldsOnePassAtATime) {
  // A feature has 40 bytes: 25 of 60 are held in a pass, and the third one has 10.
  const EstimateMessage estimate = EstimateRun(EstimatedPlan({10, 20, 30}), 10, Bytes{1039});
  EXPECT_EQ(estimate.passes, 3);
  EXPECT_EQ(estimate.memory_bytes, 1000u + 2400 + 800 + 200)
      << "scoring takes more than extracting";
  EXPECT_EQ(EstimateRun(EstimatedPlan({60}), 10, Bytes{39}).passes, 0) << "not one feature fits";
}

TEST(Estimate, OfAHostilePlanStandsAtItsMost) {
  for (const auto& features :
       {std::vector<std::int64_t>{kEndless}, std::vector<std::int64_t>(10'000, kEndless)}) {
    for (const std::uint64_t budget : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
      const PlanMessage plan = EstimatedPlan(features, std::numeric_limits<double>::max());
      const EstimateMessage estimate = EstimateRun(plan, 1'000'000, Bytes{budget});
      EXPECT_EQ(estimate.activation_bytes, static_cast<std::uint64_t>(kEndless));
      EXPECT_LE(estimate.memory_bytes, static_cast<std::uint64_t>(kEndless));
      EXPECT_GE(estimate.passes, 0);
      EXPECT_LE(estimate.passes, std::numeric_limits<std::int32_t>::max());
      EXPECT_EQ(estimate.seconds, 10 * 365.25 * 86400);
      EXPECT_TRUE(DecodeEstimate(Encode(estimate)).ok()) << Encode(estimate);
    }
    const auto misfit = Misfit(EstimatedPlan(features), 1'000'000, Bytes{1 << 30});
    ASSERT_TRUE(misfit);
    EXPECT_GT(misfit->needed_memory_bytes, std::uint64_t{1} << 60);
    EXPECT_LE(misfit->needed_memory_bytes, static_cast<std::uint64_t>(kEndless));
  }
}

TEST(Estimate, TakesNoSecondsThatAreNone) {
  for (const double seconds : {-1.0, std::nan(""), -std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(EstimateRun(EstimatedPlan({1}, seconds), 4, Bytes{1 << 20}).seconds, 0) << seconds;
  }
  EXPECT_EQ(EstimateRun(EstimatedPlan({-5, kEndless}), 4, Bytes{1 << 20}).activation_bytes,
            static_cast<std::uint64_t>(kEndless));
}

TEST(Misfit, SaysWhatTheGramsNeedAndWhatToDo) {
  const PlanMessage plan = EstimatedPlan({1, 1});
  const std::uint64_t exact = 2 * 800 + 800 + 800;
  EXPECT_FALSE(Misfit(plan, 10, Bytes{exact}));
  EXPECT_TRUE(CheckGramsFit(2, 10, Bytes{exact}).ok());
  const auto misfit = Misfit(plan, 10, Bytes{exact - 1});
  ASSERT_TRUE(misfit);
  EXPECT_EQ(misfit->cause, FailureCause::kOutOfMemory);
  EXPECT_EQ(misfit->error.code, ErrorCode::kResourceLimit);
  EXPECT_EQ(misfit->needed_memory_bytes, exact);
  for (const char* says : {"2 Gram matrices of 10 stimuli", "3200 bytes (3.1 KiB)", "3199 bytes",
                           "--memory-budget", "--layers", "fewer stimuli"}) {
    EXPECT_THAT(misfit->error.message, HasSubstr(says));
  }
  EXPECT_THAT(CheckGramsFit(2, 10, Bytes{exact - 1}).error().message, HasSubstr("3200 bytes"));
}

TEST(Misfit, SaysHowManyPassesThereWouldBe) {
  // 1,001,000 features of 4 stimuli in passes of 1,000.
  const PlanMessage plan = EstimatedPlan({1'001'000});
  const auto many = Misfit(plan, 4, Bytes{16'000});
  ASSERT_TRUE(many);
  EXPECT_THAT(many->error.message, HasSubstr("1001 passes"));
  EXPECT_EQ(many->needed_memory_bytes, 1001u * 16);
  EXPECT_FALSE(Misfit(plan, 4, Bytes{many->needed_memory_bytes})) << "the least that will do";
  EXPECT_TRUE(Misfit(plan, 4, Bytes{many->needed_memory_bytes - 1}));
  const auto none = Misfit(EstimatedPlan({1}), 1000, Bytes{3999});
  ASSERT_TRUE(none);
  EXPECT_GE(none->needed_memory_bytes, 8'000'000u) << "its Gram";
}

TEST(ByteText, HasTheNumberAndWhatItIsRead) {
  EXPECT_EQ(ByteText(0), "0 bytes");
  EXPECT_EQ(ByteText(1023), "1023 bytes");
  EXPECT_EQ(ByteText(1024), "1024 bytes (1.0 KiB)");
  EXPECT_EQ(ByteText((1 << 20) - 1), "1048575 bytes (1.0 MiB)");
  EXPECT_EQ(ByteText(12884901888), "12884901888 bytes (12.0 GiB)");
  EXPECT_EQ(ByteText(~std::uint64_t{0}), "18446744073709551615 bytes (16.0 EiB)");
}

}  // namespace
}  // namespace ventral
