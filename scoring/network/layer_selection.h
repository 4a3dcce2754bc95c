// Which of a network's modules are layers: those that are named, those that patterns match, or its
// blocks.
#ifndef VENTRAL_SCORING_NETWORK_LAYER_SELECTION_H_
#define VENTRAL_SCORING_NETWORK_LAYER_SELECTION_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/layer_pattern.h"

namespace ventral {

struct LayerSelection {
  enum class Kind { kNamed, kPatterns, kBlocks };
  Kind kind = Kind::kNamed;
  std::vector<std::string> names;  // layers, patterns, or layers beside the blocks
};

struct CalledModule {
  std::string path, module_class;  // "layer1.0", "torchvision.models.resnet.BasicBlock"
  bool has_parameters = false;     // itself, or a module in it
};

// The blocks among `modules`, which are in the order of execution; docs/architecture.md states the
// rule. Indices into `modules`, ascending.
std::vector<std::size_t> ChooseBlocks(std::span<const CalledModule> modules);

// A module that a network calls, with what can be scored of it.
struct ModuleLayers {
  CalledModule module;
  std::int64_t steps = 1;  // calls in one run
  std::vector<std::string>
      layers;  // of each call: its path, or one for each tensor that it returns
};

// The layers of `selection` among `modules`, which are in the order of execution: those that are
// named, as they are; those that match a pattern; or of each block the first, at most
// kMostDefaultLayers of them, and beside those the ones that are named.
// Throws Refusal: a pattern that matches no layer, no block that can be scored.
std::vector<std::string> SelectLayers(std::span<const ModuleLayers> modules,
                                      const LayerSelection& selection);

inline constexpr std::int64_t kMostDefaultLayers = 32;  // layers times steps

// Indices of candidates, evenly spaced, the first and the last among them, so that the sum of their
// `steps` is at most kMostDefaultLayers; at least one.
std::vector<std::size_t> PickEvenly(std::span<const std::int64_t> steps);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_LAYER_SELECTION_H_
