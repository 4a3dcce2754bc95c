// Ridge regression from several layers at once, each with a share of its own.
#ifndef VENTRAL_SCORING_METRICS_BANDED_RIDGE_H_
#define VENTRAL_SCORING_METRICS_BANDED_RIDGE_H_

#include <Eigen/Core>
#include <span>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/metrics/centred_fold.h"
#include "scoring/metrics/dual_ridge.h"

namespace ventral {

// Weights of the bands to try, [candidate × band], Σ over bands = 1: first all equal, then samples
// of Dirichlet distributions with concentration 0.1 and 1 in turn (himalaya, GroupRidgeCV and
// MultipleKernelRidgeCV, solver "random_search"). The same for the same arguments.
Eigen::MatrixXd BandWeights(int candidates, int bands, Seed seed);

struct BandedFit {
  Eigen::MatrixXd predicted;           // [test stimulus × neuroid]
  std::vector<std::size_t> candidate;  // [neuroid]: the row of `weights` that was chosen
  std::vector<double> alphas;          // [neuroid]
  // [layer] Σ = 1: which part of the predictions' variance over test stimuli comes with the layer's
  // (product measure, Pratt 1987), mean over neuroids; may be below 0. 0 where none varies.
  Eigen::VectorXd shares;
};

// Banded ridge (Nunez-Elizalde, Huth & Gallant 2019, NeuroImage 197:482) in the dual: ridge from
// K̃ = Σ_l γ_l·K̃_l, γ of one row of `weights` [candidate × layer], for each neuroid that whose error
// on training stimuli left out of the fit is least (random search: Dupré la Tour et al. 2022,
// NeuroImage 264:119728); the first of equals. Where the penalty is shared, the neuroids of a
// subject share the row, too. Relative penalties: each layer is
// first divided by its own scale. Requires at least one layer and one row.
// @error as FitDualRidge.
Result<BandedFit> FitBandedRidge(std::span<const CentredGram> layers,
                                 const CentredResponses& responses,
                                 const std::vector<std::vector<int>>& subjects,
                                 const Penalties& penalties, const Eigen::MatrixXd& weights,
                                 unsigned threads);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_BANDED_RIDGE_H_
