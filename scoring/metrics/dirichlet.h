// Random weights that sum to one.
#ifndef VENTRAL_SCORING_METRICS_DIRICHLET_H_
#define VENTRAL_SCORING_METRICS_DIRICHLET_H_

#include <Eigen/Core>

#include "scoring/base/units.h"

namespace ventral {

// Sample `number` of the symmetric Dirichlet distribution over `count` > 0 weights ≥ 0, Σ = 1, a
// function of its arguments alone. A concentration below 1 makes most weights nearly 0; > 0.
// Gamma variates by Marsaglia & Tsang 2000, ACM Trans. Math. Softw. 26:363.
Eigen::VectorXd DirichletSample(Seed seed, std::uint64_t number, int count, double concentration);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_DIRICHLET_H_
