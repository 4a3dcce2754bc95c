#include "scoring/network/torch_subgraph.h"

#include <utility>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

struct Named {
  std::string name;
  ValueKind kind;
};

// The name in an argument, input or output that is one value; nullopt for as_none.
std::optional<Named> NameIn(const Json& arg) {
  const auto [tag, value] = TaggedOf(arg, "value");
  const auto text = [&value = value](const char* member) {
    return TextOf(Member(value, member, "value"), "name");
  };
  if (tag == "as_none") return std::nullopt;
  if (tag == "as_tensor") return Named{text("name"), ValueKind::kTensor};
  if (tag == "as_sym_int") return Named{text("as_name"), ValueKind::kInt};
  if (tag == "as_sym_float") return Named{text("as_name"), ValueKind::kFloat};
  if (tag == "as_sym_bool") return Named{text("as_name"), ValueKind::kBool};
  throw Refusal("a value of kind " + tag + " cannot enter or leave a subgraph");
}

// One or several arguments, flat.
void AppendNames(const Json& arg, std::vector<std::optional<Named>>& names) {
  const auto [tag, value] = TaggedOf(arg, "value");
  if (tag != "as_tensors") return names.push_back(NameIn(arg));
  for (const Json& item : ArrayOf(value, "as_tensors"))
    names.push_back(Named{TextOf(Member(item, "name", "as_tensors"), "name"), ValueKind::kTensor});
}

std::vector<std::optional<Named>> NamesIn(const Json& args) {
  std::vector<std::optional<Named>> names;
  for (const Json& arg : ArrayOf(args, "values")) AppendNames(arg, names);
  return names;
}

ValueId Use(const std::optional<Named>& named, const Program& program) {
  if (!named) return kNoValue;
  const ValueId value = program.Use(named->name);
  if (program.kinds[static_cast<std::size_t>(value)] != named->kind)
    throw Refusal("value '" + named->name + "' is of another kind where it is defined");
  return value;
}

std::vector<ValueId> Use(const std::vector<std::optional<Named>>& names, const Program& program) {
  std::vector<ValueId> values;
  for (const auto& named : names) values.push_back(Use(named, program));
  return values;
}

// Gives `names` to values that exist.
void Bind(const std::vector<std::optional<Named>>& names, const std::vector<ValueId>& values,
          Program& program) {
  if (names.size() != values.size()) {
    throw Refusal("a subgraph with " + std::to_string(names.size()) + " values is handed " +
                  std::to_string(values.size()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i]) continue;
    if (values[i] == kNoValue ||
        program.kinds[static_cast<std::size_t>(values[i])] != names[i]->kind) {
      throw Refusal("value '" + names[i]->name + "' of a subgraph is handed one of another kind");
    }
    if (!program.index.emplace(names[i]->name, values[i]).second)
      throw Refusal("value '" + names[i]->name + "' is defined twice");
  }
}

// A subgraph has names of its own: those outside are put aside while it is decoded.
class OwnNames {
 public:
  explicit OwnNames(Program& program) : program_(program) { std::swap(program.index, outside_); }
  ~OwnNames() { std::swap(program_.index, outside_); }
  OwnNames(const OwnNames&) = delete;
  OwnNames& operator=(const OwnNames&) = delete;

 private:
  Program& program_;
  std::unordered_map<std::string, ValueId> outside_;
};

// Writes the subgraph's nodes into the program; its outputs.
std::vector<ValueId> Inline(const Json& argument, const std::vector<ValueId>& operands,
                            const Node& about, int guard, DecodeContext& context) {
  const auto [tag, value] = TaggedOf(argument, "argument");
  if (tag != "as_graph") throw Refusal("an argument is no graph");
  const Json& graph = Member(value, "graph", "as_graph");
  const OwnNames names(context.program);
  Bind(NamesIn(Member(graph, "inputs", "graph")), operands, context.program);
  DecodeContext inner{context.program, context.setting, context.max_nodes, guard, about.modules};
  DecodeNodes(ArrayOf(Member(graph, "nodes", "graph"), "nodes"), inner);
  return Use(NamesIn(Member(graph, "outputs", "graph")), context.program);
}

const Json& Argument(const Json& inputs, std::size_t place) {
  if (place >= inputs.size()) throw Refusal("an argument is missing");
  return Member(inputs[place], "arg", "argument");
}

std::vector<ValueId> Operands(const Json& inputs, std::size_t first, const Program& program) {
  std::vector<std::optional<Named>> names;
  for (std::size_t i = first; i < inputs.size(); ++i) AppendNames(Argument(inputs, i), names);
  return Use(names, program);
}

// Arguments: whether gradients are kept, graph, operands.
void DecodeSetGrad(const Node& about, const Json& inputs, const Json& outputs,
                   DecodeContext& context) {
  const auto operands = Operands(inputs, 2, context.program);
  const auto results = Inline(Argument(inputs, 1), operands, about, context.guard, context);
  Bind(NamesIn(outputs), results, context.program);
}

int AddGuard(ValueId predicate, bool wanted, const DecodeContext& context) {
  context.program.guards.push_back({predicate, wanted, context.guard});
  return static_cast<int>(context.program.guards.size()) - 1;
}

// Arguments: predicate, graph where it is true, graph where it is false, operands.
void DecodeCond(const Node& about, const Json& inputs, const Json& outputs,
                DecodeContext& context) {
  const auto named = NameIn(Argument(inputs, 0));
  if (!named || (named->kind != ValueKind::kTensor && named->kind != ValueKind::kBool))
    throw Refusal("the condition is neither a tensor nor a truth value");
  const ValueId predicate = Use(named, context.program);
  const auto operands = Operands(inputs, 3, context.program);
  Node select = about;
  select.select = true;
  select.guard = context.guard;
  select.arguments.push_back(ValueOperand(predicate));
  const auto names = NamesIn(outputs);
  for (const bool wanted : {true, false}) {
    const auto results = Inline(Argument(inputs, wanted ? 1 : 2), operands, about,
                                AddGuard(predicate, wanted, context), context);
    if (results.size() != names.size())
      throw Refusal("a branch does not return what the node names");
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool same =
          names[i] && results[i] != kNoValue &&
          context.program.kinds[static_cast<std::size_t>(results[i])] == names[i]->kind;
      if (!same) throw Refusal("the branches do not return values of one kind");
      select.arguments.push_back(ValueOperand(results[i]));
    }
  }
  for (const auto& name : names)
    select.outputs.push_back({false, {context.program.Define(name->name, name->kind)}});
  context.program.nodes.push_back(std::move(select));
}

// Arguments without a name: the values that enter or leave a module, which it hands on unchanged.
void DecodeTracepoint(const Node& about, const Json& inputs, const Json& outputs,
                      DecodeContext& context) {
  std::vector<std::optional<Named>> names;
  std::string kind, path;
  for (const Json& input : inputs) {
    const std::string& name = TextOf(Member(input, "name", "argument"), "argument");
    const Json& arg = Member(input, "arg", "argument");
    if (name.empty()) {
      AppendNames(arg, names);
    } else if (name == "kind" || name == "path") {
      (name == "kind" ? kind : path) = TextOf(TaggedOf(arg, name).value, name);
    }
  }
  const auto values = Use(names, context.program);
  Bind(NamesIn(outputs), values, context.program);
  if (kind != "module_call_outputs") return;
  for (auto call = about.modules.rbegin(); call != about.modules.rend(); ++call) {
    if (path == "_export_root." + call->path) {
      context.program.traces[*call] = values;
      return;
    }
  }
}

}  // namespace

void DecodeHigherOrder(const Node& about, const Json& json, DecodeContext& context) {
  const Json& inputs = ArrayOf(Member(json, "inputs", "node"), "inputs");
  const Json& outputs = ArrayOf(Member(json, "outputs", "node"), "outputs");
  const std::string_view name = std::string_view(about.target).substr(kHigherOrder.size());
  if (name == "wrap_with_set_grad_enabled") return DecodeSetGrad(about, inputs, outputs, context);
  if (name == "cond") return DecodeCond(about, inputs, outputs, context);
  if (name == "_export_tracepoint") return DecodeTracepoint(about, inputs, outputs, context);
  throw Refusal("this operator is not allowed in a checkpoint: it runs another program");
}

}  // namespace ventral
