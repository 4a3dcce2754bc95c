#include <gtest/gtest.h>

#include <limits>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_scalar_function.h"

namespace ventral {
namespace {

using F = ScalarFunction;
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

TEST(ScalarFunctionTest, DividesAsPythonDoes) {
  const struct {
    std::int64_t a, b, quotient, rest;
  } cases[] = {{7, 2, 3, 1}, {-7, 2, -4, 1}, {7, -2, -4, -1}, {-7, -2, 3, -1},
               {6, 3, 2, 0}, {-6, 3, -2, 0}, {5, -1, -5, 0}};
  for (const auto& c : cases) {
    EXPECT_EQ(Apply(F::kFloorDivide, {c.a, c.b}).toInt(), c.quotient) << c.a << " // " << c.b;
    EXPECT_EQ(Apply(F::kModulo, {c.a, c.b}).toInt(), c.rest) << c.a << " % " << c.b;
  }
  EXPECT_DOUBLE_EQ(Apply(F::kTrueDivide, {std::int64_t{7}, std::int64_t{2}}).toDouble(), 3.5);
  EXPECT_DOUBLE_EQ(Apply(F::kFloorDivide, {-7.0, std::int64_t{2}}).toDouble(), -4);
}

TEST(ScalarFunctionTest, KeepsWholeNumbersWholeAndRealOnesReal) {
  EXPECT_EQ(Apply(F::kAdd, {std::int64_t{2}, std::int64_t{3}}).toInt(), 5);
  EXPECT_DOUBLE_EQ(Apply(F::kAdd, {std::int64_t{2}, 0.5}).toDouble(), 2.5);
  EXPECT_EQ(Apply(F::kPower, {std::int64_t{-3}, std::int64_t{3}}).toInt(), -27);
  EXPECT_DOUBLE_EQ(Apply(F::kPower, {std::int64_t{2}, std::int64_t{-1}}).toDouble(), 0.5);
  EXPECT_EQ(Apply(F::kToInt, {-2.7}).toInt(), -2);
  EXPECT_EQ(Apply(F::kMax, {std::int64_t{2}, std::int64_t{9}}).toInt(), 9);
}

TEST(ScalarFunctionTest, ComparesExactlyBeyondDoublePrecision) {
  EXPECT_FALSE(Apply(F::kEqual, {kMax, kMax - 1}).toBool());
  EXPECT_TRUE(Apply(F::kLess, {kMax - 1, kMax}).toBool());
  EXPECT_TRUE(Apply(F::kGreaterEqual, {std::int64_t{3}, 2.5}).toBool());
}

TEST(ScalarFunctionTest, RefusesOverflowAndDivisionByZero) {
  EXPECT_THROW(Apply(F::kAdd, {kMax, std::int64_t{1}}), Refusal);
  EXPECT_THROW(Apply(F::kSubtract, {kMin, std::int64_t{1}}), Refusal);
  EXPECT_THROW(Apply(F::kMultiply, {kMax, std::int64_t{2}}), Refusal);
  EXPECT_THROW(Apply(F::kNegate, {kMin}), Refusal);
  EXPECT_THROW(Apply(F::kFloorDivide, {kMin, std::int64_t{-1}}), Refusal);
  EXPECT_THROW(Apply(F::kFloorDivide, {std::int64_t{1}, std::int64_t{0}}), Refusal);
  EXPECT_THROW(Apply(F::kModulo, {std::int64_t{1}, std::int64_t{0}}), Refusal);
  EXPECT_THROW(Apply(F::kPower, {std::int64_t{10}, std::int64_t{19}}), Refusal);
  EXPECT_THROW(Apply(F::kToInt, {1e300}), Refusal);
}

TEST(ScalarFunctionTest, OnlyTheKnownNamesAreFunctions) {
  EXPECT_EQ(FindScalarFunction("_operator.floordiv"), F::kFloorDivide);
  for (const char* name : {"_operator.getitem", "builtins.eval", "", "math.sqrt ", "_operator"}) {
    EXPECT_EQ(FindScalarFunction(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace ventral
