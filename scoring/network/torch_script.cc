// LoadScript of torch_formats.h: the module's graph, flat, and the layers that a run shows.
#include "scoring/network/torch_script.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <new>
#include <set>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_formats.h"
#include "scoring/network/torch_input.h"
#include "scoring/network/torch_returned.h"

namespace ventral {
namespace {

constexpr std::int64_t kMostCalls = 100'000;  // of modules, in one run

// What one call of a module returned.
struct SeenCall {
  LayerId call;
  std::string module_class;
  std::vector<std::string> elements;  // the tensors in it, by name
  std::set<std::string> scorable;     // floating point, with a row for each stimulus
};

class Discovery final : public ScriptListener {
 public:
  Discovery(const std::vector<CallSite>& sites, at::Tensor batch)
      : sites_(sites), batch_(std::move(batch)) {}

  void Enter(std::size_t site) override {
    if (++calls_ > kMostCalls)
      throw Refusal("it calls its modules more than " + std::to_string(kMostCalls) + " times");
    const std::string& path = sites_.at(site).path;
    running_.push_back({path, steps_[path]++});
  }

  void Leave(std::size_t site, const c10::IValue& returned) override {
    SeenCall seen{running_.back(), sites_.at(site).module_class, {}, {}};
    running_.pop_back();
    for (const auto& [name, tensor] : TensorsIn(returned)) {
      seen.elements.push_back(name);
      const bool rows = tensor.dim() > 0 && tensor.size(0) == batch_.size(0) && tensor.numel() > 0;
      if (rows && tensor.is_floating_point() && !tensor.is_same(batch_)) seen.scorable.insert(name);
    }
    seen_.push_back(std::move(seen));
  }

  const std::vector<SeenCall>& seen() const { return seen_; }
  const std::map<std::string, std::int64_t>& steps() const { return steps_; }

 private:
  const std::vector<CallSite>& sites_;
  const at::Tensor batch_;
  std::int64_t calls_ = 0;
  std::map<std::string, std::int64_t> steps_;
  std::vector<LayerId> running_;
  std::vector<SeenCall> seen_;
};

// A smooth image, the same for all stimuli; whole numbers are pixels.
at::Tensor MadeUpBatch(const Network::State& state, std::int64_t stimuli) {
  const auto sizes = InputSizes(state.card.preprocessing, stimuli);
  const auto type = InputType(state.card.preprocessing);
  std::int64_t values = 1;
  for (std::size_t axis = 1; axis < sizes.size(); ++axis) values *= sizes[axis];
  at::Tensor image = at::arange(values, at::kFloat).mul_(0.13).sin_();
  if (type != at::kFloat) image = image.mul_(127).add_(128);
  image = image.to(type == at::kFloat ? state.precision : type);
  std::vector<std::int64_t> one(sizes.begin() + 1, sizes.end());
  return image.reshape(one).unsqueeze(0).expand(sizes).contiguous().to(state.device);
}

// Whether the run drew random numbers is seen in the generator.
class DrawWatch {
 public:
  explicit DrawWatch(c10::Device device)
      : generator_(at::globalContext().defaultGenerator(device)) {
    before_ = State();
  }
  bool Drew() const { return !at::equal(before_, State()); }

 private:
  at::Tensor State() const {
    const std::lock_guard lock(generator_.mutex());
    return at::Tensor(generator_.unsafeGetGeneratorImpl()->get_state());
  }
  mutable at::Generator generator_;
  at::Tensor before_;
};

Discovery Run(const FlatScript& script, const Network::State& state, std::int64_t stimuli) {
  const at::Tensor batch = MadeUpBatch(state, stimuli);
  Discovery discovery(script.sites, batch);
  RunScript(script, batch.clone(), discovery);
  return discovery;
}

// Several stimuli at once, or one, where the network was traced for one.
Discovery Discover(const FlatScript& script, Network::State& state) {
  std::string reason;
  for (const std::int64_t stimuli : {2, 1}) {
    try {
      Discovery found = Run(script, state, stimuli);
      if (stimuli == 1) state.batch = {1, 1};
      return found;
    } catch (const Refusal&) {
      throw;
    } catch (const std::exception& error) {
      if (reason.empty()) reason = ReasonIn(error.what());
      if (SpeaksOfMemory(error.what())) throw std::bad_alloc();
    }
  }
  throw Refusal("it does not run on an input of " + ShownInput(state.card.preprocessing) + ": " +
                reason);
}

// In the order in which the last call of each ends.
std::vector<ModuleLayers> ModulesOf(const Discovery& discovery,
                                    const std::map<std::string, at::Tensor>& parameters) {
  std::map<std::string, std::size_t> last;
  for (std::size_t i = 0; i < discovery.seen().size(); ++i) last[discovery.seen()[i].call.path] = i;
  std::vector<ModuleLayers> modules;
  for (std::size_t i = 0; i < discovery.seen().size(); ++i) {
    const SeenCall& seen = discovery.seen()[i];
    if (last.at(seen.call.path) != i || seen.call.path.empty()) continue;
    const std::string prefix = seen.call.path + ".";
    const auto first = parameters.lower_bound(prefix);
    const bool has_parameters = first != parameters.end() && first->first.starts_with(prefix);
    ModuleLayers module{{seen.call.path, seen.module_class, has_parameters},
                        discovery.steps().at(seen.call.path),
                        {}};
    for (const std::string& element : seen.elements) {
      if (seen.scorable.contains(element))
        module.layers.push_back(JoinLayer({seen.call.path, element}));
    }
    modules.push_back(std::move(module));
  }
  return modules;
}

// The calls of the layers, in the order of execution.
std::vector<LayerId> CallsOf(const std::vector<std::string>& layers, const Discovery& discovery) {
  std::vector<LayerId> calls;
  std::set<std::string> left(layers.begin(), layers.end());
  const std::set<std::string> wanted = left;
  for (const SeenCall& seen : discovery.seen()) {
    for (const std::string& element : seen.elements) {
      const std::string layer = JoinLayer({seen.call.path, element});
      if (!wanted.contains(layer)) continue;
      calls.push_back({layer, seen.call.step});
      left.erase(layer);
    }
  }
  if (!left.empty()) {
    throw Refusal("layer '" + *left.begin() +
                  "' of ventral.json is no module that the network calls, or none of its tensors");
  }
  return calls;
}

void CheckTimes(const Discovery& discovery,
                const std::map<std::string, std::vector<double>>& time_map) {
  for (const auto& [path, times] : time_map) {
    const auto found = discovery.steps().find(path);
    if (path.empty() || found == discovery.steps().end())
      throw Refusal("ventral.json: time_map: '" + path + "' is no module that the network calls");
    if (found->second == std::ssize(times)) continue;
    throw Refusal("ventral.json: time_map: '" + path + "' has " + std::to_string(times.size()) +
                  " times, and the network calls it " + std::to_string(found->second) + " times");
  }
}

// LoadWhole: every tensor of every call.
std::vector<LayerId> AllCalls(const Discovery& discovery, Network::State& state) {
  std::vector<LayerId> calls;
  for (const SeenCall& seen : discovery.seen()) {
    if (seen.call.path.empty()) continue;
    if (seen.elements.empty()) state.without_output[seen.call] = "it returns no tensor";
    for (const std::string& element : seen.elements)
      calls.push_back({JoinLayer({seen.call.path, element}), seen.call.step});
  }
  return calls;
}

}  // namespace

torch::jit::Module ReadScript(Archive& archive, c10::Device device, c10::ScalarType precision) {
  archive.CheckAll();
  torch::jit::Module module = torch::jit::load(AdapterOf(archive.file()), device, false);
  module.eval();
  if (precision != c10::kFloat) module.to(precision);
  return module;
}

void LoadScript(Archive& archive, const LoadOptions& options, Network::State& state) {
  FlatScript script =
      Flatten(ReadScript(archive, state.device, state.precision), options.limits.nodes);
  for (const auto& parameter : script.module.named_parameters())
    state.parameters.emplace(parameter.name, parameter.value);
  const DrawWatch draws(state.device);
  const Discovery discovery = Discover(script, state);
  if (!draws.Drew()) state.card.sampling.reset();
  if (draws.Drew() && !state.card.sampling) RequireSampling("the network");
  CheckTimes(discovery, state.card.time_map);
  const auto selected =
      SelectLayers(ModulesOf(discovery, state.parameters), SelectionOf(state.card, options.limits));
  std::vector<LayerId> layers = CallsOf(selected, discovery);
  if (options.whole) {
    state.scored = {layers.begin(), layers.end()};
    layers = AllCalls(discovery, state);
  }
  for (const LayerId& layer : layers) state.layers.push_back({layer, false});
  state.runnable = RunnableOf(std::move(script), std::move(layers), state.card.output);
}

}  // namespace ventral
