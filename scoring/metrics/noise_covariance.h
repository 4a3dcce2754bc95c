// How the noise of neuroids goes together, from trials.
#ifndef VENTRAL_SCORING_METRICS_NOISE_COVARIANCE_H_
#define VENTRAL_SCORING_METRICS_NOISE_COVARIANCE_H_

#include <Eigen/Core>
#include <string>
#include <string_view>
#include <vector>

namespace ventral {

// With residuals R [observation × neuroid] and S = RᵀR/dof:
//   full                 S
//   diagonal             S without its covariances
//   shrinkage_eye        S drawn to a multiple of the identity (Ledoit & Wolf 2004, J. Multivariate
//                        Anal. 88:365)
//   shrinkage_diagonal   S drawn to its diagonal (Schäfer & Strimmer 2005, Stat. Appl. Genet. Mol.
//                        Biol. 4:32)
// as rsatoolbox.data.noise.cov_from_residuals(R, dof).
enum class NoiseEstimate { kFull, kDiagonal, kShrinkageEye, kShrinkageDiagonal };

const std::vector<std::string>& NoiseEstimateNames();
// Requires a name of NoiseEstimateNames().
NoiseEstimate NoiseEstimateNamed(std::string_view name);

// [neuroid × neuroid]. Requires residuals of mean 0 over observations, two of these at least, and
// dof > 0.
Eigen::MatrixXd NoiseCovariance(const Eigen::MatrixXd& residuals, double dof,
                                NoiseEstimate estimate);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_NOISE_COVARIANCE_H_
