// How two RDMs are compared.
#ifndef VENTRAL_SCORING_METRICS_RDM_COMPARATOR_H_
#define VENTRAL_SCORING_METRICS_RDM_COMPARATOR_H_

#include <string>
#include <string_view>
#include <vector>

namespace ventral {

// With x and y the upper triangles of two RDMs over n stimuli, K = n(n−1)/2 pairs:
//   spearman              Pearson r of the average ranks
//   pearson               Pearson r
//   cosine                x·y / (|x||y|)
//   rho_a                 12 Σ x̃ỹ / (K³ − K), x̃ the centred average ranks: the mean of Spearman's r
//                         over random breakings of ties (Schütt et al. 2023, eLife 12:e82566)
//   tau_a, tau_b          Kendall: (concordant − discordant) / (K(K−1)/2), and corrected for ties
//   whitened_cosine       xᵀV⁻¹y / √(xᵀV⁻¹x · yᵀV⁻¹y), V the covariance of the distance estimates
//   whitened_correlation  the same of x and y less their means (both: Diedrichsen et al. 2020,
//                         "Comparing representational geometries using whitened unbiased-distance-
//                         matrix similarity", eqs. 14, 16); see rdm_whitening.h for V
//   u_centred_cosine      cosine of what is left of x and y when a part of each stimulus' own is
//                         taken out (U-centring: Székely & Rizzo 2014, Ann. Statist. 42:2382); of
//                         squared Euclidean RDMs it is linear CKA with the unbiased HSIC of Song et
//                         al. 2012, JMLR 13:1393
enum class RdmComparator {
  kSpearman,
  kPearson,
  kCosine,
  kRhoA,
  kTauA,
  kTauB,
  kWhitenedCosine,
  kWhitenedCorrelation,
  kUCentredCosine
};

// As packs name them: "spearman", "tau_a", ….
const std::vector<std::string>& ComparatorNames();
// Requires a name of ComparatorNames().
RdmComparator ComparatorNamed(std::string_view name);

// Depends on the order of the distances alone.
bool IsRanked(RdmComparator comparator);
bool IsKendall(RdmComparator comparator);
bool IsWhitened(RdmComparator comparator);
// How subjects are pooled for the ceiling: "nili2014_rank_mean", ….
const char* PoolingName(RdmComparator comparator);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RDM_COMPARATOR_H_
