#include "scoring/network/network.h"

#include <filesystem>

#include "scoring/network/torch_archive.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_graph.h"
#include "scoring/network/torch_network.h"

namespace ventral {
namespace {

constexpr char kModelRecord[] = "models/model.json";

// archive → card, graph, weights → verified program. Throws.
Network::State LoadState(std::string_view file, c10::Device device, const NetworkLimits& limits) {
  Network::State state;
  state.device = device;
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
  state.program = DecodeGraph(Member(module, "graph", "graph_module"), device, limits.nodes);
  FindCaptures(state.program, Member(module, "module_call_graph", "graph_module"),
               state.card.layers);
  BindInputs(state.program, model, ReadWeights(archive, device), state.card.preprocessing);
  FindLifetimes(state.program);
  for (const Capture& capture : state.program.captures) state.layers.push_back(capture.layer);
  return state;
}

}  // namespace

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Result<Network> Network::Load(const FileView& file, const std::string& device,
                              const NetworkLimits& limits) {
  const std::string name = std::filesystem::path(file.name).filename().string();
  VENTRAL_ASSIGN_OR_RETURN(const c10::Device place, FindDevice(device));
  VENTRAL_ASSIGN_OR_RETURN(auto state, Contained(name + " is no network", [&] {
                             return std::make_unique<State>(LoadState(file.bytes, place, limits));
                           }));
  return Network(std::move(state));
}

const Preprocessing& Network::preprocessing() const { return state_->card.preprocessing; }
const std::vector<NetworkLayer>& Network::layers() const { return state_->layers; }
const std::map<std::string, std::string>& Network::committed_layers() const {
  return state_->card.committed_layers;
}
BatchRange Network::batch_range() const { return state_->program.batch; }

}  // namespace ventral
