#include "scoring/base/random.h"

#include <gtest/gtest.h>

#include <set>

namespace ventral {
namespace {

// Scores already stored were made with these numbers: they must never change.
TEST(RandomStream, IsPinnedAndDiffersByStreamAndSeed) {
  RandomStream a(Seed{1}, 2), again(Seed{1}, 2), stream(Seed{1}, 3), seed(Seed{2}, 2),
      swapped(Seed{2}, 1);
  const std::uint64_t first = a.Next();
  EXPECT_EQ(first, 9579208193359609190ull);
  EXPECT_EQ(a.Next(), 5115929806209566993ull);
  EXPECT_EQ(first, again.Next());
  EXPECT_EQ(std::set<std::uint64_t>({first, stream.Next(), seed.Next(), swapped.Next()}).size(),
            4u);
}

TEST(RandomStream, BelowIsUniform) {
  RandomStream random(Seed{5}, 0);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.Below(7)];
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 10000.0) * (count - 10000.0) / 10000;
  EXPECT_LT(chi_square, 22.5);  // 6 degrees of freedom, p = 0.001
}

TEST(RandomStream, APermutationHoldsEachOnce) {
  const std::vector<int> order = RandomStream(Seed{5}, 1).Permutation(100);
  EXPECT_EQ(std::set<int>(order.begin(), order.end()).size(), 100u);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
}

}  // namespace
}  // namespace ventral
