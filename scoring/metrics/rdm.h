// Layer RDMs from Gram matrices.
#ifndef VENTRAL_SCORING_METRICS_RDM_H_
#define VENTRAL_SCORING_METRICS_RDM_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/rdm.h"
#include "scoring/base/recording.h"
#include "scoring/base/result.h"

namespace ventral {

enum class RdmKind { kCorrelation, kCosine, kEuclidean };

// "correlation", "cosine", "euclidean".
RdmKind RdmKindNamed(std::string_view name);

// With G = X·Xᵀ, s = X·1, p features (Kriegeskorte, Mur & Bandettini 2008):
//   correlation  d_ij = 1 − c_ij / √(c_ii·c_jj),  c_ij = G_ij − s_i·s_j / p
//   cosine       d_ij = 1 − G_ij / √(G_ii·G_jj)
//   euclidean    d_ij = (G_ii + G_jj − 2·G_ij) / p      (squared, per feature, as rsatoolbox)
// Requires CheckGram. @error invalid_input names the layer and the stimulus row whose activations
// do not
//   vary (correlation) or are all zero (cosine).
Result<Rdm> LayerRdm(const Gram& gram, RdmKind kind);

// The same of any X·Xᵀ, whose errors begin with `whose` ("layer fc").
Result<Rdm> RdmOf(const Eigen::MatrixXd& inner, const Eigen::VectorXd& row_sums,
                  std::int64_t features, RdmKind kind, const std::string& whose);

// The same RDM of the rows of `patterns` [stimulus × feature] themselves, from their differences:
// exact where rows are nearly alike (predictions shrunk by a great penalty), whose products differ
// by less than rounding. O(n²p).
Result<Rdm> RdmOfPatterns(const Eigen::MatrixXd& patterns, RdmKind kind, const std::string& whose);

// distance(i, j) of n stimuli, i < j.
template <typename Distance>
Rdm MakeRdm(Eigen::Index n, const Distance& distance) {
  Rdm rdm{n, Eigen::VectorXd(n * (n - 1) / 2)};
  Eigen::Index k = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = i + 1; j < n; ++j) rdm.upper(k++) = distance(i, j);
  }
  return rdm;
}

// The recording's RDMs, one a subject, averaged over sessions. Requires kind kRdms, read by
// ReadPack.
// @error invalid_input names the subject whose RDM is constant.
Result<std::vector<Rdm>> SubjectRdms(const Recording& recording);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RDM_H_
