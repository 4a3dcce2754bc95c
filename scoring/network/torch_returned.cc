#include "scoring/network/torch_returned.h"

#include <set>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

constexpr std::string_view kOfModule = "..";

// The keys of a dict are its context, a JSON list; tuples, lists and named tuples count.
std::vector<std::string> ChildNames(const Json& spec, std::size_t children,
                                    const std::string& where) {
  std::vector<std::string> names;
  const std::string type = TextOf(Member(spec, "type", where), where);
  const bool keyed = type.ends_with("dict") || type.ends_with("Dict");
  const Json* context = OptionalMember(spec, "context", where);
  if (keyed && context != nullptr) {
    const Json keys = ParseJson(TextOf(*context, where), where);
    for (const Json& key : ArrayOf(keys, where)) {
      names.push_back(key.is_string() ? key.get<std::string>() : key.dump());
    }
    if (names.size() == children) return names;
    throw Refusal(where + ": " + std::to_string(names.size()) + " keys for " +
                  std::to_string(children) + " values");
  }
  for (std::size_t i = 0; i < children; ++i) names.push_back(std::to_string(i));
  return names;
}

void AppendLeaves(const Json& spec, const std::string& prefix, const std::string& where,
                  std::vector<std::string>& leaves) {
  if (OptionalMember(spec, "type", where) == nullptr) return leaves.push_back(prefix);
  const Json& children = ArrayOf(Member(spec, "children_spec", where), where);
  const auto names = ChildNames(spec, children.size(), where);
  for (std::size_t i = 0; i < children.size(); ++i) {
    AppendLeaves(children[i], prefix.empty() ? names[i] : prefix + "." + names[i], where, leaves);
  }
}

// The value of each output; kNoValue for what is no tensor.
std::vector<ValueId> Values(const Json& outputs, const LayerId& call, const Program& program) {
  std::vector<ValueId> values;
  for (const Json& output : outputs) {
    const auto [tag, value] = TaggedOf(output, "outputs");
    if (tag != "as_tensor") {
      values.push_back(kNoValue);
      continue;
    }
    const std::string& name = TextOf(Member(value, "name", "outputs"), "name");
    const auto found = program.index.find(name);
    if (found == program.index.end() ||
        program.kinds[static_cast<std::size_t>(found->second)] != ValueKind::kTensor) {
      throw Refusal("the signature of layer " + call.ToString() + " names '" + name +
                    "', which is no tensor of the graph");
    }
    values.push_back(found->second);
  }
  return values;
}

}  // namespace

LayerName SplitLayer(std::string_view layer) {
  const std::size_t at = layer.find(kOfModule);
  if (at == std::string_view::npos) return {std::string(layer), ""};
  return {std::string(layer.substr(0, at)), std::string(layer.substr(at + kOfModule.size()))};
}

std::string JoinLayer(const LayerName& name) {
  return name.element.empty() ? name.module : name.module + std::string(kOfModule) + name.element;
}

std::vector<std::string> ElementNames(const std::string& out_spec, const std::string& where) {
  const Json tree = ParseJson(out_spec, where);
  if (!tree.is_array() || tree.size() != 2) throw Refusal(where + ": [version, tree] is needed");
  std::vector<std::string> names;
  AppendLeaves(tree[1], "", where, names);
  if (std::set<std::string>(names.begin(), names.end()).size() != names.size())
    throw Refusal(where + ": two of its values have one name");
  return names;
}

std::vector<ReturnedTensor> ReturnedBySignature(const Json& signature, const LayerId& call,
                                                const Program& program) {
  const std::string where = "out_spec of layer " + call.ToString();
  const Json& outputs = ArrayOf(Member(signature, "outputs", "module_call_graph"), "outputs");
  std::vector<ValueId> values = Values(outputs, call, program);
  if (const auto traced = program.traces.find(call);
      values.empty() && traced != program.traces.end()) {
    values = traced->second;
  }
  const auto names = ElementNames(TextOf(Member(signature, "out_spec", where), where), where);
  if (names.size() != values.size()) {
    throw Refusal(where + ": " + std::to_string(names.size()) + " values, its outputs are " +
                  std::to_string(values.size()));
  }
  std::vector<ReturnedTensor> returned;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_tensor = values[i] != kNoValue &&
                           program.kinds[static_cast<std::size_t>(values[i])] == ValueKind::kTensor;
    if (is_tensor) returned.push_back({names[i], values[i]});
  }
  return returned;
}

void ChooseOutput(Program& program, const Json& graph_outputs, const Json& module_calls,
                  const std::string& output) {
  if (output.empty()) return;
  for (const Json& entry : ArrayOf(module_calls, "module_call_graph")) {
    if (TextOf(Member(entry, "fqn", "module_call_graph"), "fqn") != "") continue;
    Json signature = Member(entry, "signature", "module_call_graph");
    signature["outputs"] = graph_outputs;
    const auto returned = ReturnedBySignature(signature, {"", 0}, program);
    for (const ReturnedTensor& tensor : returned) {
      if (tensor.element != output) continue;
      program.outputs = {tensor.value};
      return;
    }
    throw Refusal("ventral.json: output '" + output + "' is none; the network returns " +
                  ShownLayers("", returned));
  }
  throw Refusal("ventral.json names an output, and the archive does not say what it returns");
}

std::string ShownLayers(const std::string& module, const std::vector<ReturnedTensor>& returned) {
  std::string text;
  for (const ReturnedTensor& tensor : returned) {
    text += (text.empty() ? "" : ", ") + JoinLayer({module, tensor.element});
  }
  return text;
}

}  // namespace ventral
