#ifndef VENTRAL_SCORING_NETWORK_PREPROCESSING_JSON_H_
#define VENTRAL_SCORING_NETWORK_PREPROCESSING_JSON_H_

#include <string>

#include "scoring/base/preprocessing.h"

namespace ventral {

// As in ventral.json, on one line, fields sorted: equal preprocessing gives equal text.
std::string PreprocessingJson(const Preprocessing& preprocessing);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_PREPROCESSING_JSON_H_
