#include "scoring/features/plan.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <random>

namespace ventral {
namespace {

using Features = std::vector<std::int64_t>;

std::int64_t Total(const Features& features) {
  return std::accumulate(features.begin(), features.end(), std::int64_t{0});
}

// Every feature of every layer in exactly one slice, in order, no pass over the budget.
void ExpectExact(const std::vector<Pass>& plan, const Features& features, std::int64_t stimuli,
                 Bytes budget) {
  std::size_t layer = 0;
  std::int64_t next = 0;
  for (const Pass& pass : plan) {
    std::uint64_t bytes = 0;
    ASSERT_FALSE(pass.empty());
    for (const Slice& slice : pass) {
      ASSERT_EQ(slice.layer, layer);
      ASSERT_EQ(slice.first, next);
      ASSERT_GT(slice.count, 0);
      bytes += static_cast<std::uint64_t>(slice.count * stimuli) * 4;
      next += slice.count;
      if (next == features[layer]) {
        ++layer;
        next = 0;
      }
    }
    EXPECT_LE(bytes, budget.value);
  }
  EXPECT_EQ(layer, features.size());
}

TEST(PlanTest, OnePassWhereAllFits) {
  const Features features = {10, 20, 30};
  const auto plan = PlanPasses(features, 5, Bytes{60 * 5 * 4});
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->size(), 1U);
  EXPECT_EQ((*plan)[0].size(), 3U);
  EXPECT_EQ(*ActivationBytes(features, 5), 60U * 5 * 4);
}

TEST(PlanTest, OneByteLessTakesASecondPass) {
  const Features features = {10, 20, 30};
  const auto plan = PlanPasses(features, 5, Bytes{60 * 5 * 4 - 1});
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->size(), 2U);
  EXPECT_EQ((*plan)[1].size(), 1U);
  EXPECT_EQ((*plan)[1][0].first, 29);
  EXPECT_EQ((*plan)[1][0].count, 1);
}

TEST(PlanTest, CutsALayerThatIsLargerThanTheBudget) {
  const auto plan = PlanPasses(Features{100}, 2, Bytes{30 * 2 * 4});
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->size(), 4U);
  EXPECT_EQ(plan->back()[0].count, 10);
}

TEST(PlanTest, IsExactAndFewestForAnyLayersAndBudget) {
  std::mt19937 random(7);
  for (int trial = 0; trial < 200; ++trial) {
    Features features(1 + random() % 12);
    for (auto& count : features) count = 1 + static_cast<std::int64_t>(random() % 500);
    const auto stimuli = static_cast<std::int64_t>(1 + random() % 50);
    const Bytes budget{static_cast<std::uint64_t>(stimuli) * 4 * (8 + random() % 2000) +
                       random() % 4};
    const auto plan = PlanPasses(features, stimuli, budget);
    ASSERT_TRUE(plan.ok()) << plan.error().ToString();
    ExpectExact(*plan, features, stimuli, budget);
    const auto capacity = static_cast<std::int64_t>(budget.value) / (4 * stimuli);
    EXPECT_EQ(std::ssize(*plan), (Total(features) + capacity - 1) / capacity);
  }
}

TEST(PlanTest, RefusesWithTheFigures) {
  const auto none = PlanPasses(Features{10, 20}, 1000, Bytes{3999});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kResourceLimit);
  for (const char* figure : {"1000 stimuli", "120000 bytes", "3999 bytes", "4000 bytes"}) {
    EXPECT_NE(none.error().message.find(figure), std::string::npos)
        << figure << ": " << none.error().message;
  }
  const auto many = PlanPasses(Features{1001}, 1, Bytes{4});
  ASSERT_FALSE(many.ok());
  EXPECT_NE(many.error().message.find("1001 passes"), std::string::npos) << many.error().message;
  EXPECT_TRUE(PlanPasses(Features{1000}, 1, Bytes{4}).ok());
}

TEST(PlanTest, CountsBeyond64BitsAreRefused) {
  const Features huge = {std::numeric_limits<std::int64_t>::max(),
                         std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(ActivationBytes(huge, 4).error().code, ErrorCode::kResourceLimit);
  EXPECT_FALSE(PlanPasses(huge, 1'000'000, Bytes{std::uint64_t{1} << 40}).ok());
}

}  // namespace
}  // namespace ventral
