// Layers by the pattern of their names.
#ifndef VENTRAL_SCORING_BASE_LAYER_PATTERN_H_
#define VENTRAL_SCORING_BASE_LAYER_PATTERN_H_

#include <string_view>

namespace ventral {

// As a shell matches file names, with '.' for '/': '*', '?' and '[…]' match within one module name,
// so "features.*" has the children of features, not theirs. "**" matches all layers.
bool MatchesLayer(std::string_view pattern, std::string_view layer);

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_LAYER_PATTERN_H_
