#include "scoring/network/network.h"

#include <filesystem>

#include "scoring/network/torch_archive.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_graph.h"
#include "scoring/network/torch_network.h"
#include "scoring/network/torch_returned.h"

namespace ventral {
namespace {

constexpr char kModelRecord[] = "models/model.json";

enum class Layers { kOfTheCard, kAll };

// Replaces the captures of the card's layers by those of all modules, and finds the parameters.
void WidenToAll(Network::State& state, const Json& module, const Weights& weights) {
  for (const Capture& capture : state.program.captures) state.scored.insert(capture.layer.id);
  state.program.captures.clear();
  FindAllCaptures(state.program, Member(module, "module_call_graph", "graph_module"),
                  state.without_output);
  const Json& signature = Member(module, "signature", "graph_module");
  for (const Json& spec : ArrayOf(Member(signature, "input_specs", "signature"), "input_specs")) {
    const auto [tag, value] = TaggedOf(spec, "input_specs");
    if (tag != "parameter") continue;
    const std::string& name =
        TextOf(Member(value, "parameter_name", "input_specs"), "parameter_name");
    state.parameters.emplace(name, weights.weights.at(name));  // BindInputs has found it
  }
}

// What the caller asks for, else what the card names, else the network's blocks.
// Committed layers are always among them.
LayerSelection SelectionOf(const Card& card, const NetworkLimits& limits) {
  if (limits.layers.empty() && !card.layers.empty())
    return {LayerSelection::Kind::kNamed, card.layers};
  LayerSelection selection{LayerSelection::Kind::kBlocks, {}};
  if (!limits.layers.empty()) selection = {LayerSelection::Kind::kPatterns, limits.layers};
  for (const auto& [region, layer] : card.committed_layers) selection.names.push_back(layer);
  return selection;
}

// A network that draws random numbers is run only where it is said from which seed.
void CheckSampling(Network::State& state, const NetworkLimits& limits) {
  if (limits.sampling) state.card.sampling = limits.sampling;
  const Node* sampler = FirstSampler(state.program);
  if (sampler == nullptr) {
    state.card.sampling.reset();
  } else if (!state.card.sampling) {
    throw Refusal(Describe(*sampler) +
                  " draws random numbers: state how many samples and which seed (sampling), or "
                  "export the network in evaluation mode");
  }
}

// archive → card, graph, weights → verified program. Throws.
Network::State LoadState(std::string_view file, c10::Device device, const NetworkLimits& limits,
                         Layers layers) {
  Network::State state;
  state.device = device;
  state.precision = FindPrecision(limits.precision);
  Archive archive(file, limits);
  if (!archive.Has(kCardRecord)) {
    throw Refusal(
        "it states neither preprocessing nor layers (no extra/ventral.json); write it with "
        "ventral.export");
  }
  state.card = ParseCard(archive.ReadText(kCardRecord));
  const Json model = ParseJson(archive.ReadText(kModelRecord), kModelRecord);
  CheckSchemaVersion(model);
  const Json& module = Member(model, "graph_module", kModelRecord);
  state.program =
      DecodeGraph(Member(module, "graph", "graph_module"), device, state.precision, limits.nodes);
  const Weights weights = ReadWeights(archive, device, state.precision);
  BindInputs(state.program, model, weights, state.card.preprocessing);
  FindCaptures(state.program, Member(module, "module_call_graph", "graph_module"),
               SelectionOf(state.card, limits));
  ChooseOutput(state.program, Member(Member(module, "graph", "graph_module"), "outputs", "graph"),
               Member(module, "module_call_graph", "graph_module"), state.card.output);
  CheckTimeMap(state.program, Member(module, "module_call_graph", "graph_module"),
               state.card.time_map);
  CheckSampling(state, limits);
  if (layers == Layers::kAll) WidenToAll(state, module, weights);
  FindLifetimes(state.program);
  for (const Capture& capture : state.program.captures) state.layers.push_back(capture.layer);
  return state;
}

Result<std::unique_ptr<Network::State>> LoadFile(const FileView& file, const std::string& device,
                                                 const NetworkLimits& limits, Layers layers) {
  const std::string name = std::filesystem::path(file.name).filename().string();
  VENTRAL_ASSIGN_OR_RETURN(const c10::Device place, FindDevice(device));
  return Contained(name + " is no network", [&] {
    return std::make_unique<Network::State>(LoadState(file.bytes, place, limits, layers));
  });
}

}  // namespace

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Result<Network> Network::Load(const FileView& file, const std::string& device,
                              const NetworkLimits& limits) {
  VENTRAL_ASSIGN_OR_RETURN(auto state, LoadFile(file, device, limits, Layers::kOfTheCard));
  return Network(std::move(state));
}

Result<Network> Network::LoadWhole(const FileView& file, const std::string& device,
                                   const NetworkLimits& limits) {
  VENTRAL_ASSIGN_OR_RETURN(auto state, LoadFile(file, device, limits, Layers::kAll));
  return Network(std::move(state));
}

const Preprocessing& Network::preprocessing() const { return state_->card.preprocessing; }
const std::vector<NetworkLayer>& Network::layers() const { return state_->layers; }
const std::map<std::string, std::string>& Network::committed_layers() const {
  return state_->card.committed_layers;
}
std::optional<Sampling> Network::sampling() const { return state_->card.sampling; }
BatchRange Network::batch_range() const { return state_->program.batch; }

}  // namespace ventral
