// Kendall's rank correlation in O(n log n), with weights that stand for copies.
#ifndef VENTRAL_SCORING_METRICS_KENDALL_H_
#define VENTRAL_SCORING_METRICS_KENDALL_H_

#include <Eigen/Core>

#include "scoring/metrics/ranks.h"

namespace ventral {

// Σ over pairs of items of w_k·w_l·sign(x_k − x_l)·sign(y_k − y_l): concordant less discordant
// pairs where item k stands w_k times. Knight 1966 (J. Am. Stat. Assoc. 61:436) sorts by x and
// counts what y puts out of order; here a tree of running sums counts (Fenwick 1994), which takes
// ties and weights as they come. Exact while (Σw)² < 2⁵³.
double ConcordantLessDiscordant(const OrderedItems& x, const OrderedItems& y,
                                const Eigen::VectorXd& weights);

// The same over all pairs; NaN if fewer than two items stand.
double KendallTauA(const OrderedItems& x, const OrderedItems& y, const Eigen::VectorXd& weights);
// Over √(pairs not tied in x · pairs not tied in y); copies of an item are tied. NaN if there are
// none. scipy.stats.kendalltau.
double KendallTauB(const OrderedItems& x, const OrderedItems& y, const Eigen::VectorXd& weights);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_KENDALL_H_
