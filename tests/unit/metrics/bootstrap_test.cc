#include "scoring/metrics/bootstrap.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>

#include "scoring/base/parallel.h"
#include "scoring/inference/resamples.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/median.h"

namespace ventral {
namespace {

TEST(ResampleCounts, SumToTheNumberAndDifferByResample) {
  const Eigen::VectorXd a = ResampleCounts(Seed{1}, 0, 50), b = ResampleCounts(Seed{1}, 1, 50);
  EXPECT_EQ(a.sum(), 50);
  EXPECT_NE(a, b);
  EXPECT_EQ(a, ResampleCounts(Seed{1}, 0, 50));
}

// An interval of the mean of 100 uniform numbers has about the width that theory gives.
TEST(PercentileInterval, HasTheWidthThatTheoryGives) {
  RandomStream random(Seed{3}, 9);
  std::vector<double> sample, means;
  for (int i = 0; i < 100; ++i) sample.push_back(static_cast<double>(random.Below(1000)) / 1000);
  for (std::uint64_t r = 0; r < 2000; ++r) {
    const Eigen::VectorXd counts = ResampleCounts(Seed{3}, r, 100);
    means.push_back(counts.dot(Eigen::Map<Eigen::VectorXd>(sample.data(), 100)) / 100);
  }
  const Interval interval = PercentileInterval(means, 0.95, "m");
  EXPECT_NEAR(interval.upper - interval.lower, 2 * 1.96 * std::sqrt(1.0 / 12 / 100), 0.02);
}

TEST(ShuffledFolds, HoldEachStimulusOutOnce) {
  const std::vector<Fold> folds = ShuffledFolds(23, 5, Seed{4});
  std::vector<int> seen(23);
  for (const Fold& fold : folds) {
    EXPECT_EQ(fold.train.size() + fold.test.size(), 23u);
    EXPECT_GE(fold.test.size(), 4u);
    EXPECT_LE(fold.test.size(), 5u);
    for (const int row : fold.test) ++seen[static_cast<std::size_t>(row)];
  }
  EXPECT_EQ(seen, std::vector<int>(23, 1));
}

TEST(ParallelFor, DoesEachPieceOnceAndHandsOnWhatOneThrows) {
  for (const unsigned threads : {0u, 1u, 2u, 5u}) {
    std::vector<std::atomic<int>> done(40);
    ParallelFor(done.size(), threads, [&](std::size_t i) { ++done[i]; });
    for (const auto& times : done) EXPECT_EQ(times, 1);
    EXPECT_THROW(ParallelFor(40, threads,
                             [](std::size_t i) {
                               if (i == 7) throw std::bad_alloc();
                             }),
                 std::bad_alloc);
  }
}

TEST(Median, OfEvenOddAndNoNumbers) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(Median({std::numeric_limits<double>::quiet_NaN(), 5}), 5);
  EXPECT_TRUE(std::isnan(Median({})));
}

}  // namespace
}  // namespace ventral
