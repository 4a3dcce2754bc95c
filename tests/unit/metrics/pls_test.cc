#include "scoring/metrics/pls.h"

#include <gmock/gmock.h>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>

#include "scoring/metrics/dominant_eigenvector.h"
#include "scoring/metrics/kernel_pls.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::Contains;
using testing::GramOf;
using ::testing::HasSubstr;
using testing::RandomMatrix;

struct Primal {
  Eigen::MatrixXd x, y, test;  // x and y centred on the training stimuli, test on their mean
  Eigen::RowVectorXd mean;     // of y
};

Primal CentrePlainly(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Fold& fold) {
  Primal out{x(fold.train, Eigen::all), y(fold.train, Eigen::all), x(fold.test, Eigen::all), {}};
  const Eigen::RowVectorXd mean = out.x.colwise().mean();
  out.mean = out.y.colwise().mean();
  out.x.rowwise() -= mean;
  out.test.rowwise() -= mean;
  out.y.rowwise() -= out.mean;
  return out;
}

// PLS2 on the features, as the textbook writes it: weights, scores, loadings, deflation.
Eigen::MatrixXd PlainPls(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Fold& fold,
                         int components) {
  const Primal data = CentrePlainly(x, y, fold);
  Eigen::MatrixXd xk = data.x, yk = data.y;
  Eigen::MatrixXd weights(x.cols(), components), p(x.cols(), components), q(y.cols(), components);
  for (int k = 0; k < components; ++k) {
    const Eigen::MatrixXd covariance = xk.transpose() * yk;
    weights.col(k) =
        Eigen::BDCSVD<Eigen::MatrixXd>(covariance, Eigen::ComputeThinU).matrixU().col(0);
    const Eigen::VectorXd t = xk * weights.col(k);
    p.col(k) = xk.transpose() * t / t.squaredNorm();
    q.col(k) = yk.transpose() * t / t.squaredNorm();
    xk -= t * p.col(k).transpose();
    yk -= t * q.col(k).transpose();
  }
  const Eigen::MatrixXd rotations = weights * (p.transpose() * weights).inverse();
  return (data.test * rotations * q.transpose()).rowwise() + data.mean;
}

// What PLS comes to when it has all components: the shortest least-squares fit.
Eigen::MatrixXd LeastSquares(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Fold& fold) {
  const Primal data = CentrePlainly(x, y, fold);
  const Eigen::MatrixXd beta =
      Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd>(data.x).solve(data.y);
  return (data.test * beta).rowwise() + data.mean;
}

PlsFit Fit(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Fold& fold, int components) {
  return FitKernelPls(*Centre(GramOf(x).inner, fold), Centre(y, fold.train), components);
}

TEST(KernelPls, EqualsPlainPlsOnTheFeatures) {
  for (const auto& [features, neuroids] : {std::pair{12, 3}, {90, 8}, {90, 1}, {15, 60}}) {
    const Eigen::MatrixXd x = RandomMatrix(40, features, 1), y = RandomMatrix(40, neuroids, 2);
    for (const Fold& fold : ShuffledFolds(40, 4, Seed{3})) {
      for (const int components : {1, 4, 10}) {
        const PlsFit fit = Fit(x, y, fold, components);
        EXPECT_EQ(fit.components, components);
        EXPECT_TRUE(fit.predicted.isApprox(PlainPls(x, y, fold, components), 1e-9))
            << features << " features, " << neuroids << " neuroids, " << components;
      }
    }
  }
}

// Train (x, y) = (−1, −2), (0, −1), (1, 3): mean y 0, X̃ᵀỸ = 2 + 3 = 5, slope 5 / 2.
TEST(KernelPls, HandChecked) {
  Eigen::MatrixXd x(4, 1), y(4, 1);
  x << -1, 0, 1, 2;
  y << -2, -1, 3, 0;
  const PlsFit fit = Fit(x, y, {{0, 1, 2}, {3}}, 1);
  EXPECT_NEAR(fit.predicted(0, 0), 5, 1e-14);
}

TEST(KernelPls, StopsWhereALayerSpansNoMore) {
  const Eigen::MatrixXd x = RandomMatrix(40, 6, 1), y = RandomMatrix(40, 9, 2);
  const Fold fold = ShuffledFolds(40, 4, Seed{3})[1];
  const PlsFit fit = Fit(x, y, fold, 25);
  EXPECT_EQ(fit.components, 6);
  EXPECT_TRUE(fit.predicted.isApprox(LeastSquares(x, y, fold), 1e-9));
  // One unit; and one stimulus less than there are dimensions.
  EXPECT_EQ(Fit(x.leftCols(1), y, fold, 25).components, 1);
  const Eigen::MatrixXd wide = RandomMatrix(40, 200, 5);
  const PlsFit all = Fit(wide, RandomMatrix(40, 50, 6), fold, 1000);
  EXPECT_EQ(all.components, 29);
  EXPECT_TRUE(all.predicted.isApprox(LeastSquares(wide, RandomMatrix(40, 50, 6), fold), 1e-8));
}

TEST(KernelPls, StopsWhereTheResponsesAreMet) {
  const Eigen::MatrixXd x = RandomMatrix(40, 30, 1), y = x * RandomMatrix(30, 2, 2);
  const Fold fold = ShuffledFolds(40, 2, Seed{3})[0];
  EXPECT_LT(Fit(x, y, fold, 25).components, 25);
  EXPECT_TRUE(Fit(x, y, fold, 25).predicted.allFinite());
}

TEST(KernelPls, RotatingOrShiftingTheFeaturesChangesNothing) {
  const Eigen::MatrixXd x = RandomMatrix(30, 10, 1), y = RandomMatrix(30, 4, 2);
  const Eigen::MatrixXd rotation =
      Eigen::HouseholderQR<Eigen::MatrixXd>(RandomMatrix(10, 10, 3)).householderQ();
  const Fold fold = ShuffledFolds(30, 3, Seed{4})[0];
  const Eigen::MatrixXd plain = Fit(x, y, fold, 5).predicted;
  EXPECT_TRUE(Fit(x * rotation, y, fold, 5).predicted.isApprox(plain, 1e-9));
  EXPECT_TRUE(Fit((x.array() + 3).matrix(), y, fold, 5).predicted.isApprox(plain, 1e-9));
  EXPECT_TRUE(Fit(1e4 * x, y, fold, 5).predicted.isApprox(plain, 1e-9));
}

TEST(DominantEigenvector, EqualsTheWholeDecomposition) {
  for (const int n : {1, 2, 5, 40, 150}) {
    const Eigen::MatrixXd x = RandomMatrix(n, n + 2, 7), matrix = x * x.transpose();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> whole(matrix);
    const Eigen::VectorXd v = DominantEigenvector(matrix);
    EXPECT_NEAR(std::abs(v.dot(whole.eigenvectors().col(n - 1))), 1, 1e-12) << n;
  }
}

TEST(DominantEigenvector, OfCloseDoubleAndVanishingEigenvalues) {
  Eigen::VectorXd values = Eigen::VectorXd::LinSpaced(60, 0.5, 1);
  values.tail(2) << 1 - 1e-7, 1;
  const Eigen::MatrixXd q =
      Eigen::HouseholderQR<Eigen::MatrixXd>(RandomMatrix(60, 60, 3)).householderQ();
  const Eigen::MatrixXd close = q * values.asDiagonal() * q.transpose();
  EXPECT_NEAR(std::abs(DominantEigenvector(close).dot(q.col(59))), 1, 1e-10);
  const Eigen::MatrixXd same = Eigen::MatrixXd::Identity(4, 4);
  EXPECT_NEAR(DominantEigenvector(same).norm(), 1, 1e-15);
  EXPECT_TRUE(DominantEigenvector(Eigen::MatrixXd::Zero(4, 4)).allFinite());
  Eigen::MatrixXd one = Eigen::MatrixXd::Zero(5, 5);
  one(2, 2) = 9;
  EXPECT_NEAR(std::abs(DominantEigenvector(one)(2)), 1, 1e-12);
}

BenchmarkSpec PlsSpec(Options options) {
  return {"p.n.pls", "n", "", "pls", std::move(options), Seed{1}};
}

TEST(Pls, FindsALinearReadOutAndNothingInNoise) {
  const Eigen::MatrixXd x = RandomMatrix(120, 40, 1);
  const Recording neurons = testing::ResponsesOf(x * RandomMatrix(40, 20, 2));
  const std::vector<Gram> layers = {GramOf(RandomMatrix(120, 40, 99), "noise"),
                                    GramOf(x, "teacher")};
  const auto spec = PlsSpec({{"bootstrap", std::int64_t{100}}});
  const auto score = PlsMetric().Score({spec, neurons, nullptr, {}}, layers);
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->metric, "pls");
  EXPECT_EQ(score->layer.path, "teacher");
  EXPECT_GT(score->raw, 0.97);
  EXPECT_LT(score->layers[0].raw, 0.3);
}

TEST(Pls, SaysWhenThereAreFewerComponents) {
  const Eigen::MatrixXd x = RandomMatrix(60, 6, 3);
  const Recording neurons = testing::ResponsesOf(RandomMatrix(60, 5, 4));
  const auto notes = [&](std::int64_t components) {
    const auto spec = PlsSpec({{"components", components}, {"folds", std::int64_t{5}}});
    return PlsMetric().Score({spec, neurons, nullptr, {}}, std::vector<Gram>{GramOf(x)})->notes;
  };
  EXPECT_THAT(notes(7), Contains(HasSubstr("fewer than 7 components in 5 of 5 folds")));
  EXPECT_THAT(notes(6), ::testing::Not(Contains(HasSubstr("fewer"))));
}

}  // namespace
}  // namespace ventral
