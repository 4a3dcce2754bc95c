#ifndef VENTRAL_SCORING_METRICS_FEW_COLUMNS_H_
#define VENTRAL_SCORING_METRICS_FEW_COLUMNS_H_

#include <Eigen/Core>
#include <vector>

namespace ventral {

// Some columns of a matrix V, from which all are made: V ≈ V(:, chosen)·weights.
struct FewColumns {
  std::vector<int> chosen;
  Eigen::MatrixXd weights;  // [chosen × column]
  Eigen::VectorXd missed;   // [column]: the norm of what the others do not make of it
};

// An interpolative decomposition (Cheng, Gimbutas, Martinsson & Rokhlin 2005, SIAM J. Sci. Comput.
// 26:1389) by pivoted QR, of V's Gram matrix VᵀV; what is left out of a column is at most about
// `tolerance` of the longest column. `tolerance` ≥ 1e-7, for the Gram matrix knows no better.
FewColumns ChooseFewColumns(const Eigen::MatrixXd& gram, double tolerance);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_FEW_COLUMNS_H_
