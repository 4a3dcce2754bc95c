#include "scoring/metrics/penalty_search.h"

#include <algorithm>
#include <cmath>

#include "scoring/metrics/few_columns.h"
#include "scoring/metrics/parallel.h"

namespace ventral {
namespace {

constexpr Eigen::Index kNeuroidsAtOnce = 128;  // a block of their responses stays in the cache
constexpr double kTolerance = 1e-7;            // what a Gram matrix in double precision can tell

// work(first, count) for blocks of columns.
template <typename Work>
void ForBlocks(Eigen::Index columns, unsigned threads, const Work& work) {
  const auto blocks = static_cast<std::size_t>((columns + kNeuroidsAtOnce - 1) / kNeuroidsAtOnce);
  ParallelFor(blocks, threads, [&](std::size_t block) {
    const Eigen::Index first = static_cast<Eigen::Index>(block) * kNeuroidsAtOnce;
    work(first, std::min(kNeuroidsAtOnce, columns - first));
  });
}

// Column b of `parts` is a matrix [row × neuroid]. Of each combination of them, with its rows
// scaled by `scale` [row × combination], the sum of squares over rows: [combination × neuroid].
Eigen::MatrixXd SumsOfSquares(const Eigen::MatrixXd& parts, const Eigen::MatrixXd& weights,
                              const Eigen::MatrixXd& scale) {
  const Eigen::MatrixXd combined = Product(parts, weights);
  const Eigen::Index rows = scale.rows(), neuroids = parts.rows() / rows;
  Eigen::MatrixXd sums(weights.cols(), neuroids);
  for (Eigen::Index c = 0; c < weights.cols(); ++c) {
    const Eigen::Map<const Eigen::ArrayXXd> one(combined.col(c).data(), rows, neuroids);
    sums.row(c) = (one.colwise() * scale.col(c).array()).square().colwise().sum().matrix();
  }
  return sums;
}

// α/(λ + α): what is left of the responses along each eigenvector [eigenvector × penalty].
Eigen::MatrixXd Left(const Eigen::VectorXd& values, const std::vector<double>& alphas) {
  Eigen::MatrixXd left(values.size(), static_cast<Eigen::Index>(alphas.size()));
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    left.col(static_cast<Eigen::Index>(a)) =
        alphas[a] * (values.cwiseMax(0).array() + alphas[a]).inverse();
  }
  return left;
}

// Smoothers of one fold as rows of numbers: [test·train × penalty].
Result<Eigen::MatrixXd> Smoothers(const CentredGram& gram, const std::vector<double>& alphas,
                                  unsigned threads) {
  Eigen::MatrixXd all(gram.test.size(), static_cast<Eigen::Index>(alphas.size()));
  std::vector<Status> made(alphas.size(), Ok{});
  ParallelFor(alphas.size(), threads, [&](std::size_t a) {
    auto one = TestSmoother(gram, alphas[a]);
    if (!one.ok()) {
      made[a] = std::move(one).error();
    } else {
      all.col(static_cast<Eigen::Index>(a)) = one->reshaped();
    }
  });
  for (Status& status : made) VENTRAL_RETURN_IF_ERROR(std::move(status));
  return all;
}

// Adds the mean squared errors of one fold.
Status AddFold(const CentredGram& gram, const Eigen::MatrixXd& responses, const Fold& fold,
               const std::vector<double>& alphas, unsigned threads, Eigen::MatrixXd& errors) {
  VENTRAL_ASSIGN_OR_RETURN(const CentredGram inner, Centre(gram.train, fold));
  VENTRAL_ASSIGN_OR_RETURN(const Eigen::MatrixXd all, Smoothers(inner, alphas, threads));
  const FewColumns few = ChooseFewColumns(Product(all.transpose(), all), kTolerance);
  const auto kept = static_cast<Eigen::Index>(few.chosen.size());
  std::vector<Eigen::MatrixXd> smoothers;
  for (const int column : few.chosen) {
    smoothers.push_back(all.col(column).reshaped(inner.test.rows(), inner.test.cols()));
  }
  // The residual: the responses themselves, less the predictions.
  Eigen::MatrixXd weights(kept + 1, few.weights.cols());
  weights << -few.weights, Eigen::RowVectorXd::Ones(few.weights.cols());
  const Eigen::Index rows = inner.test.rows();
  const Eigen::MatrixXd scale = Eigen::MatrixXd::Ones(rows, weights.cols());
  ForBlocks(responses.cols(), threads, [&](Eigen::Index first, Eigen::Index count) {
    const auto block = responses.middleCols(first, count);
    Eigen::MatrixXd train = block(fold.train, Eigen::all), test = block(fold.test, Eigen::all);
    const Eigen::RowVectorXd mean = train.colwise().mean();
    train.rowwise() -= mean;
    test.rowwise() -= mean;
    const Eigen::MatrixXd y = train;
    Eigen::MatrixXd parts(rows * count, kept + 1);
    for (Eigen::Index b = 0; b < kept; ++b) {
      parts.col(b) = Product(smoothers[static_cast<std::size_t>(b)], y).reshaped();
    }
    parts.col(kept) = test.reshaped();
    errors.middleCols(first, count) +=
        SumsOfSquares(parts, weights, scale) / static_cast<double>(rows);
  });
  return Ok{};
}

}  // namespace

Eigen::MatrixXd LeaveOneOutErrors(const Eigenpairs& spectrum, double scale,
                                  const Eigen::MatrixXd& responses,
                                  const std::vector<double>& alphas, unsigned threads) {
  const Eigen::Index n = responses.rows();
  const auto count = static_cast<Eigen::Index>(alphas.size());
  Eigen::MatrixXd left = Left(spectrum.values, alphas);
  // (I − H)_ii: the eigenvector 1 is the intercept, which leaves nothing.
  Eigen::MatrixXd diagonal = spectrum.vectors.array().square().matrix() * left;
  Eigen::MatrixXd row_scale(n, count);
  for (Eigen::Index a = 0; a < count; ++a) {
    const double alpha = alphas[static_cast<std::size_t>(a)], nd = static_cast<double>(n);
    diagonal.col(a).array() -= alpha / (nd * (nd * scale + alpha));
    // The smallest penalties leave little of the responses, and divide by as little.
    const double size = left.col(a).norm();
    left.col(a) /= size;
    row_scale.col(a) = (size * diagonal.col(a).array().inverse());
  }
  const FewColumns few = ChooseFewColumns(left.transpose() * left, kTolerance);
  const Eigen::MatrixXd weights = few.weights;
  const Eigen::MatrixXd vectors = spectrum.vectors;
  const Eigen::MatrixXd transposed = vectors.transpose();
  Eigen::MatrixXd errors(count, responses.cols());
  ForBlocks(responses.cols(), threads, [&](Eigen::Index first, Eigen::Index size) {
    const Eigen::MatrixXd rotated = Product(transposed, responses.middleCols(first, size));
    Eigen::MatrixXd parts(n * size, static_cast<Eigen::Index>(few.chosen.size()));
    for (Eigen::Index b = 0; b < parts.cols(); ++b) {
      const auto kept = left.col(few.chosen[static_cast<std::size_t>(b)]);
      parts.col(b) = Product(vectors, kept.asDiagonal() * rotated).reshaped();
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
  for (const Fold& fold : folds) {
    VENTRAL_RETURN_IF_ERROR(AddFold(gram, responses, fold, alphas, threads, errors));
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
