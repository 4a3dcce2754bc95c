#include "scoring/network/torch_graph.h"

#include <torch/version.h>

#include <charconv>

#include "scoring/network/operators.h"
#include "scoring/network/torch_argument.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_subgraph.h"

namespace ventral {
namespace {

constexpr std::int64_t kSchemaMajor = 8;
constexpr std::string_view kAten = "torch.ops.aten.";

// What torch.export says of nodes that it made itself.
constexpr std::string_view kNoModule = "_empty_nn_module_stack_from_metadata_hook";

// What torch.export gives the k-th call of a module: "key@k,path,type;…", outermost first.
std::vector<LayerId> ModuleCalls(std::string_view stack, Program& program) {
  std::vector<LayerId> calls;
  while (!stack.empty()) {
    const std::string_view item = stack.substr(0, stack.find(';'));
    stack.remove_prefix(std::min(stack.size(), item.size() + 1));
    const std::size_t comma = item.find(',');
    if (comma == std::string_view::npos) continue;
    const std::string_view key = item.substr(0, comma), rest = item.substr(comma + 1);
    LayerId call{std::string(rest.substr(0, rest.find(','))), 0};
    if (const std::size_t at = key.rfind('@'); at != std::string_view::npos) {
      std::from_chars(key.data() + at + 1, key.data() + key.size(), call.step);
    }
    if (call.path.empty() || call.path == kNoModule) continue;
    const std::size_t type = rest.find(',');
    if (type != std::string_view::npos) program.classes.emplace(call.path, rest.substr(type + 1));
    calls.push_back(std::move(call));
  }
  return calls;
}

// "torch.ops.aten.conv2d.padding" → the registered operator, if the list has it.
c10::OperatorHandle FindOperator(const std::string& target) {
  const std::string_view name = std::string_view(target).substr(kAten.size());
  if (!IsAllowedOperator(name))
    throw Refusal("this operator is not allowed in a checkpoint (scoring/network/operators.txt)");
  const std::size_t dot = name.rfind('.');
  const std::string_view overload = name.substr(dot + 1);
  const auto found =
      c10::Dispatcher::singleton().findSchema({"aten::" + std::string(name.substr(0, dot)),
                                               overload == "default" ? "" : std::string(overload)});
  if (!found) throw Refusal("this LibTorch has no such operator");
  return *found;
}

void DecodeArguments(Node& node, const Json& inputs, const Program& program,
                     const Setting& setting) {
  const auto& schema = node.op->schema().arguments();
  std::vector<const Json*> given(schema.size(), nullptr);
  for (const Json& input : inputs) {
    const std::string& name = TextOf(Member(input, "name", "argument"), "argument");
    std::size_t i = 0;
    while (i < schema.size() && schema[i].name() != name) ++i;
    if (i == schema.size()) throw Refusal("the operator has no argument " + name);
    if (given[i]) throw Refusal("argument " + name + " is given twice");
    given[i] = &Member(input, "arg", "argument");
  }
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (given[i]) {
      node.arguments.push_back(DecodeArgument(*given[i], schema[i], program, setting));
    } else if (schema[i].default_value()) {
      node.arguments.emplace_back().constant = *schema[i].default_value();
    } else {
      throw Refusal("argument " + schema[i].name() + " is missing");
    }
  }
}

OutputSlot DecodeOutput(const Json& json, Program& program) {
  const auto [tag, value] = TaggedOf(json, "output");
  const auto define = [&](const Json& named, const char* member, ValueKind kind) {
    return program.Define(TextOf(Member(named, member, "output"), "output"), kind);
  };
  if (tag == "as_none") return {false, {kNoValue}};
  if (tag == "as_tensor") return {false, {define(value, "name", ValueKind::kTensor)}};
  if (tag == "as_sym_int") return {false, {define(value, "as_name", ValueKind::kInt)}};
  if (tag == "as_sym_float") return {false, {define(value, "as_name", ValueKind::kFloat)}};
  if (tag == "as_sym_bool") return {false, {define(value, "as_name", ValueKind::kBool)}};
  if (tag == "as_tensors") {
    OutputSlot slot{true, {}};
    for (const Json& item : ArrayOf(value, "output"))
      slot.values.push_back(define(item, "name", ValueKind::kTensor));
    return slot;
  }
  throw Refusal("an output of kind " + tag + " is not supported");
}

// Outputs of the file against the returns of the schema.
void CheckOutputs(const Node& node, const Program& program) {
  if (node.outputs.empty()) return;  // the graph drops them all
  const auto& returns = node.op->schema().returns();
  if (returns.size() != node.outputs.size()) {
    throw Refusal("the operator returns " + std::to_string(returns.size()) +
                  " values, the graph names " + std::to_string(node.outputs.size()));
  }
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const OutputSlot& slot = node.outputs[i];
    const auto kind = returns[i].type()->kind();
    const bool is_list = kind == c10::TypeKind::ListType;
    if (slot.is_list != is_list)
      throw Refusal("an output is a list where the operator returns none, or the reverse");
    const ValueId value = slot.is_list ? kNoValue : slot.values.front();
    if (value == kNoValue) continue;
    const bool is_tensor = program.kinds[static_cast<std::size_t>(value)] == ValueKind::kTensor;
    if (is_tensor != (kind == c10::TypeKind::TensorType)) {
      throw Refusal("an output is a tensor where the operator returns none, or the reverse");
    }
  }
}

// Name, target and modules.
Node DecodeAbout(const Json& json, const DecodeContext& context) {
  Node node;
  node.target = TextOf(Member(json, "target", "node"), "node");
  node.guard = context.guard;
  if (const Json* name = OptionalMember(json, "name", "node")) node.name = TextOf(*name, "node");
  if (const Json* metadata = OptionalMember(json, "metadata", "node")) {
    if (const Json* stack = OptionalMember(*metadata, "nn_module_stack", "node")) {
      node.modules = ModuleCalls(TextOf(*stack, "nn_module_stack"), context.program);
    }
  }
  if (node.modules.empty()) node.modules = context.modules;
  return node;
}

// What the node calls, and with what.
void DecodeCall(Node& node, const Json& inputs, const DecodeContext& context) {
  if (node.target.starts_with(kAten)) {
    node.op = FindOperator(node.target);
    node.check =
        FindPromiseCheck(std::string_view(node.target).substr(kAten.size()), node.op->schema());
    DecodeArguments(node, inputs, context.program, context.setting);
    return;
  }
  const auto function = FindScalarFunction(node.target);
  if (!function) {
    throw Refusal("this operator is not allowed in a checkpoint: it is not one of ATen's");
  }
  node.function = *function;
  for (const Json& input : inputs) {
    node.arguments.push_back(DecodeScalar(Member(input, "arg", "argument"), context.program));
  }
  if (static_cast<int>(node.arguments.size()) != ArityOf(*function))
    throw Refusal("wrong number of arguments");
}

void DecodeNode(Node node, const Json& json, DecodeContext& context) {
  DecodeCall(node, ArrayOf(Member(json, "inputs", "node"), "inputs"), context);
  for (const Json& output : ArrayOf(Member(json, "outputs", "node"), "outputs")) {
    node.outputs.push_back(DecodeOutput(output, context.program));
  }
  if (node.op) {
    CheckOutputs(node, context.program);
  } else if (node.outputs.size() != 1 || node.outputs[0].is_list) {
    throw Refusal("a function on sizes has one output");
  }
  context.program.nodes.push_back(std::move(node));
}

// Inputs that carry no value ("as_none", plain constants) still take a place.
ValueId DecodeInput(const Json& json, Program& program) {
  const auto [tag, value] = TaggedOf(json, "graph input");
  if (tag == "as_tensor")
    return program.Define(TextOf(Member(value, "name", "graph input"), "name"), ValueKind::kTensor);
  if (tag == "as_none" || tag == "as_int" || tag == "as_float" || tag == "as_bool" ||
      tag == "as_string")
    return kNoValue;
  throw Refusal("a graph input of kind " + tag + " is not supported");
}

}  // namespace

void CheckSchemaVersion(const Json& model) {
  const Json& version = Member(model, "schema_version", "models/model.json");
  const std::int64_t major = Int64Of(Member(version, "major", "schema_version"), "schema_version");
  if (major != kSchemaMajor) {
    throw Refusal("its torch.export schema has major version " + std::to_string(major) +
                  ", this program reads version " + std::to_string(kSchemaMajor) +
                  " (that of PyTorch " + TORCH_VERSION + ")");
  }
}

void DecodeNodes(const Json& nodes, DecodeContext& context) {
  for (const Json& json : nodes) {
    if (std::ssize(context.program.nodes) >= context.max_nodes) {
      throw Refusal("more than " + std::to_string(context.max_nodes) + " nodes, at most " +
                    std::to_string(context.max_nodes) + " are allowed");
    }
    const Node about = DecodeAbout(json, context);
    try {
      if (about.target.starts_with(kHigherOrder)) {
        DecodeHigherOrder(about, json, context);
      } else {
        DecodeNode(about, json, context);
      }
    } catch (const Refusal& refusal) {
      throw Refusal(Describe(about) + ": " + refusal.what());
    }
  }
}

Program DecodeGraph(const Json& graph, c10::Device device, c10::ScalarType precision,
                    std::int64_t max_nodes) {
  Program program;
  for (const Json& input : ArrayOf(Member(graph, "inputs", "graph"), "graph.inputs")) {
    program.inputs.push_back(DecodeInput(input, program));
  }
  const Json& nodes = ArrayOf(Member(graph, "nodes", "graph"), "graph.nodes");
  if (nodes.size() > static_cast<std::size_t>(max_nodes)) {
    throw Refusal(std::to_string(nodes.size()) + " nodes, at most " + std::to_string(max_nodes) +
                  " are allowed");
  }
  DecodeContext context{program, {device, precision}, max_nodes, kNoGuard, {}};
  DecodeNodes(nodes, context);
  for (const Json& output : ArrayOf(Member(graph, "outputs", "graph"), "graph.outputs")) {
    const auto [tag, value] = TaggedOf(output, "graph output");
    if (tag != "as_tensor") continue;  // sizes and constants are no activations
    program.outputs.push_back(program.Use(TextOf(Member(value, "name", "graph output"), "name")));
  }
  return program;
}

}  // namespace ventral
