#include "scoring/metrics/few_columns.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

namespace ventral {

FewColumns ChooseFewColumns(const Eigen::MatrixXd& gram, double tolerance) {
  // S with SᵀS = VᵀV has the R of V.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
  const Eigen::MatrixXd s =
      solver.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() * solver.eigenvectors().transpose();
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(s);
  qr.setThreshold(tolerance);
  const Eigen::Index rank = std::max<Eigen::Index>(1, qr.rank());
  const Eigen::MatrixXd r = qr.matrixR().topRows(rank).triangularView<Eigen::Upper>();
  const auto& order = qr.colsPermutation().indices();
  const Eigen::MatrixXd weights = r.leftCols(rank).triangularView<Eigen::Upper>().solve(r);
  const Eigen::Index others = gram.cols() - rank;
  const Eigen::MatrixXd left =
      qr.matrixR().bottomRightCorner(others, others).triangularView<Eigen::Upper>();
  FewColumns few{{}, Eigen::MatrixXd(rank, gram.cols()), Eigen::VectorXd::Zero(gram.cols())};
  for (Eigen::Index i = 0; i < gram.cols(); ++i) {
    if (i < rank) {
      few.chosen.push_back(order(i));
    } else {
      few.missed(order(i)) = left.col(i - rank).norm();
    }
    few.weights.col(order(i)) = weights.col(i);
  }
  return few;
}

}  // namespace ventral
