// FindCaptures and FindLifetimes of torch_graph.h.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_graph.h"

namespace ventral {
namespace {

using Place = std::ptrdiff_t;  // of a node; -1 before the first

std::vector<ValueId> ValuesOf(const Operand& operand) {
  std::vector<ValueId> values;
  if (operand.kind == Operand::Kind::kValue) values.push_back(operand.value);
  for (const Operand& item : operand.items) {
    if (item.kind == Operand::Kind::kValue) values.push_back(item.value);
  }
  return values;
}

std::vector<ValueId> ResultsOf(const Node& node) {
  std::vector<ValueId> values;
  for (const OutputSlot& slot : node.outputs) {
    std::copy_if(slot.values.begin(), slot.values.end(), std::back_inserter(values),
                 [](ValueId value) { return value != kNoValue; });
  }
  return values;
}

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

// A module's signature must name one tensor: that is its output.
ValueId StatedOutput(const Json& signature, const LayerId& call, const Program& program) {
  const Json& outputs = ArrayOf(Member(signature, "outputs", "module_call_graph"), "outputs");
  if (outputs.size() != 1 || TaggedOf(outputs[0], "outputs").tag != "as_tensor") {
    throw Refusal("layer " + call.ToString() +
                  " does not return one tensor, so it cannot be scored");
  }
  const std::string& name =
      TextOf(Member(TaggedOf(outputs[0], "outputs").value, "name", "outputs"), "name");
  const auto found = program.index.find(name);
  if (found == program.index.end() ||
      program.kinds[static_cast<std::size_t>(found->second)] != ValueKind::kTensor) {
    throw Refusal("the signature of layer " + call.ToString() + " names '" + name +
                  "', which is no tensor of the graph");
  }
  return found->second;
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
    if (!node.op) continue;
    const auto& schema = node.op->schema();
    std::set<std::size_t> reached;
    for (std::size_t place = 0; place < node.arguments.size(); ++place) {
      const auto* alias = schema.arguments()[place].alias_info();
      if (alias == nullptr) continue;
      for (const ValueId value : ValuesOf(node.arguments[place])) {
        const auto found = roots.find(value);
        if (found == roots.end()) continue;
        reached.insert(found->second.begin(), found->second.end());
        if (alias->isWrite()) {
          for (const std::size_t binding : found->second) program.bindings[binding].written = true;
        }
      }
    }
    if (reached.empty()) continue;
    for (const ValueId value : ResultsOf(node)) roots[value].insert(reached.begin(), reached.end());
  }
}

}  // namespace

void FindCaptures(Program& program, const Json& module_calls,
                  const std::vector<std::string>& layers) {
  const Uses uses(program);
  const std::set<std::string> wanted(layers.begin(), layers.end());
  std::map<LayerId, Capture> captures;
  for (const Json& entry : ArrayOf(module_calls, "module_call_graph")) {
    const Json* signature = OptionalMember(entry, "signature", "module_call_graph");
    const LayerId call = CallOf(TextOf(Member(entry, "fqn", "module_call_graph"), "fqn"));
    if (signature == nullptr || !wanted.contains(call.path)) continue;
    const ValueId value = StatedOutput(*signature, call, program);
    const Place after = std::max(LastPlace(uses, call), uses.made[static_cast<std::size_t>(value)]);
    captures[call] = {{call, false}, value, after};
  }
  for (const auto& [call, places] : uses.calls) {
    if (!wanted.contains(call.path) || captures.contains(call)) continue;
    const ValueId value = InferredOutput(call, places, program, uses);
    captures[call] = {{call, true}, value, places.back()};
  }
  for (const std::string& layer : layers) {
    const auto found = captures.lower_bound({layer, 0});
    if (found == captures.end() || found->first.path != layer) {
      throw Refusal("layer '" + layer + "' of ventral.json is no module that the network calls");
    }
    for (auto at = found; at != captures.end() && at->first.path == layer; ++at)
      program.captures.push_back(at->second);
  }
  std::stable_sort(program.captures.begin(), program.captures.end(),
                   [](const Capture& a, const Capture& b) { return a.after < b.after; });
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
