// FindCaptures, FindAllCaptures, CheckTimeMap and FindLifetimes of torch_graph.h.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_graph.h"
#include "scoring/network/torch_returned.h"
#include "scoring/network/torch_views.h"

namespace ventral {
namespace {

using Place = std::ptrdiff_t;  // of a node; -1 before the first

// Which nodes make, use and call what.
struct Uses {
  explicit Uses(const Program& program)
      : made(program.names.size(), -1), used(program.names.size()) {
    for (Place place = 0; place < std::ssize(program.nodes); ++place) {
      const Node& node = program.nodes[static_cast<std::size_t>(place)];
      for (const Operand& argument : node.arguments) {
        for (const ValueId value : ValuesOf(argument))
          used[static_cast<std::size_t>(value)].push_back(place);
      }
      for (int guard = node.guard; guard != kNoGuard;) {
        const Guard& about = program.guards[static_cast<std::size_t>(guard)];
        used[static_cast<std::size_t>(about.predicate)].push_back(place);
        guard = about.outer;
      }
      for (const ValueId value : ResultsOf(node)) made[static_cast<std::size_t>(value)] = place;
      for (const LayerId& call : node.modules) calls[call].push_back(place);
    }
    for (const ValueId value : program.outputs) {
      used[static_cast<std::size_t>(value)].push_back(std::ssize(program.nodes));
    }
  }
  std::vector<Place> made;
  std::vector<std::vector<Place>> used;
  std::map<LayerId, std::vector<Place>> calls;
};

LayerId CallOf(const std::string& name) {
  const std::size_t at = name.rfind('@');
  LayerId call{name.substr(0, at), 0};
  if (at != std::string::npos) {
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + at + 1, end, call.step);
    if (error != std::errc() || stop != end || call.step < 0)
      throw Refusal("module call '" + name + "' is no path@step");
  }
  return call;
}

// Without a signature: the one tensor that leaves the module, else the one that its last node
// makes.
ValueId InferredOutput(const LayerId& call, const std::vector<Place>& places,
                       const Program& program, const Uses& uses) {
  const std::set<Place> inside(places.begin(), places.end());
  std::vector<ValueId> leaving, last;
  for (const Place place : places) {
    last.clear();
    for (const ValueId value : ResultsOf(program.nodes[static_cast<std::size_t>(place)])) {
      if (program.kinds[static_cast<std::size_t>(value)] != ValueKind::kTensor) continue;
      last.push_back(value);
      const auto& used = uses.used[static_cast<std::size_t>(value)];
      if (std::any_of(used.begin(), used.end(), [&](Place use) { return !inside.contains(use); }))
        leaving.push_back(value);
    }
  }
  if (leaving.size() == 1) return leaving.front();
  if (last.size() == 1) return last.front();
  throw Refusal("the output of layer " + call.ToString() +
                " cannot be told from the graph; export it with ventral.export");
}

Place LastPlace(const Uses& uses, const LayerId& call) {
  const auto found = uses.calls.find(call);
  return found == uses.calls.end() ? -1 : found->second.back();
}

// Values that may share memory with weights: what views of them return (alias annotations of the
// schemas).
void MarkWritten(Program& program) {
  std::map<ValueId, std::set<std::size_t>> roots;  // value → bindings
  for (std::size_t i = 0; i < program.bindings.size(); ++i)
    roots[program.bindings[i].value].insert(i);
  for (const Node& node : program.nodes) {
    if (!node.op && !node.select) continue;
    std::set<std::size_t> reached;
    for (std::size_t place = 0; place < node.arguments.size(); ++place) {
      const auto* alias = node.op ? node.op->schema().arguments()[place].alias_info() : nullptr;
      if (node.op && alias == nullptr) continue;  // what a branch returns may be what it was given
      for (const ValueId value : ValuesOf(node.arguments[place])) {
        const auto found = roots.find(value);
        if (found == roots.end()) continue;
        reached.insert(found->second.begin(), found->second.end());
        if (alias != nullptr && alias->isWrite()) {
          for (const std::size_t binding : found->second) program.bindings[binding].written = true;
        }
      }
    }
    if (reached.empty()) continue;
    for (const ValueId value : ResultsOf(node)) roots[value].insert(reached.begin(), reached.end());
  }
}

// The module calls of a network, and what each returns.
class ModuleCalls {
 public:
  ModuleCalls(const Program& program, const Json& module_calls)
      : program_(program), uses_(program) {
    for (const Json& entry : ArrayOf(module_calls, "module_call_graph")) {
      const LayerId call = CallOf(TextOf(Member(entry, "fqn", "module_call_graph"), "fqn"));
      const Json* signature = OptionalMember(entry, "signature", "module_call_graph");
      if (signature == nullptr || call.path.empty()) continue;
      signatures_[call] = signature;
      steps_[call.path].insert(call.step);
    }
    for (const auto& [call, places] : uses_.calls) steps_[call.path].insert(call.step);
    for (const auto& [call, values] : program.traces) steps_[call.path].insert(call.step);
  }

  const std::map<std::string, std::set<std::int64_t>>& steps() const { return steps_; }

  // The tensors that a call returns, by name. Throws Refusal if that cannot be told.
  std::vector<ReturnedTensor> Returned(const LayerId& call) const {
    if (const Json* signature = SignatureOf(call))
      return ReturnedBySignature(*signature, call, program_);
    const auto places = uses_.calls.find(call);
    if (places == uses_.calls.end()) throw Refusal("layer " + call.ToString() + " is not called");
    return {{"", InferredOutput(call, places->second, program_, uses_)}};
  }

  Capture CaptureOf(const LayerName& name, std::int64_t step) const {
    const LayerId call{name.module, step};
    const auto returned = Returned(call);
    const auto found = std::find_if(returned.begin(), returned.end(), [&](const auto& tensor) {
      return tensor.element == name.element;
    });
    if (found == returned.end()) {
      throw Refusal("layer '" + JoinLayer(name) + "' is none: module " + call.ToString() +
                    " returns " +
                    (returned.empty() ? "no tensor" : ShownLayers(name.module, returned)));
    }
    const Place last = LastPlace(uses_, call);
    const Place made = uses_.made[static_cast<std::size_t>(found->value)];
    Capture capture{{{JoinLayer(name), step}, SignatureOf(call) == nullptr},
                    found->value,
                    std::max(last, made)};
    // Of a module without nodes nothing says whether it returned before or after such a write.
    if (const auto write = views_.find(found->value);
        last < 0 && write != views_.end() && write->second > made) {
      capture.layer.inferred = true;
      capture.after = write->second;
    }
    return capture;
  }

  // Modules with nodes, in the order in which their last call ends.
  std::vector<CalledModule> InOrder() const {
    std::map<std::string, std::pair<Place, bool>> ends;  // and whether it has parameters
    for (const auto& [call, places] : uses_.calls) {
      auto& [end, has_parameters] = ends.try_emplace(call.path, -1, false).first->second;
      end = std::max(end, places.back());
      has_parameters = has_parameters || std::any_of(places.begin(), places.end(), [&](Place at) {
                         return ReadsParameter(program_.nodes[static_cast<std::size_t>(at)]);
                       });
    }
    std::vector<CalledModule> modules;
    for (const auto& [path, about] : ends) {
      const auto found = program_.classes.find(path);
      modules.push_back({path, found == program_.classes.end() ? "" : found->second, about.second});
    }
    std::stable_sort(modules.begin(), modules.end(), [&](const auto& a, const auto& b) {
      return ends.at(a.path).first < ends.at(b.path).first;
    });
    return modules;
  }

  // Whether a score could be made from it, as far as the file tells.
  bool IsScorable(ValueId value) const {
    return value != program_.image && !program_.unscorable.contains(value);
  }

 private:
  // A call in a subgraph beyond the first has no entry of its own, but the same tree of values.
  const Json* SignatureOf(const LayerId& call) const {
    auto found = signatures_.find(call);
    if (found == signatures_.end() && program_.traces.contains(call))
      found = signatures_.find({call.path, 0});
    return found == signatures_.end() ? nullptr : found->second;
  }

  bool ReadsParameter(const Node& node) const {
    for (const Operand& argument : node.arguments) {
      for (const ValueId value : ValuesOf(argument)) {
        if (program_.parameters.contains(value)) return true;
      }
    }
    return false;
  }

  const Program& program_;
  const Uses uses_;
  const std::map<ValueId, Place> views_ = WrittenThroughViews(program_);
  std::map<LayerId, const Json*> signatures_;
  std::map<std::string, std::set<std::int64_t>> steps_;
};

// Layers of the module that can be scored; none where its output cannot be told.
std::vector<std::string> LayersOf(const ModuleCalls& calls, const std::string& path) {
  std::vector<std::string> layers;
  try {
    for (const ReturnedTensor& tensor : calls.Returned({path, *calls.steps().at(path).begin()})) {
      if (calls.IsScorable(tensor.value)) layers.push_back(JoinLayer({path, tensor.element}));
    }
  } catch (const Refusal&) {
    layers.clear();
  }
  return layers;
}

// In the order of execution, those without nodes last.
std::vector<ModuleLayers> AllModules(const ModuleCalls& calls) {
  std::vector<ModuleLayers> modules;
  std::set<std::string> known;
  const auto add = [&](const CalledModule& module) {
    const std::int64_t steps = std::ssize(calls.steps().at(module.path));
    if (known.insert(module.path).second)
      modules.push_back({module, steps, LayersOf(calls, module.path)});
  };
  for (const CalledModule& module : calls.InOrder()) add(module);
  for (const auto& [path, steps] : calls.steps()) add({path, "", false});
  return modules;
}

}  // namespace

void FindCaptures(Program& program, const Json& module_calls, const LayerSelection& selection) {
  const ModuleCalls calls(program, module_calls);
  const bool named = selection.kind == LayerSelection::Kind::kNamed;
  const auto modules = named ? std::vector<ModuleLayers>() : AllModules(calls);
  for (const std::string& layer : SelectLayers(modules, selection)) {
    const LayerName name = SplitLayer(layer);
    const auto steps = calls.steps().find(name.module);
    if (steps == calls.steps().end()) {
      throw Refusal("layer '" + layer + "' of ventral.json is no module that the network calls");
    }
    for (const std::int64_t step : steps->second)
      program.captures.push_back(calls.CaptureOf(name, step));
  }
  std::stable_sort(program.captures.begin(), program.captures.end(),
                   [](const Capture& a, const Capture& b) { return a.after < b.after; });
}

void FindAllCaptures(Program& program, const Json& module_calls,
                     std::map<LayerId, std::string>& without_output) {
  const ModuleCalls calls(program, module_calls);
  for (const auto& [path, steps] : calls.steps()) {
    if (path.empty()) continue;
    for (const std::int64_t step : steps) {
      try {
        const auto returned = calls.Returned({path, step});
        if (returned.empty()) throw Refusal("it returns no tensor");
        for (const ReturnedTensor& tensor : returned)
          program.captures.push_back(calls.CaptureOf({path, tensor.element}, step));
      } catch (const Refusal& refusal) {
        without_output[{path, step}] = refusal.what();
      }
    }
  }
  std::stable_sort(program.captures.begin(), program.captures.end(),
                   [](const Capture& a, const Capture& b) { return a.after < b.after; });
}

void CheckTimeMap(const Program& program, const Json& module_calls,
                  const std::map<std::string, std::vector<double>>& time_map) {
  if (time_map.empty()) return;
  const ModuleCalls calls(program, module_calls);
  for (const auto& [path, times] : time_map) {
    const auto found = calls.steps().find(path);
    if (path.empty() || found == calls.steps().end()) {
      throw Refusal("ventral.json: time_map: '" + path + "' is no module that the network calls");
    }
    if (found->second.size() == times.size()) continue;
    throw Refusal("ventral.json: time_map: '" + path + "' has " + std::to_string(times.size()) +
                  " times, and the network calls it " + std::to_string(found->second.size()) +
                  " times");
  }
}

void FindLifetimes(Program& program) {
  const Uses uses(program);
  std::vector<Place> last = uses.made;
  for (std::size_t value = 0; value < last.size(); ++value) {
    for (const Place use : uses.used[value]) last[value] = std::max(last[value], use);
  }
  for (const Capture& capture : program.captures) {
    auto& place = last[static_cast<std::size_t>(capture.value)];
    place = std::max(place, capture.after);
  }
  for (std::size_t value = 0; value < last.size(); ++value) {
    if (last[value] < 0 || last[value] >= std::ssize(program.nodes)) continue;
    program.nodes[static_cast<std::size_t>(last[value])].dead.push_back(
        static_cast<ValueId>(value));
  }
  MarkWritten(program);
}

}  // namespace ventral
