// RunProgram of targets.h.
#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>

#include "scoring/network/network.h"
#include "tests/fuzz/base_networks.h"
#include "tests/fuzz/program_edits.h"
#include "tests/fuzz/random_node.h"
#include "tests/fuzz/run_network.h"
#include "tests/fuzz/targets.h"

namespace ventral::fuzz {
namespace {

constexpr int kMostEdits = 6;

Result<Network> LoadWith(const BaseNetwork& base, const Json& model) {
  auto records = base.records;
  records["models/model.json"] = model.dump(-1, ' ', false, Json::error_handler_t::replace);
  NetworkLimits limits;
  limits.sampling = Sampling{1, 1};
  return Network::Load({"fuzz.pt2", ZipOf(records)}, "cpu", limits);
}

bool Near(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && at::allclose(a, b, 1e-4, 1e-5, true);
}

// The same layers, bit by bit, as the network whose meaning was kept; and part by part.
void CheckMeaning(const BaseNetwork& base, const Network& changed) {
  const auto images = ImagesFor(changed, 4);
  const auto original = LoadWith(base, base.model);
  if (!original.ok() || !images) Fail("network " + base.name + " does not load as it is");
  const Answer wanted = Run(*original, *images), whole = Run(changed, *images);
  const Answer front = Run(changed, images->narrow(0, 0, 1));
  const Answer back = Run(changed, images->narrow(0, 1, 3));
  const std::size_t layers = wanted.layers.size();
  if (!whole.error.empty() || whole.layers.size() != layers || front.layers.size() != layers ||
      back.layers.size() != layers) {
    Fail("network " + base.name + " means another thing: " + whole.error);
  }
  for (std::size_t i = 0; i < layers; ++i) {
    const std::string layer = changed.layers()[i].id.ToString() + " of " + base.name;
    if (!at::equal(wanted.layers[i], whole.layers[i])) Fail("layer " + layer + " changed");
    if (!Near(at::cat({front.layers[i], back.layers[i]}), whole.layers[i]))
      Fail("layer " + layer + " depends on how the stimuli are split");
  }
}

void RunInParts(const Network& network) {
  const auto images = ImagesFor(network, 4);
  if (!images || network.batch_range().least > 1 || images->size(0) < 2) return;
  Run(network, images->narrow(0, 0, 1));
  Run(network, images->narrow(0, 1, images->size(0) - 1));
}

}  // namespace

void RunProgram(std::string_view bytes) {
  Choices choices(bytes);
  const BaseNetwork& base = BaseNetworks()[choices.Below(BaseNetworks().size())];
  const bool keep = choices.Below(8) == 0;
  Json model = base.model;
  try {
    if (keep && choices.Below(2) == 0) Rename(model, choices);
    if (!keep) AddPool(model["graph_module"]["graph"]);
    for (int i = 0; i < kMostEdits && !choices.Done(); ++i)
      keep ? AddUnused(model, choices) : EditAnything(model, choices);
  } catch (const Json::exception&) {
    return;  // an edit of what another edit left in no shape
  }
  const c10::InferenceMode inference;
  const auto network = LoadWith(base, model);
  if (!network.ok()) {
    if (keep) Fail("a change that keeps the meaning is refused: " + network.error().ToString());
    return CheckError(network.error());
  }
  RunTwice(*network);
  keep ? CheckMeaning(base, *network) : RunInParts(*network);
}

}  // namespace ventral::fuzz
