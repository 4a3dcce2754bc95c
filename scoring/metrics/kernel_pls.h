// Partial least squares regression from a Gram matrix.
#ifndef VENTRAL_SCORING_METRICS_KERNEL_PLS_H_
#define VENTRAL_SCORING_METRICS_KERNEL_PLS_H_

#include <Eigen/Core>

#include "scoring/metrics/centred_fold.h"

namespace ventral {

struct PlsFit {
  Eigen::MatrixXd predicted;  // [test stimulus × neuroid]
  int components = 0;         // fitted: as many as asked for, or as there were
};

// PLS2 with all neuroids together, unscaled: the predictions of
// sklearn.cross_decomposition.PLSRegression(components, scale=False) run to convergence, at any
// number of features (kernel form: Rännar, Lindgren, Geladi & Wold 1994; de Jong & ter Braak 1994;
// Rosipal & Trejo 2001). With K₁ = K̃ and Y₁ = Ỹ, component k is
//   v_k = the dominant eigenvector of Y_kᵀ·K_k·Y_k,   u_k = Y_k·v_k,   t_k = K_k·u_k / ‖K_k·u_k‖,
//   P = I − t_k·t_kᵀ,   Y_{k+1} = P·Y_k,   K_{k+1} = P·K_k·P,
// and with T = [t_k] and U = [u_k] the prediction is
//   ŷ(test) = k̃(test)·U·(Tᵀ·K̃·U)⁻¹·Tᵀ·Ỹ + ȳ.
// Stops before the number asked for where nothing is left: a layer that spans fewer dimensions
// (‖K_k·u_k‖ ≤ 1e-11·tr K̃ at ‖u_k‖ = 1), or responses that are met (‖Y_k‖ ≤ 1e-10·‖Ỹ‖). What is
// there is then least squares on all that the layer spans. Requires components ≥ 1.
PlsFit FitKernelPls(const CentredGram& gram, const CentredResponses& responses, int components);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_KERNEL_PLS_H_
