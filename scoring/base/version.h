#ifndef VENTRAL_SCORING_BASE_VERSION_H_
#define VENTRAL_SCORING_BASE_VERSION_H_

namespace ventral {

// Of the programs.
inline constexpr char kVersion[] = "0.1.0";
// Of the numbers: rises whenever any metric, ceiling or interval changes its value.
inline constexpr char kScorerVersion[] = "6";

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_VERSION_H_
