#include "scoring/features/copy_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ventral {
namespace {

std::vector<float> Values(std::int64_t count) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < count; ++i) {
    values.push_back(static_cast<float>(std::sin(static_cast<double>(i)) * std::exp2(i % 40)));
  }
  return values;
}

// Wherever both begin, and whatever is left over: the values, nothing beside them, and the sum.
TEST(CopyAndSum, CopiesWhatIsThereAndNothingElse) {
  constexpr float kBeside = 7;
  for (const std::int64_t count : {0, 1, 3, 15, 16, 17, 100, 16384, 16385, 50003}) {
    const std::vector<float> values = Values(count + 4);
    for (const std::int64_t from : {0, 1, 3}) {
      double first = 0;
      for (const std::int64_t to : {0, 1, 2, 3, 4}) {
        std::vector<float> copy(static_cast<std::size_t>(count) + 9, kBeside);
        const double sum = CopyAndSum(values.data() + from, copy.data() + to, count);
        double plain = 0, sizes = 0;
        for (std::int64_t i = 0; i < count; ++i) {
          const float value = values[static_cast<std::size_t>(from + i)];
          ASSERT_EQ(copy[static_cast<std::size_t>(to + i)], value)
              << count << " " << from << " " << to;
          plain += value;
          sizes += std::abs(value);
        }
        for (std::int64_t i = 0; i < to; ++i) EXPECT_EQ(copy[static_cast<std::size_t>(i)], kBeside);
        for (std::size_t i = static_cast<std::size_t>(to + count); i < copy.size(); ++i) {
          EXPECT_EQ(copy[i], kBeside);
        }
        EXPECT_NEAR(sum, plain, 1e-13 * sizes);
        std::vector<float> again(copy.size());
        EXPECT_EQ(CopyAndSumPlainly(values.data() + from, again.data() + to, count), sum);
        if (to == 0) first = sum;
        EXPECT_EQ(sum, first);  // to the last bit
      }
    }
  }
}

TEST(CopyAndSum, OfNaNAndInfinityIsNotFinite) {
  std::vector<float> values = Values(100), copy(100);
  values[57] = std::nanf("");
  EXPECT_TRUE(std::isnan(CopyAndSum(values.data(), copy.data(), 100)));
  values[57] = INFINITY;
  EXPECT_TRUE(std::isinf(CopyAndSum(values.data(), copy.data(), 100)));
}

}  // namespace
}  // namespace ventral
