// RDMs of single feature maps, against their definition.
#include "scoring/metrics/feature_maps.h"

#include <gmock/gmock.h>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::ElementsAre;
using testing::RandomMatrix;

std::vector<std::int64_t> MapsOf(const std::vector<std::int64_t>& shape, int features) {
  const MapLayout layout = LayoutOf(shape);
  std::vector<std::int64_t> maps;
  for (int f = 0; f < features; ++f) maps.push_back(layout.MapOf(f));
  return maps;
}

TEST(FeatureMaps, AreChannelsWhateverTheShape) {
  EXPECT_THAT(MapsOf({2, 1, 3}, 6), ElementsAre(0, 0, 0, 1, 1, 1));  // channel × height × width
  EXPECT_THAT(MapsOf({2, 1, 2, 2}, 8), ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));  // and × depth
  EXPECT_THAT(MapsOf({2, 3}, 6), ElementsAre(0, 1, 2, 0, 1, 2));              // token × channel
  EXPECT_THAT(MapsOf({4}, 4), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(LayoutOf(std::vector<std::int64_t>{64, 7, 7}).maps, 64);
}

FeatureMaps Read(const std::vector<std::int64_t>& shape, const Eigen::MatrixXf& x,
                 Eigen::Index part) {
  FeatureMaps maps(LayoutOf(shape), x.rows());
  for (Eigen::Index first = 0; first < x.cols(); first += part) {
    maps.Take(first, x.middleCols(first, std::min(part, x.cols() - first)));
  }
  return maps;
}

TEST(FeatureMaps, HaveTheDistancesOfTheirFeatures) {
  const Eigen::MatrixXf x = RandomMatrix(7, 150, 1).cast<float>();
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{3, 5, 10}, {50, 3}, {150}}) {
    const FeatureMaps maps = Read(shape, x, 1000);
    const MapLayout layout = LayoutOf(shape);
    ASSERT_EQ(std::ssize(maps.rdms()), layout.maps);
    for (std::int64_t map = 0; map < layout.maps; ++map) {
      Eigen::Index pair = 0;
      for (Eigen::Index i = 0; i < 7; ++i) {
        for (Eigen::Index j = i + 1; j < 7; ++j, ++pair) {
          double sum = 0;
          for (Eigen::Index f = 0; f < 150; ++f) {
            const double difference = static_cast<double>(x(i, f)) - static_cast<double>(x(j, f));
            if (layout.MapOf(f) == map) sum += difference * difference;
          }
          EXPECT_NEAR(maps.rdms()[static_cast<std::size_t>(map)].upper(pair), sum, 1e-13);
        }
      }
    }
  }
}

TEST(FeatureMaps, AreTheSameToTheLastBitInWhateverParts) {
  const Eigen::MatrixXf x = RandomMatrix(9, 300, 2).cast<float>();
  const FeatureMaps whole = Read({3, 10, 10}, x, 300);
  for (const Eigen::Index part : {1, 7, 64, 65, 299}) {
    const FeatureMaps parts = Read({3, 10, 10}, x, part);
    for (std::size_t map = 0; map < 3; ++map) {
      EXPECT_EQ(parts.rdms()[map].upper, whole.rdms()[map].upper);
    }
  }
}

TEST(FeatureMaps, AreZeroWhereTheyVaryByRoundingAlone) {
  Eigen::MatrixXf x = Eigen::MatrixXf::Constant(6, 2, 1000);
  x(3, 0) *= 1 + std::numeric_limits<float>::epsilon();
  x(3, 1) += 1;
  const FeatureMaps maps = Read({2}, x, 2);
  EXPECT_TRUE(maps.rdms()[0].upper.isZero(0));
  EXPECT_EQ(maps.rdms()[1].upper.sum(), 5);
}

}  // namespace
}  // namespace ventral
