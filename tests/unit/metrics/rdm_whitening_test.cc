#include "scoring/metrics/rdm_whitening.h"

#include <gmock/gmock.h>

#include "tests/unit/metrics/made_up.h"
#include "tests/unit/metrics/plain_comparators.h"

namespace ventral {
namespace {

Eigen::MatrixXd Covariance(int stimuli, unsigned seed) {
  const Eigen::MatrixXd x = testing::RandomMatrix(stimuli, 2 * stimuli, seed);
  return x * x.transpose() / stimuli;
}

// Three stimuli: V has 4 on its diagonal and 1 elsewhere, so V·(1, 1, 1) = 6 and V·(1, −1, 0) =
// 3·….
TEST(WhitenCounted, HandChecked) {
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(3);
  EXPECT_TRUE(WhitenCounted(ones, ones).isApprox(ones / 6, 1e-14));
  const Eigen::VectorXd difference = Eigen::Vector3d(1, -1, 0);
  EXPECT_TRUE(WhitenCounted(difference, ones).isApprox(difference / 3, 1e-14));
}

TEST(WhitenCounted, SolvesVWithCopies) {
  for (const Eigen::VectorXd& counts :
       {Eigen::VectorXd(Eigen::VectorXd::Ones(6)), Eigen::VectorXd(Eigen::Vector4d(2, 1, 3, 1)),
        Eigen::VectorXd(Eigen::Vector4d(5, 1, 1, 1)),  // 2c = N + 2: a divisor is zero
        Eigen::VectorXd(Eigen::Vector3d(9, 1, 2)), Eigen::VectorXd(Eigen::Vector2d(3, 1))}) {
    const Eigen::Index m = counts.size();
    const Rdm rdm{m, testing::RandomMatrix(static_cast<int>(m * (m - 1) / 2), 1, 3)};
    const testing::Drawn drawn(counts);
    const Eigen::VectorXd plain = drawn.V().ldlt().solve(drawn.Of(rdm));
    const Eigen::VectorXd white = WhitenCounted(rdm.upper, counts);
    EXPECT_TRUE(plain.isApprox(drawn.Of(Rdm{m, white}), 1e-12)) << counts.transpose();
  }
}

TEST(NoiseWhitening, SolvesV) {
  const Eigen::MatrixXd sigma = Covariance(7, 5);
  const auto whitening = NoiseWhitening::From(sigma);
  ASSERT_TRUE(whitening.ok());
  const Eigen::VectorXd x = testing::RandomMatrix(21, 1, 6);
  const testing::Drawn drawn(Eigen::VectorXd::Ones(7));
  EXPECT_TRUE((testing::PlainV(drawn.pairs, sigma) * (*whitening)(x)).isApprox(x, 1e-10));
}

TEST(NoiseWhitening, OfIndependentNoiseIsTheCountedOne) {
  const Eigen::VectorXd x = testing::RandomMatrix(45, 1, 6);
  const auto whitening = NoiseWhitening::From(4 * Eigen::MatrixXd::Identity(10, 10));
  EXPECT_TRUE((16 * (*whitening)(x)).isApprox(WhitenCounted(x, Eigen::VectorXd::Ones(10)), 1e-12));
}

TEST(NoiseWhitening, RefusesASingularCovariance) {
  Eigen::MatrixXd sigma = Covariance(5, 7);
  sigma.row(4) = sigma.row(3);
  sigma.col(4) = sigma.col(3);
  const auto whitening = NoiseWhitening::From(sigma);
  ASSERT_FALSE(whitening.ok());
  EXPECT_THAT(whitening.error().message, ::testing::HasSubstr("positive definite"));
}

// Diedrichsen et al. 2020, eq. 18: with Σ = I the whitened cosine is the linear CKA.
TEST(WhitenedCosine, IsLinearCka) {
  const Eigen::MatrixXd a = testing::RandomMatrix(9, 4, 1), b = testing::RandomMatrix(9, 5, 2);
  const auto distances = [](const Eigen::MatrixXd& x) {
    Eigen::VectorXd upper(36);
    int k = 0;
    for (int i = 0; i < 9; ++i) {
      for (int j = i + 1; j < 9; ++j) upper(k++) = (x.row(i) - x.row(j)).squaredNorm();
    }
    return upper;
  };
  const auto kernel = [](const Eigen::MatrixXd& x) {
    const Eigen::MatrixXd centred = x.rowwise() - x.colwise().mean();
    return Eigen::MatrixXd(centred * centred.transpose());
  };
  const Eigen::VectorXd x = distances(a), y = distances(b), ones = Eigen::VectorXd::Ones(9);
  const double whitened = x.dot(WhitenCounted(y, ones)) /
                          std::sqrt(x.dot(WhitenCounted(x, ones)) * y.dot(WhitenCounted(y, ones)));
  const double cka =
      kernel(a).cwiseProduct(kernel(b)).sum() / (kernel(a).norm() * kernel(b).norm());
  EXPECT_NEAR(whitened, cka, 1e-12);
}

}  // namespace
}  // namespace ventral
