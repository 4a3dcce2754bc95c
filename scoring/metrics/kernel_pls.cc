#include "scoring/metrics/kernel_pls.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "scoring/metrics/dominant_eigenvector.h"

namespace ventral {
namespace {

// L [stimulus × at most as many], L·Lᵀ = Y·Yᵀ: all that the directions know of the responses, so
// that ten thousand neuroids cost no more than one for each stimulus.
Eigen::MatrixXd SameOuterProduct(const Eigen::MatrixXd& y) {
  if (y.cols() <= y.rows()) return y;
  const Eigen::LDLT<Eigen::MatrixXd> factors(y * y.transpose());
  Eigen::MatrixXd l = factors.matrixL();
  l = l * factors.vectorD().cwiseMax(0).cwiseSqrt().asDiagonal();
  return factors.transpositionsP().transpose() * l;
}

}  // namespace

// K_k = Q·K̃·Q with Q = I − T·Tᵀ, and Y_k = Q·Ỹ, so that neither is formed: K̃·Y_k is kept, and
// loses K̃·t_k·(t_kᵀ·Y_k) with each component.
PlsFit FitKernelPls(const CentredGram& gram, const CentredResponses& responses, int components) {
  const Eigen::MatrixXd& k = gram.train;
  const Eigen::Index n = k.rows(), most = std::min<Eigen::Index>(components, n - 1);
  Eigen::MatrixXd y = SameOuterProduct(responses.values), ky = k * y;
  Eigen::MatrixXd t(n, most), u(n, most), ku(n, most);
  const double all_of_y = y.norm(), all_of_k = k.trace();
  Eigen::Index found = 0;
  for (; found < most && y.norm() > 1e-10 * all_of_y; ++found) {
    const Eigen::VectorXd v = DominantEigenvector(y.transpose() * ky);
    const Eigen::VectorXd direction = y * v;
    const double length = direction.norm();
    if (!(length > 0)) break;
    u.col(found) = direction / length;
    ku.col(found) = ky * v / length;
    Eigen::VectorXd score = ku.col(found);
    const auto before = t.leftCols(found);
    for (int twice = 0; twice < 2; ++twice) score -= before * (before.transpose() * score);
    const double size = score.norm();
    if (!(size > 1e-11 * all_of_k)) break;
    t.col(found) = score / size;
    const Eigen::RowVectorXd loadings = t.col(found).transpose() * y;
    y -= t.col(found) * loadings;
    ky -= k * t.col(found) * loadings;
  }
  const auto scores = t.leftCols(found);
  const Eigen::MatrixXd upper =
      scores.transpose() * ku.leftCols(found);  // zero below, but rounding
  const Eigen::MatrixXd dual = u.leftCols(found) * upper.triangularView<Eigen::Upper>().solve(
                                                       scores.transpose() * responses.values);
  return {(gram.test * dual).rowwise() + responses.mean, static_cast<int>(found)};
}

}  // namespace ventral
