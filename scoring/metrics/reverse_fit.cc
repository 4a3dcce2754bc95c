#include "scoring/metrics/reverse_fit.h"

#include "scoring/metrics/dense.h"
#include "scoring/metrics/inner_folds.h"
#include "scoring/metrics/penalty_search.h"

namespace ventral {
namespace {

// |x_i − x̄|² of the test stimuli, x̄ the training mean.
Eigen::VectorXd TestSquares(const Eigen::MatrixXd& inner, const Fold& fold) {
  const Eigen::MatrixXd train = inner(fold.train, fold.train);
  const Eigen::MatrixXd test = inner(fold.test, fold.train);
  const Eigen::VectorXd diagonal = inner.diagonal()(fold.test);
  return (diagonal - 2 * test.rowwise().mean()).array() + train.mean();
}

// Squared errors over features of each test stimulus.
Result<Eigen::VectorXd> TestErrors(const CentredGram& layer, const Eigen::VectorXd& test_squares,
                                   const CentredGram& neuroids, double alpha) {
  VENTRAL_ASSIGN_OR_RETURN(const Eigen::MatrixXd smoother, TestSmoother(neuroids, alpha));
  const Eigen::VectorXd across = smoother.cwiseProduct(layer.test).rowwise().sum();
  const Eigen::VectorXd within =
      Product(smoother, layer.train).cwiseProduct(smoother).rowwise().sum();
  // Not below 0 but by rounding.
  return Eigen::VectorXd((test_squares - 2 * across + within).cwiseMax(0));
}

// Sums of squared errors [penalty].
Result<Eigen::VectorXd> LeaveOneOut(const CentredGram& layer, const CentredGram& neuroids,
                                    const std::vector<double>& alphas) {
  VENTRAL_ASSIGN_OR_RETURN(const Tridiagonal reduced, Reduce(neuroids));
  const Eigen::MatrixXd rotated =
      Product(reduced.q().transpose(), Product(layer.train, reduced.q()));
  const Eigen::MatrixXd diagonals = LeaveOneOutDiagonals(reduced, neuroids.scale, alphas);
  Eigen::VectorXd errors(static_cast<Eigen::Index>(alphas.size()));
  for (Eigen::Index a = 0; a < errors.size(); ++a) {
    const double alpha = reduced.Floored(alphas[static_cast<std::size_t>(a)]);
    const Eigen::MatrixXd shrunk = alpha * reduced.TimesInverse(reduced.q(), alpha);
    const Eigen::VectorXd residuals = Product(shrunk, rotated).cwiseProduct(shrunk).rowwise().sum();
    errors(a) = (residuals.array() / diagonals.col(a).array().square()).sum();
  }
  return errors;
}

// The same by inner folds: mean over folds of the mean over the fold's stimuli.
Result<Eigen::VectorXd> ErrorsOfInnerFolds(const CentredGram& layer, const CentredGram& neuroids,
                                           const std::vector<double>& alphas,
                                           const Penalties& penalties) {
  Eigen::VectorXd errors = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(alphas.size()));
  for (const Fold& fold : InnerFolds(layer, penalties)) {
    VENTRAL_ASSIGN_OR_RETURN(const CentredGram x, Centre(layer.train, fold));
    VENTRAL_ASSIGN_OR_RETURN(const CentredGram y, Centre(neuroids.train, fold));
    const Eigen::VectorXd squares = TestSquares(layer.train, fold);
    for (Eigen::Index a = 0; a < errors.size(); ++a) {
      VENTRAL_ASSIGN_OR_RETURN(const Eigen::VectorXd one,
                               TestErrors(x, squares, y, alphas[static_cast<std::size_t>(a)]));
      errors(a) += one.mean();
    }
  }
  return errors;
}

}  // namespace

Result<ReverseFit> FitReverse(const Eigen::MatrixXd& inner, const Eigen::MatrixXd& responses,
                              const Fold& fold, const Penalties& penalties) {
  VENTRAL_ASSIGN_OR_RETURN(const CentredGram layer, Centre(inner, fold));
  auto neuroids = Centre(responses * responses.transpose(), fold);
  if (!neuroids.ok()) {
    return InvalidInput("a subject's neuroids do not vary over the training stimuli");
  }
  const std::vector<double> alphas = AlphasOf(*neuroids, penalties);
  Eigen::Index chosen = 0;
  if (alphas.size() > 1) {
    VENTRAL_ASSIGN_OR_RETURN(const Eigen::VectorXd errors,
                             penalties.inner_folds == 0
                                 ? LeaveOneOut(layer, *neuroids, alphas)
                                 : ErrorsOfInnerFolds(layer, *neuroids, alphas, penalties));
    errors.minCoeff(&chosen);
  }
  ReverseFit fit;
  fit.alpha = alphas[static_cast<std::size_t>(chosen)];
  VENTRAL_ASSIGN_OR_RETURN(fit.errors,
                           TestErrors(layer, TestSquares(inner, fold), *neuroids, fit.alpha));
  return fit;
}

}  // namespace ventral
