// Two scores on the same resamples.
#ifndef VENTRAL_SCORING_INFERENCE_PAIRED_H_
#define VENTRAL_SCORING_INFERENCE_PAIRED_H_

#include <optional>
#include <vector>

#include "scoring/base/interval.h"
#include "scoring/inference/resamples.h"

namespace ventral {

// A number, and the same number on the resamples that `rule` describes.
struct ResampledScore {
  double value = 0;
  Resamples resamples;
};

struct Difference {
  double value = 0;
  Interval interval;
  double p = 1;  // two-sided, of no difference
};

// a − b, resample by resample: what the same stimuli, subjects or neuroids do to both goes out. p:
// where rule.t, of Student's t = value/ErrorOf; else the bootstrap's, 2(1 + k)/(1 + n), k the
// number of n resamples on the other side of 0 (Davison & Hinkley 1997, eq. 4.11), 1 at most.
// nullopt where IntervalOf has none, or numbers so large that a square of them is none.
std::optional<Difference> DifferenceOf(const ResampledScore& a, const ResampledScore& b,
                                       const IntervalRule& rule, const Drawable& drawable);

// Groups that cannot be told apart, of models that stand best first; apart(i, j) says whether i and
// j are. The best opens tier 1, and whoever is told apart from a tier's first opens the next:
// [model], from 1, never falling.
template <typename Apart>
std::vector<int> Tiers(std::size_t models, const Apart& apart) {
  std::vector<int> tiers;
  std::size_t first = 0;
  int tier = 1;
  for (std::size_t model = 0; model < models; ++model) {
    if (model > 0 && apart(first, model)) {
      first = model;
      ++tier;
    }
    tiers.push_back(tier);
  }
  return tiers;
}

}  // namespace ventral

#endif  // VENTRAL_SCORING_INFERENCE_PAIRED_H_
