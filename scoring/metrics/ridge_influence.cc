#include "scoring/metrics/ridge_influence.h"

#include <map>

#include "scoring/metrics/dense.h"
#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/tridiagonal.h"

namespace ventral {
namespace {

// (A + αI)⁻¹·columns.
Eigen::MatrixXd Solve(const Tridiagonal& reduced, const Eigen::MatrixXd& columns, double alpha) {
  const Eigen::MatrixXd turned = Product(columns.transpose(), reduced.q());
  return Product(reduced.q(), reduced.TimesInverse(turned, alpha).transpose());
}

}  // namespace

Result<Eigen::MatrixXd> RidgeInfluence(const CentredGram& gram, const CentredResponses& responses,
                                       const std::vector<double>& alphas,
                                       const Eigen::MatrixXd& gradient) {
  VENTRAL_ASSIGN_OR_RETURN(const Tridiagonal reduced, Reduce(gram));
  std::map<double, std::vector<int>> alike;  // neuroids by their penalty
  for (std::size_t c = 0; c < alphas.size(); ++c) {
    alike[reduced.Floored(alphas[c])].push_back(static_cast<int>(c));
  }
  const auto n = static_cast<double>(gram.train.rows());
  Eigen::MatrixXd influence(gram.train.rows(), gradient.cols());
  for (const auto& [alpha, neuroids] : alike) {
    const Eigen::MatrixXd moved = gradient(Eigen::all, neuroids);
    Eigen::MatrixXd smoothed = Solve(reduced, Product(gram.test.transpose(), moved), alpha);
    smoothed.rowwise() += moved.colwise().sum() / n;  // the intercept is a mean
    const Eigen::MatrixXd residuals =
        alpha * Solve(reduced, responses.values(Eigen::all, neuroids), alpha);
    influence(Eigen::all, neuroids) = smoothed.cwiseProduct(residuals);
  }
  return influence;
}

}  // namespace ventral
