// extra/ventral.json: what a checkpoint says about itself. Written by
// client/python/ventral/checkpoint.py.
#ifndef VENTRAL_SCORING_NETWORK_CARD_H_
#define VENTRAL_SCORING_NETWORK_CARD_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/preprocessing.h"

namespace ventral {

inline constexpr char kCardRecord[] = "extra/ventral.json";

struct Card {
  Preprocessing preprocessing;
  std::vector<std::string> layers;                      // dotted module paths, none twice
  std::map<std::string, std::string> committed_layers;  // region → one of `layers`
};

// Throws Refusal, which names the field.
Card ParseCard(std::string_view text);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_CARD_H_
