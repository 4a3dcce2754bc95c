// BindInputs of torch_graph.h.
#include <algorithm>

#include "scoring/network/torch_argument.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_graph.h"
#include "scoring/network/torch_input.h"

namespace ventral {
namespace {

const at::Tensor& Find(const std::map<std::string, at::Tensor>& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw Refusal("no weight " + name + " in the archive");
  return found->second;
}

// The content of one input that is not the image, or nullopt for the image.
std::optional<at::Tensor> Content(const Json& spec, const Weights& weights) {
  const auto [tag, value] = TaggedOf(spec, "input_specs");
  const auto name = [&value = value](const char* field) {
    return TextOf(Member(value, field, "input_specs"), field);
  };
  if (tag == "parameter") return Find(weights.weights, name("parameter_name"));
  if (tag == "buffer") {
    const bool persistent = BoolOf(Member(value, "persistent", "input_specs"), "persistent");
    return Find(persistent ? weights.weights : weights.constants, name("buffer_name"));
  }
  if (tag == "tensor_constant") return Find(weights.constants, name("tensor_constant_name"));
  if (tag == "user_input") return std::nullopt;
  throw Refusal("an input of kind " + tag + " is not supported");
}

std::string Shown(const Json& sizes) {
  std::string text;
  for (const Json& size : sizes) {
    const Tagged tagged = TaggedOf(size, "sizes");
    text += (text.empty() ? "" : " × ") +
            (tagged.tag == "as_int" ? std::to_string(Int64Of(tagged.value, "size")) : "any");
  }
  return "[" + text + "]";
}

// Of a size or symbolic integer: a number's own, or that of range_constraints where it is a free
// symbol.
IntegerRange RangeOf(const Json& size, const Json& constraints) {
  const auto [tag, value] = TaggedOf(size, "sizes");
  IntegerRange range;
  if (tag == "as_int") {
    range.least = range.most = Int64Of(value, "size");
    return range;
  }
  if (tag != "as_expr") throw Refusal("a size of kind " + tag + " is not supported");
  const std::string& expression = TextOf(Member(value, "expr_str", "size"), "expr_str");
  for (const auto& [symbol, bounds] : ObjectOf(constraints, "range_constraints").items()) {
    if (expression != symbol && !expression.starts_with("Symbol('" + symbol + "'")) continue;
    if (const Json* least = OptionalMember(bounds, "min_val", "range_constraints"))
      range.least = Int64Of(*least, "min_val");
    if (const Json* most = OptionalMember(bounds, "max_val", "range_constraints"))
      range.most = Int64Of(*most, "max_val");
  }
  return range;
}

BatchRange CheckImageInput(const Json& meta, const Json& constraints,
                           const Preprocessing& preprocessing) {
  const Json& sizes = ArrayOf(Member(meta, "sizes", "image input"), "sizes");
  const auto wanted = InputSizes(preprocessing, 1);
  const auto refuse = [&] {
    throw Refusal("the network takes an input of " + Shown(sizes) +
                  ", the stated preprocessing gives " + ShownInput(preprocessing));
  };
  if (sizes.size() != wanted.size()) refuse();
  for (std::size_t axis = 1; axis < wanted.size(); ++axis) {
    const IntegerRange allowed = RangeOf(sizes[axis], constraints);
    if (wanted[axis] < allowed.least || wanted[axis] > allowed.most) refuse();
  }
  const auto type = ScalarTypeOf(Int64Of(Member(meta, "dtype", "image input"), "dtype"));
  if (type != InputType(preprocessing)) {
    throw Refusal(std::string("the network's input is not ") +
                  std::string(PixelTypeName(preprocessing.pixels)) +
                  ", as ventral.json says (input.dtype)");
  }
  const IntegerRange range = RangeOf(sizes[0], constraints);
  const std::int64_t least = std::max<std::int64_t>(1, range.least);
  if (range.most < least || least > 65536) {
    throw Refusal("the network takes between " + std::to_string(range.least) + " and " +
                  std::to_string(range.most) + " images at once, which cannot be");
  }
  return {least, range.most};
}

// Sizes that the program computes, where they are free symbols with bounds of their own.
void FindRanges(Program& program, const Json& graph, const Json& constraints) {
  const Json* integers = OptionalMember(graph, "sym_int_values", "graph");
  if (integers == nullptr) return;
  for (const auto& [name, size] : ObjectOf(*integers, "sym_int_values").items()) {
    const auto found = program.index.find(name);
    if (found == program.index.end() ||
        program.kinds[static_cast<std::size_t>(found->second)] != ValueKind::kInt ||
        TaggedOf(size, "sym_int_values").tag != "as_expr") {
      continue;
    }
    const IntegerRange range = RangeOf(size, constraints);
    if (range != IntegerRange()) program.ranges[found->second] = range;
  }
}

bool SameSize(const Json& a, const Json& b) {
  const Tagged first = TaggedOf(a, "sizes"), second = TaggedOf(b, "sizes");
  if (first.tag != second.tag) return false;
  if (first.tag != "as_expr") return first.value == second.value;
  return Member(first.value, "expr_str", "sizes") == Member(second.value, "expr_str", "sizes");
}

// What the file says about values: which of them have no row of floating-point numbers for each of
// the `stimuli` of a batch.
void MarkUnscorable(Program& program, const Json& values, const Json& stimuli) {
  for (const auto& [name, meta] : ObjectOf(values, "tensor_values").items()) {
    const auto found = program.index.find(name);
    if (found == program.index.end()) continue;
    const Json& sizes = ArrayOf(Member(meta, "sizes", name), name);
    // HALF, FLOAT, DOUBLE, BFLOAT16 of the archive's own enumeration.
    const std::int64_t type = Int64Of(Member(meta, "dtype", name), name);
    const bool is_floating = (type >= 6 && type <= 8) || type == 13;
    const bool scorable = is_floating && !sizes.empty() && SameSize(sizes[0], stimuli);
    if (!scorable) program.unscorable.insert(found->second);
  }
}

}  // namespace

void BindInputs(Program& program, const Json& model, const Weights& weights,
                const Preprocessing& preprocessing) {
  const Json& module = Member(model, "graph_module", "models/model.json");
  const Json& signature = Member(module, "signature", "graph_module");
  const Json& specs = ArrayOf(Member(signature, "input_specs", "signature"), "input_specs");
  if (specs.size() != program.inputs.size())
    throw Refusal("input_specs does not fit the graph's inputs");
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const ValueId value = program.inputs[i];
    if (value == kNoValue) continue;
    if (const auto content = Content(specs[i], weights)) {
      program.bindings.push_back({value, *content, false});
      if (TaggedOf(specs[i], "input_specs").tag == "parameter") program.parameters.insert(value);
    } else if (program.image != kNoValue) {
      throw Refusal("the network takes more than one tensor; it must take one batch of images");
    } else {
      program.image = value;
    }
  }
  if (program.image == kNoValue) throw Refusal("the network takes no image");
  const std::string& name = program.names[static_cast<std::size_t>(program.image)];
  const Json& graph = Member(module, "graph", "graph_module");
  const Json& values = Member(graph, "tensor_values", "graph");
  const Json& meta = Member(values, name.c_str(), "tensor_values");
  const Json& constraints = Member(model, "range_constraints", "models/model.json");
  program.batch = CheckImageInput(meta, constraints, preprocessing);
  FindRanges(program, graph, constraints);
  MarkUnscorable(program, values, Member(meta, "sizes", "image input")[0]);
}

}  // namespace ventral
