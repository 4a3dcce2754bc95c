#ifndef VENTRAL_SCORING_NETWORK_PREPROCESSING_JSON_H_
#define VENTRAL_SCORING_NETWORK_PREPROCESSING_JSON_H_

#include <optional>
#include <string>

#include "scoring/base/preprocessing.h"
#include "scoring/network/sampling.h"

namespace ventral {

// As in ventral.json, on one line, fields sorted: equal preprocessing gives equal text.
std::string PreprocessingJson(const Preprocessing& preprocessing,
                              const std::optional<Sampling>& sampling = std::nullopt);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_PREPROCESSING_JSON_H_
