// extra/ventral.json: what a checkpoint says about itself. Written by
// client/python/ventral/checkpoint.py.
#ifndef VENTRAL_SCORING_NETWORK_CARD_H_
#define VENTRAL_SCORING_NETWORK_CARD_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/preprocessing.h"
#include "scoring/network/sampling.h"

namespace ventral {

inline constexpr char kCardRecord[] = "extra/ventral.json";

// Longest text of the model card, in bytes.
inline constexpr std::size_t kMaxModelText = 2000;

struct Card {
  Preprocessing preprocessing;
  std::vector<std::string> layers;  // torch_returned.h; none twice; empty: the network's blocks
  std::map<std::string, std::string> committed_layers;  // region → one of `layers`, if there are
  std::optional<Sampling> sampling;                     // of a network that draws random numbers
  std::string output;  // which of several tensors that the network returns; "logits", "1.0"
  // module path → milliseconds after stimulus onset of each of its steps, rising
  std::map<std::string, std::vector<double>> time_map;
  // The model card: "architecture" → "SqueezeNet 1.1"; fields of kModelFields.
  std::map<std::string, std::string> model;
};

// Members of the model card, as ventral.v1.Model names them.
inline constexpr const char* kModelFields[] = {"name",          "display_name", "architecture",
                                               "training_data", "objective",    "learning_rule",
                                               "licence",       "reference"};

// Members that it does not know are ignored. Throws Refusal, which names the field.
Card ParseCard(std::string_view text);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_CARD_H_
