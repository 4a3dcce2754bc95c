// A representational dissimilarity matrix.
#ifndef VENTRAL_SCORING_BASE_RDM_H_
#define VENTRAL_SCORING_BASE_RDM_H_

#include <Eigen/Core>

namespace ventral {

// The strict upper triangle, row by row: (0,1), (0,2), …, (n−2,n−1), as numpy.triu_indices(n, 1) and
// rsatoolbox order it.
struct Rdm {
  Eigen::Index stimuli = 0;
  Eigen::VectorXd upper;  // [n(n−1)/2], finite
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_RDM_H_
