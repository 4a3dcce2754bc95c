// What a worker's scores must be before they are stored.
#ifndef VENTRAL_SERVER_STORE_SCORE_CHECKS_H_
#define VENTRAL_SERVER_STORE_SCORE_CHECKS_H_

#include <span>

#include "scoring/base/result.h"
#include "server/store/rows.h"

namespace ventral::store {

// @error invalid_input names the benchmark and the field: no scores at all, one benchmark twice,
// text that is
//   no text, a number that is not finite, half an interval or one whose bounds are the wrong way
//   round, normalised without a ceiling, a negative step.
Status CheckScores(std::span<const NewScore> scores);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_SCORE_CHECKS_H_
