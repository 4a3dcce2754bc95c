#include "scoring/metrics/nonnegative_least_squares.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <limits>
#include <vector>

namespace ventral {
namespace {

// The unconstrained solution on the columns `free`; 0 elsewhere.
Eigen::VectorXd SolveFree(const Eigen::MatrixXd& squares, const Eigen::VectorXd& products,
                          const std::vector<int>& free) {
  Eigen::VectorXd w = Eigen::VectorXd::Zero(products.size());
  const Eigen::MatrixXd part = squares(free, free);
  const Eigen::VectorXd wanted = products(free);
  const Eigen::VectorXd solved = part.ldlt().solve(wanted);
  w(free) = solved;
  return w;
}

// How far one may go from w towards `wanted` until a free coefficient is 0.
double StepWithin(const Eigen::VectorXd& w, const Eigen::VectorXd& wanted,
                  const std::vector<int>& free) {
  double step = 1;
  for (const int j : free) {
    if (wanted(j) <= 0) step = std::min(step, w(j) / (w(j) - wanted(j)));
  }
  return step;
}

}  // namespace

Eigen::VectorXd NonnegativeLeastSquares(const Eigen::MatrixXd& squares,
                                        const Eigen::VectorXd& products) {
  const auto count = static_cast<int>(products.size());
  const double tolerance = 1e-12 * products.cwiseAbs().maxCoeff();
  Eigen::VectorXd w = Eigen::VectorXd::Zero(count);
  std::vector<int> free;
  for (int round = 0; round < 3 * count; ++round) {
    Eigen::VectorXd gradient = products - squares * w;
    for (const int j : free) gradient(j) = -std::numeric_limits<double>::infinity();
    int next = 0;
    if (!(gradient.maxCoeff(&next) > tolerance)) break;
    free.push_back(next);
    Eigen::VectorXd wanted = SolveFree(squares, products, free);
    if (!(wanted(next) > 0)) break;  // it depends on those that are free: nothing is gained
    const auto is_out = [&](int j) { return wanted(j) <= 0; };
    while (std::any_of(free.begin(), free.end(), is_out)) {
      w += StepWithin(w, wanted, free) * (wanted - w);
      const double least = 1e-14 * w.maxCoeff();
      std::erase_if(free, [&](int j) { return w(j) <= least; });
      for (int j = 0; j < count; ++j) {
        if (std::find(free.begin(), free.end(), j) == free.end()) w(j) = 0;
      }
      wanted = SolveFree(squares, products, free);
    }
    w = wanted;
  }
  return w;
}

}  // namespace ventral
