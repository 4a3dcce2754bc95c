#include "scoring/metrics/penalty_search.h"

#include <algorithm>
#include <cmath>

#include "scoring/base/parallel.h"
#include "scoring/metrics/dense.h"
#include "scoring/metrics/few_columns.h"
#include "scoring/metrics/fold_smoothers.h"

namespace ventral {
namespace {

constexpr Eigen::Index kNeuroidsAtOnce = 128;  // a block of their responses stays in the cache
constexpr double kTolerance = 1e-7;            // what a Gram matrix in double precision can tell
constexpr Eigen::Index kManyNeuroids = 1000;   // from here on, errors in single precision
constexpr double kSingleTolerance = 1e-6;      // and what products in it can tell

// work(first, count) for blocks of columns.
template <typename Work>
void ForBlocks(Eigen::Index columns, unsigned threads, const Work& work) {
  const auto blocks = static_cast<std::size_t>((columns + kNeuroidsAtOnce - 1) / kNeuroidsAtOnce);
  ParallelFor(blocks, threads, [&](std::size_t block) {
    const Eigen::Index first = static_cast<Eigen::Index>(block) * kNeuroidsAtOnce;
    work(first, std::min(kNeuroidsAtOnce, columns - first));
  });
}

template <typename Scalar>
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

// α/(λ + α): what is left of the responses along each eigenvector [eigenvector × penalty].
Eigen::MatrixXd Left(const Eigen::VectorXd& values, const std::vector<double>& alphas) {
  Eigen::MatrixXd left(values.size(), static_cast<Eigen::Index>(alphas.size()));
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    left.col(static_cast<Eigen::Index>(a)) =
        alphas[a] * (values.cwiseMax(0).array() + alphas[a]).inverse();
  }
  return left;
}

// Adds the mean squared errors of one fold, in this precision.
template <typename Scalar>
void AddErrors(const FoldSmoothers& smoothers, const Eigen::MatrixXd& responses, const Fold& fold,
               unsigned threads, Eigen::MatrixXd& errors) {
  std::vector<PackedMatrix<Scalar>> kept;
  for (const Eigen::MatrixXd& one : smoothers.kept) {
    kept.emplace_back(Matrix<Scalar>(one.transpose().template cast<Scalar>()));
  }
  const auto count = static_cast<Eigen::Index>(kept.size());
  // Of the residual: what was recorded less the prediction.
  Matrix<Scalar> weights(count + 1, smoothers.weights.cols());
  weights << -smoothers.weights.cast<Scalar>(), Matrix<Scalar>::Ones(1, smoothers.weights.cols());
  const auto rows = static_cast<Eigen::Index>(fold.test.size());
  const Matrix<Scalar> scale = Matrix<Scalar>::Ones(rows, weights.cols());
  ForBlocks(responses.cols(), threads, [&](Eigen::Index first, Eigen::Index neuroids) {
    const auto block = responses.middleCols(first, neuroids);
    const Eigen::RowVectorXd mean = block(fold.train, Eigen::all).colwise().mean();
    const Matrix<Scalar> train =
        (block(fold.train, Eigen::all).rowwise() - mean).template cast<Scalar>();
    Matrix<Scalar> parts(rows * neuroids, count + 1);
    for (Eigen::Index b = 0; b < count; ++b) {
      kept[static_cast<std::size_t>(b)].Times(train, parts.col(b).data());
    }
    parts.col(count) =
        (block(fold.test, Eigen::all).rowwise() - mean).template cast<Scalar>().reshaped();
    errors.middleCols(first, neuroids) +=
        SumsOfSquares(parts, weights, scale) / static_cast<double>(rows);
  });
}

}  // namespace

Eigen::MatrixXd LeaveOneOutDiagonals(const Tridiagonal& reduced, double scale,
                                     const std::vector<double>& alphas) {
  const auto n = static_cast<double>(reduced.eigenvalues().size());
  Eigen::MatrixXd diagonals(reduced.eigenvalues().size(), static_cast<Eigen::Index>(alphas.size()));
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    const double alpha = reduced.Floored(alphas[a]);
    // The eigenvector 1 is the intercept, which leaves nothing.
    diagonals.col(static_cast<Eigen::Index>(a)) =
        alpha * (reduced.InverseDiagonal(alpha).array() - 1 / (n * (n * scale + alpha)));
  }
  return diagonals;
}

Eigen::MatrixXd LeaveOneOutErrors(const Tridiagonal& reduced, double scale,
                                  const Eigen::MatrixXd& responses,
                                  const std::vector<double>& alphas, unsigned threads) {
  const Eigen::Index n = responses.rows();
  std::vector<double> floored;
  for (const double alpha : alphas) floored.push_back(reduced.Floored(alpha));
  const auto count = static_cast<Eigen::Index>(alphas.size());
  Eigen::MatrixXd left = Left(reduced.eigenvalues(), floored);
  // The smallest penalties leave little of the responses, and divide by as little.
  const Eigen::RowVectorXd sizes = left.colwise().norm();
  left.array().rowwise() /= sizes.array();
  const Eigen::MatrixXd row_scale =
      LeaveOneOutDiagonals(reduced, scale, floored).array().inverse().rowwise() * sizes.array();
  const FewColumns few = ChooseFewColumns(left.transpose() * left, kTolerance);
  const Eigen::MatrixXd weights = few.weights;
  const Eigen::MatrixXd turned_back = reduced.q().transpose();
  Eigen::MatrixXd errors(count, responses.cols());
  ForBlocks(responses.cols(), threads, [&](Eigen::Index first, Eigen::Index size) {
    const Eigen::MatrixXd turned =
        Product(responses.middleCols(first, size).transpose(), reduced.q());
    Eigen::MatrixXd parts(n * size, static_cast<Eigen::Index>(few.chosen.size()));
    for (Eigen::Index b = 0; b < parts.cols(); ++b) {
      const auto kept = static_cast<Eigen::Index>(few.chosen[static_cast<std::size_t>(b)]);
      const double alpha = floored[static_cast<std::size_t>(kept)];
      const Eigen::MatrixXd shrunk = alpha / sizes(kept) * reduced.TimesInverse(turned, alpha);
      parts.col(b) = Product(shrunk, turned_back).transpose().reshaped();
    }
    errors.middleCols(first, size) =
        SumsOfSquares(parts, weights, row_scale) / static_cast<double>(n);
  });
  return errors;
}

Result<Eigen::MatrixXd> KFoldErrors(const CentredGram& gram, const Eigen::MatrixXd& responses,
                                    const std::vector<double>& alphas,
                                    const std::vector<Fold>& folds, unsigned threads) {
  Eigen::MatrixXd errors =
      Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(alphas.size()), responses.cols());
  const bool single = responses.cols() >= kManyNeuroids;
  SmootherSeries series(alphas, single ? kSingleTolerance : kTolerance, threads);
  for (const Fold& fold : folds) {
    VENTRAL_ASSIGN_OR_RETURN(const CentredGram inner, Centre(gram.train, fold));
    VENTRAL_ASSIGN_OR_RETURN(const FoldSmoothers smoothers, series.Next(inner));
    if (single) {
      AddErrors<float>(smoothers, responses, fold, threads, errors);
    } else {
      AddErrors<double>(smoothers, responses, fold, threads, errors);
    }
  }
  return Eigen::MatrixXd(errors / static_cast<double>(folds.size()));
}

Result<Eigen::MatrixXd> TestSmoother(const CentredGram& gram, double alpha) {
  const double floor = 1e-13 * gram.train.trace();
  VENTRAL_ASSIGN_OR_RETURN(
      const Eigen::MatrixXd solved,
      SolvePositive(gram.train, std::max(alpha, floor), gram.test.transpose()));
  return Eigen::MatrixXd(solved.transpose());
}

}  // namespace ventral
