#include "scoring/metrics/rdm_comparator.h"

#include <algorithm>

namespace ventral {

// In the order of the enumeration.
const std::vector<std::string>& ComparatorNames() {
  static const std::vector<std::string> names = {
      "spearman",        "pearson", "cosine",          "rho_a",
      "tau_a",           "tau_b",   "whitened_cosine", "whitened_correlation",
      "u_centred_cosine"};
  return names;
}

RdmComparator ComparatorNamed(std::string_view name) {
  const std::vector<std::string>& names = ComparatorNames();
  return static_cast<RdmComparator>(std::find(names.begin(), names.end(), name) - names.begin());
}

bool IsRanked(RdmComparator comparator) {
  return comparator == RdmComparator::kSpearman || comparator == RdmComparator::kRhoA ||
         IsKendall(comparator);
}

bool IsKendall(RdmComparator comparator) {
  return comparator == RdmComparator::kTauA || comparator == RdmComparator::kTauB;
}

bool IsWhitened(RdmComparator comparator) {
  return comparator == RdmComparator::kWhitenedCosine ||
         comparator == RdmComparator::kWhitenedCorrelation;
}

const char* PoolingName(RdmComparator comparator) {
  switch (comparator) {
    case RdmComparator::kSpearman:
    case RdmComparator::kRhoA:
    case RdmComparator::kTauA:
    case RdmComparator::kTauB:
      return "nili2014_rank_mean";
    case RdmComparator::kPearson:
      return "nili2014_zscore_mean";
    case RdmComparator::kCosine:
      return "nili2014_unit_norm_mean";
    case RdmComparator::kWhitenedCosine:
      return "nili2014_whitened_unit_norm_mean";
    case RdmComparator::kWhitenedCorrelation:
      return "nili2014_whitened_zscore_mean";
    case RdmComparator::kUCentredCosine:
      return "nili2014_u_centred_unit_norm_mean";
  }
  return "";
}

}  // namespace ventral
