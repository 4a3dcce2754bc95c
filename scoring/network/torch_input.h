// Private to network and features: the tensor that a network takes.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_INPUT_H_
#define VENTRAL_SCORING_NETWORK_TORCH_INPUT_H_

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <string>
#include <vector>

#include "scoring/base/preprocessing.h"

namespace ventral {

// [stimulus × 3 × height × width], or [stimulus × time × 3 × height × width].
std::vector<std::int64_t> InputSizes(const Preprocessing& preprocessing, std::int64_t stimuli);

c10::ScalarType InputType(const Preprocessing& preprocessing);

// "[stimulus × 3 × 224 × 224]".
std::string ShownInput(const Preprocessing& preprocessing);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_INPUT_H_
