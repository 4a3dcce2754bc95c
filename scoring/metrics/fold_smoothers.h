// The ridge fits of one fold with many penalties, made from a few of them.
#ifndef VENTRAL_SCORING_METRICS_FOLD_SMOOTHERS_H_
#define VENTRAL_SCORING_METRICS_FOLD_SMOOTHERS_H_

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/metrics/centred_fold.h"
#include "scoring/metrics/few_columns.h"

namespace ventral {

// With S_α = k̃·(K̃ + αI)⁻¹ [test × train]: S_α ≈ Σ_b weights(b, α)·S_b.
struct FoldSmoothers {
  std::vector<Eigen::MatrixXd> kept;  // S_b, each transposed: [train × test]
  Eigen::MatrixXd weights;            // [kept × penalty]
};

// Fold after fold of the same stimuli. The spectra of their Gram matrices are nearly the same, so
// what the first needs, the next do, and the other smoothers are not made; the one of them that the
// first fold's weights make worst is, and where they miss it by more than `tolerance` of the
// longest smoother the fold chooses anew. (The error of any other is one function of K̃'s
// eigenvalues, with the same poles, so it grows as that one's.)
class SmootherSeries {
 public:
  SmootherSeries(std::vector<double> alphas, double tolerance, unsigned threads)
      : alphas_(std::move(alphas)), tolerance_(tolerance), threads_(threads) {}

  // @error internal if K̃ + αI is not positive definite in double precision.
  Result<FoldSmoothers> Next(const CentredGram& fold);

 private:
  std::vector<double> alphas_;
  double tolerance_;
  unsigned threads_;
  std::optional<FewColumns> chosen_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_FOLD_SMOOTHERS_H_
