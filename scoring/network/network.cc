#include "scoring/network/network.h"

#include <filesystem>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_formats.h"

namespace ventral {
namespace {

// archive → card, and what runs it. Throws.
Network::State LoadState(std::string_view file, c10::Device device, const LoadOptions& options) {
  Network::State state;
  state.device = device;
  state.precision = FindPrecision(options.limits.precision);
  Archive archive(file, options.limits);
  if (!archive.Has(kCardRecord)) {
    throw Refusal(
        "it states neither preprocessing nor layers (no extra/ventral.json); write it with "
        "ventral.export");
  }
  state.card = ParseCard(archive.ReadText(kCardRecord));
  if (options.limits.sampling) state.card.sampling = options.limits.sampling;
  if (archive.kind() == ArchiveKind::kScript) {
    LoadScript(archive, options, state);
  } else {
    LoadExport(archive, options, state);
  }
  return state;
}

Result<std::unique_ptr<Network::State>> LoadFile(const FileView& file, const std::string& device,
                                                 const LoadOptions& options) {
  const std::string name = std::filesystem::path(file.name).filename().string();
  VENTRAL_ASSIGN_OR_RETURN(const c10::Device place, FindDevice(device));
  return Contained(name + " is no network", [&] {
    return std::make_unique<Network::State>(LoadState(file.bytes, place, options));
  });
}

}  // namespace

LayerSelection SelectionOf(const Card& card, const NetworkLimits& limits) {
  if (limits.layers.empty() && !card.layers.empty())
    return {LayerSelection::Kind::kNamed, card.layers};
  LayerSelection selection{LayerSelection::Kind::kBlocks, {}};
  if (!limits.layers.empty()) selection = {LayerSelection::Kind::kPatterns, limits.layers};
  for (const auto& [region, layer] : card.committed_layers) selection.names.push_back(layer);
  return selection;
}

void RequireSampling(const std::string& who) {
  throw Refusal(who +
                " draws random numbers: state how many samples and which seed (sampling), or "
                "export the network in evaluation mode");
}

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Result<Network> Network::Load(const FileView& file, const std::string& device,
                              const NetworkLimits& limits) {
  VENTRAL_ASSIGN_OR_RETURN(auto state, LoadFile(file, device, {limits}));
  return Network(std::move(state));
}

Result<Network> Network::LoadWhole(const FileView& file, const std::string& device,
                                   const NetworkLimits& limits) {
  VENTRAL_ASSIGN_OR_RETURN(auto state, LoadFile(file, device, {limits, true}));
  return Network(std::move(state));
}

const Preprocessing& Network::preprocessing() const { return state_->card.preprocessing; }
const std::vector<NetworkLayer>& Network::layers() const { return state_->layers; }
const std::map<std::string, std::string>& Network::committed_layers() const {
  return state_->card.committed_layers;
}
std::optional<Sampling> Network::sampling() const { return state_->card.sampling; }
BatchRange Network::batch_range() const { return state_->batch; }

}  // namespace ventral
