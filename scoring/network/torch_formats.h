// Private to network: one loader for each kind of file. Each fills in a State whose card, device
// and precision are set: what runs it, its layers, the stimuli that it takes at once. Both throw
// Refusal.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_FORMATS_H_
#define VENTRAL_SCORING_NETWORK_TORCH_FORMATS_H_

#include "scoring/network/layer_selection.h"
#include "scoring/network/torch_archive.h"
#include "scoring/network/torch_network.h"

namespace ventral {

struct LoadOptions {
  const NetworkLimits& limits;
  bool whole = false;  // LoadWhole
};

// torch.export's graph: torch_export.cc.
void LoadExport(Archive& archive, const LoadOptions& options, Network::State& state);

// TorchScript, scripted or traced: torch_script.cc. It is run once on a made-up image, to see which
// modules it calls.
void LoadScript(Archive& archive, const LoadOptions& options, Network::State& state);

// What the caller asks for, else what the card names, else the network's blocks.
// Committed layers are always among them.
LayerSelection SelectionOf(const Card& card, const NetworkLimits& limits);

// A network that draws random numbers (`who` does: "node …") is run only where it is said from
// which seed.
void RequireSampling(const std::string& who);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_FORMATS_H_
