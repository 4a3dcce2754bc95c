// Distances between stimuli in units of the noise of single trials.
#ifndef VENTRAL_SCORING_METRICS_TRIAL_DISTANCES_H_
#define VENTRAL_SCORING_METRICS_TRIAL_DISTANCES_H_

#include <Eigen/Core>
#include <string>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/base/recording.h"
#include "scoring/base/result.h"
#include "scoring/metrics/noise_covariance.h"

namespace ventral {

// One subject's trials, of some neuroids.
struct Trials {
  std::vector<Eigen::MatrixXd> repeats;    // [stimulus × neuroid]; 0 where missing
  std::vector<std::vector<bool>> present;  // [repeat][stimulus]: all neuroids are there
};

// From [repeat × stimulus × neuroid]. @error invalid_input if there are no two repeats.
Result<Trials> TrialsOf(const Recording& trials, const std::vector<int>& neuroids,
                        const std::string& whose);

// L⁻ᵀ of the noise covariance Σ = L·Lᵀ: rows times it have unit noise [neuroid × neuroid].
// @error invalid_input where no stimulus has two trials, a neuroid's trials never differ, or Σ has
//   no inverse.
Result<Eigen::MatrixXd> TrialWhitener(const Trials& trials, NoiseEstimate noise,
                                      const std::string& whose);

// Definitions: response_rdm.h.
Rdm MahalanobisRdm(const Eigen::MatrixXd& responses, const Eigen::MatrixXd& whitener);
// @error invalid_input names a pair of stimuli that fewer than two repeats share.
Result<Rdm> CrossnobisRdm(const Trials& trials, const Eigen::MatrixXd& whitener,
                          const std::string& whose);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_TRIAL_DISTANCES_H_
