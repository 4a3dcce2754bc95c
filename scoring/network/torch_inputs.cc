// BindInputs of torch_graph.h.
#include <algorithm>

#include "scoring/network/torch_argument.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_graph.h"

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

// The size's range, from range_constraints where it is a free symbol.
BatchRange RangeOf(const Json& size, const Json& constraints) {
  const auto [tag, value] = TaggedOf(size, "sizes");
  BatchRange range;
  if (tag == "as_int") {
    range.least = range.most = Int64Of(value, "size");
    return range;
  }
  if (tag != "as_expr") throw Refusal("a size of kind " + tag + " is not supported");
  const std::string& expression = TextOf(Member(value, "expr_str", "size"), "expr_str");
  for (const auto& [symbol, bounds] : ObjectOf(constraints, "range_constraints").items()) {
    if (expression != symbol && !expression.starts_with("Symbol('" + symbol + "'")) continue;
    if (const Json* least = OptionalMember(bounds, "min_val", "range_constraints")) {
      range.least = std::max<std::int64_t>(1, Int64Of(*least, "min_val"));
    }
    if (const Json* most = OptionalMember(bounds, "max_val", "range_constraints")) {
      range.most = Int64Of(*most, "max_val");
    }
  }
  return range;
}

BatchRange CheckImageInput(const Json& meta, const Json& constraints,
                           const Preprocessing& preprocessing) {
  const Json& sizes = ArrayOf(Member(meta, "sizes", "image input"), "sizes");
  const std::string wanted = "[stimulus × 3 × " + std::to_string(preprocessing.height) + " × " +
                             std::to_string(preprocessing.width) + "]";
  const auto refuse = [&] {
    throw Refusal("the network takes an input of " + Shown(sizes) +
                  ", the stated preprocessing gives " + wanted);
  };
  if (sizes.size() != 4) refuse();
  const std::array<std::int64_t, 3> image = {3, preprocessing.height, preprocessing.width};
  for (std::size_t axis = 1; axis < 4; ++axis) {
    const BatchRange allowed = RangeOf(sizes[axis], constraints);
    if (image[axis - 1] < allowed.least || image[axis - 1] > allowed.most) refuse();
  }
  if (ScalarTypeOf(Int64Of(Member(meta, "dtype", "image input"), "dtype")) != at::kFloat) {
    throw Refusal("the network's input is not float32");
  }
  const BatchRange range = RangeOf(sizes[0], constraints);
  if (range.least < 1 || range.most < range.least || range.least > 65536) {
    throw Refusal("the network takes between " + std::to_string(range.least) + " and " +
                  std::to_string(range.most) + " images at once, which cannot be");
  }
  return range;
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
    } else if (program.image != kNoValue) {
      throw Refusal("the network takes more than one tensor; it must take one batch of images");
    } else {
      program.image = value;
    }
  }
  if (program.image == kNoValue) throw Refusal("the network takes no image");
  const std::string& name = program.names[static_cast<std::size_t>(program.image)];
  const Json& values = Member(Member(module, "graph", "graph_module"), "tensor_values", "graph");
  const Json& meta = Member(values, name.c_str(), "tensor_values");
  program.batch =
      CheckImageInput(meta, Member(model, "range_constraints", "models/model.json"), preprocessing);
}

}  // namespace ventral
