#include "scoring/metrics/penalty_search.h"

#include <gmock/gmock.h>

#include <Eigen/LU>

#include "scoring/metrics/dense.h"
#include "scoring/metrics/few_columns.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using testing::RandomMatrix;

const std::vector<double> kAlphas = {1e-4, 0.01, 0.1, 1, 3, 10, 100, 1e4, 1e8};

// Squared errors [neuroid] of ridge on the features, fitted on `train`, at each of `test`; summed.
Eigen::RowVectorXd PlainErrors(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Fold& fold,
                               double alpha) {
  Eigen::MatrixXd xt = x(fold.train, Eigen::all), yt = y(fold.train, Eigen::all);
  const Eigen::RowVectorXd mx = xt.colwise().mean(), my = yt.colwise().mean();
  xt.rowwise() -= mx;
  yt.rowwise() -= my;
  const Eigen::MatrixXd gram =
      xt * xt.transpose() + alpha * Eigen::MatrixXd::Identity(xt.rows(), xt.rows());
  const Eigen::MatrixXd test = x(fold.test, Eigen::all).rowwise() - mx;
  const Eigen::MatrixXd predicted = test * xt.transpose() * gram.inverse() * yt;
  const Eigen::MatrixXd recorded = y(fold.test, Eigen::all).rowwise() - my;
  return (recorded - predicted).colwise().squaredNorm();
}

// Mean over folds of the mean over the fold's stimuli [penalty × neuroid].
Eigen::MatrixXd PlainSearch(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y,
                            const std::vector<Fold>& folds) {
  Eigen::MatrixXd errors =
      Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(kAlphas.size()), y.cols());
  for (std::size_t a = 0; a < kAlphas.size(); ++a) {
    for (const Fold& fold : folds) {
      errors.row(static_cast<Eigen::Index>(a)) +=
          PlainErrors(x, y, fold, kAlphas[a]) /
          static_cast<double>(fold.test.size() * folds.size());
    }
  }
  return errors;
}

struct Case {
  Eigen::MatrixXd x, y;
};

// More features than stimuli and fewer; many neuroids and few; responses that are read out and
// noise.
std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const auto& [features, neuroids] : {std::pair{8, 3}, {90, 4}, {90, 300}}) {
    Eigen::MatrixXd x = RandomMatrix(37, features, 1);
    x *= Eigen::VectorXd::LinSpaced(features, 0, 6).array().exp().matrix().asDiagonal();
    Eigen::MatrixXd y = x * RandomMatrix(features, neuroids, 2) / x.norm();
    y += 0.1 * RandomMatrix(37, neuroids, 3);
    y.col(0) = RandomMatrix(37, 1, 4);
    cases.push_back({x, y});
  }
  return cases;
}

CentredGram CentredOf(const Eigen::MatrixXd& x) {
  std::vector<int> all;
  for (int row = 0; row < static_cast<int>(x.rows()); ++row) all.push_back(row);
  return *Centre(GramOf(x).inner, {all, {0}});
}

void ExpectNear(const Eigen::MatrixXd& fast, const Eigen::MatrixXd& plain,
                const Eigen::MatrixXd& y) {
  const Eigen::RowVectorXd square =
      (y.rowwise() - y.colwise().mean()).colwise().squaredNorm() / static_cast<double>(y.rows());
  for (Eigen::Index c = 0; c < y.cols(); ++c) {
    for (Eigen::Index a = 0; a < plain.rows(); ++a) {
      EXPECT_NEAR(fast(a, c), plain(a, c), 2e-5 * (square(c) + plain(a, c))) << a << " " << c;
    }
  }
}

TEST(PenaltySearch, LeaveOneOutEqualsLeavingOneOutPlainly) {
  for (const Case& one : Cases()) {
    std::vector<Fold> folds;
    for (int left = 0; left < 37; ++left) {
      folds.push_back({{}, {left}});
      for (int row = 0; row < 37; ++row) {
        if (row != left) folds.back().train.push_back(row);
      }
    }
    const CentredGram gram = CentredOf(one.x);
    const Eigen::MatrixXd y = one.y.rowwise() - one.y.colwise().mean();
    const auto reduced = Tridiagonal::Of((gram.train.array() + gram.scale).matrix());
    ASSERT_TRUE(reduced.ok());
    ExpectNear(LeaveOneOutErrors(*reduced, gram.scale, y, kAlphas, 2),
               PlainSearch(one.x, one.y, folds), one.y);
  }
}

TEST(PenaltySearch, InnerFoldsEqualFittingEachPlainly) {
  for (const Case& one : Cases()) {
    const auto folds = ShuffledFolds(37, 5, Seed{3});
    const auto errors = KFoldErrors(CentredOf(one.x), one.y, kAlphas, folds, 2);
    ASSERT_TRUE(errors.ok()) << errors.error().ToString();
    ExpectNear(*errors, PlainSearch(one.x, one.y, folds), one.y);
  }
}

// From 1,000 neuroids on, products are in single precision.
TEST(PenaltySearch, ManyNeuroidsHaveTheErrorsOfFew) {
  const Case one = Cases()[2];
  const CentredGram gram = CentredOf(one.x);
  const auto folds = ShuffledFolds(37, 5, Seed{3});
  const Eigen::MatrixXd few = *KFoldErrors(gram, one.y, kAlphas, folds, 2);
  const Eigen::MatrixXd many = *KFoldErrors(gram, one.y.replicate(1, 4), kAlphas, folds, 2);
  EXPECT_NE(many.leftCols(300), few);
  EXPECT_LT(((many - few.replicate(1, 4)).array() / few.replicate(1, 4).array()).abs().maxCoeff(),
            1e-5);
}

TEST(PenaltySearch, ThreadsChangeNoBit) {
  const Case one = Cases()[2];
  const CentredGram gram = CentredOf(one.x);
  const auto folds = ShuffledFolds(37, 5, Seed{3});
  EXPECT_EQ(*KFoldErrors(gram, one.y, kAlphas, folds, 1),
            *KFoldErrors(gram, one.y, kAlphas, folds, 4));
  const auto reduced = *Tridiagonal::Of((gram.train.array() + gram.scale).matrix());
  EXPECT_EQ(LeaveOneOutErrors(reduced, gram.scale, one.y, kAlphas, 1),
            LeaveOneOutErrors(reduced, gram.scale, one.y, kAlphas, 4));
}

TEST(FewColumns, MakeAllFromThoseThatTheyChoose) {
  const Eigen::MatrixXd v = RandomMatrix(50, 4, 1) * RandomMatrix(4, 12, 2);
  const FewColumns few = ChooseFewColumns(v.transpose() * v, 1e-6);
  EXPECT_EQ(few.chosen.size(), 4u);
  EXPECT_LT(few.missed.maxCoeff(), 1e-6 * v.norm());
  const FewColumns fewer = ChooseFewColumns(v.transpose() * v, 0.3);
  const Eigen::MatrixXd left = v - v(Eigen::all, fewer.chosen) * fewer.weights;
  EXPECT_LT(fewer.chosen.size(), 4u);
  EXPECT_TRUE(fewer.missed.isApprox(left.colwise().norm().transpose(), 1e-6));
  EXPECT_TRUE((v(Eigen::all, few.chosen) * few.weights).isApprox(v, 1e-6));
  const Eigen::MatrixXd all = RandomMatrix(50, 12, 3);
  const FewColumns every = ChooseFewColumns(all.transpose() * all, 1e-6);
  EXPECT_EQ(every.chosen.size(), 12u);
  EXPECT_TRUE((all(Eigen::all, every.chosen) * every.weights).isApprox(all, 1e-9));
  EXPECT_EQ(ChooseFewColumns(Eigen::MatrixXd::Zero(3, 3), 1e-6).chosen.size(), 1u);
}

TEST(Dense, SumsOfSquaresEqualTheirDefinition) {
  // Many matrices of few rows, and few of many.
  for (const auto& [rows, neuroids] : {std::pair{3, 1500}, {5000, 2}, {700, 7}}) {
    const Eigen::MatrixXd parts = RandomMatrix(rows * neuroids, 4, 1);
    const Eigen::MatrixXd weights = RandomMatrix(4, 6, 2), scale = RandomMatrix(rows, 6, 3);
    Eigen::MatrixXd plain(6, neuroids);
    for (int neuroid = 0; neuroid < neuroids; ++neuroid) {
      const Eigen::MatrixXd combined = parts.middleRows(neuroid * rows, rows) * weights;
      plain.col(neuroid) = (combined.array() * scale.array()).square().colwise().sum().transpose();
    }
    EXPECT_TRUE(SumsOfSquares(parts, weights, scale).isApprox(plain, 1e-13));
    EXPECT_TRUE(SumsOfSquares(Eigen::MatrixXf(parts.cast<float>()),
                              Eigen::MatrixXf(weights.cast<float>()),
                              Eigen::MatrixXf(scale.cast<float>()))
                    .isApprox(plain, 1e-5));
  }
}

// Of strips that are full and not, and of more than one slice.
TEST(Dense, PackedProductsEqualEigens) {
  for (const int rows : {1, 7, 8, 33, 65, 96, 130}) {
    for (const auto& [inner, columns] : {std::pair{1, 1}, {70, 19}, {256, 8}, {600, 9}}) {
      const Eigen::MatrixXd a = RandomMatrix(rows, inner, 1), b = RandomMatrix(inner, columns, 2);
      Eigen::MatrixXd c = Eigen::MatrixXd::Constant(rows, columns, 7);
      PackedMatrix<double>(a).Times(b, c.data());
      EXPECT_TRUE(c.isApprox(a * b, 1e-14)) << rows << " " << inner << " " << columns;
      Eigen::MatrixXf f = Eigen::MatrixXf::Constant(rows, columns, 7);
      PackedMatrix<float>(a.cast<float>()).Times(b.cast<float>(), f.data());
      EXPECT_TRUE(f.isApprox((a * b).cast<float>(), 1e-5f))
          << rows << " " << inner << " " << columns;
    }
  }
}

TEST(Dense, EqualsEigen) {
  const Eigen::MatrixXd a = RandomMatrix(33, 70, 1), b = RandomMatrix(70, 19, 2);
  EXPECT_TRUE(Product(a, b).isApprox(a * b, 1e-14));
  const Eigen::MatrixXd symmetric = a * a.transpose();
  const auto solved = SolvePositive(symmetric, 0.5, a);
  ASSERT_TRUE(solved.ok());
  EXPECT_TRUE((symmetric * *solved + 0.5 * *solved).isApprox(a, 1e-10));
  EXPECT_FALSE(SolvePositive(-symmetric, 0.5, a).ok());
}

}  // namespace
}  // namespace ventral
