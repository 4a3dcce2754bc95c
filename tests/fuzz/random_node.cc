#include "tests/fuzz/random_node.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <array>

#include "scoring/network/operators.h"

namespace ventral::fuzz {
namespace {

using c10::TypeKind;

// Of the archive's enumeration.
constexpr int kInt64 = 5, kFloat = 7, kBool = 12, kUint8 = 1, kInt32 = 4;

Json Named(const char* name, Json argument) {
  return {{"name", name}, {"arg", std::move(argument)}, {"kind", 1}};
}

Json Made(const std::string& name, const std::string& target, Json inputs) {
  return {{"name", name},
          {"target", "torch.ops.aten." + target},
          {"inputs", std::move(inputs)},
          {"outputs", Json::array({{{"as_tensor", {{"name", name}}}}})},
          {"metadata", Json::object()}};
}

Json Full(const std::string& name, const std::vector<std::int64_t>& sizes, double value, int type) {
  return Made(
      name, "full.default",
      Json::array({Named("size", {{"as_ints", sizes}}), Named("fill_value", {{"as_float", value}}),
                   Named("dtype", {{"as_scalar_type", type}})}));
}

class Arguments {
 public:
  Arguments(const std::vector<std::string>& tensors, Choices& choices)
      : tensors_(tensors), choices_(choices) {}

  Json Of(const c10::Argument& argument) {
    c10::TypePtr type = argument.type();
    bool optional = false;
    while (const auto inner = type->cast<c10::OptionalType>()) {
      type = inner->getElementType();
      optional = true;
    }
    if (optional && choices_.Below(3) == 0) return {{"as_none", true}};
    return type->kind() == TypeKind::ListType
               ? List(type->castRaw<c10::ListType>()->getElementType(), argument.N())
               : Single(type->kind());
  }

 private:
  Json Tensor() { return {{"name", tensors_[choices_.Below(tensors_.size())]}}; }

  Json Single(TypeKind kind) {
    switch (kind) {
      case TypeKind::TensorType:
        return {{"as_tensor", Tensor()}};
      case TypeKind::BoolType:
        return {{"as_bool", choices_.Below(2) == 1}};
      case TypeKind::FloatType:
        return {{"as_float", Real()}};
      case TypeKind::NumberType:
        if (choices_.Below(2) == 0) return {{"as_float", Real()}};
        return {{"as_int", choices_.Number()}};
      case TypeKind::StringType:
        return {{"as_string", Word()}};
      case TypeKind::ScalarTypeType:
        return {{"as_scalar_type", 1 + choices_.Below(13)}};
      case TypeKind::MemoryFormatType:
        return {{"as_memory_format", 1 + choices_.Below(4)}};
      case TypeKind::LayoutType:
        return {{"as_layout", 7}};
      case TypeKind::DeviceObjType:
        return {{"as_device", {{"type", "cpu"}}}};
      default:
        return {{"as_int", choices_.Number()}};
    }
  }

  Json List(const c10::TypePtr& element, std::optional<std::int32_t> length) {
    const std::size_t count =
        length && choices_.Below(4) != 0 ? static_cast<std::size_t>(*length) : choices_.Below(7);
    const bool optional = element->kind() == TypeKind::OptionalType;
    const TypeKind kind = optional ? element->castRaw<c10::OptionalType>()->getElementType()->kind()
                                   : element->kind();
    Json list = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
      if (kind == TypeKind::TensorType && !optional) {
        list.push_back(Tensor());
      } else if (kind == TypeKind::TensorType) {
        list.push_back(choices_.Below(3) == 0 ? Json{{"as_none", true}}
                                              : Json{{"as_tensor", Tensor()}});
      } else if (kind == TypeKind::FloatType) {
        list.push_back(Real());
      } else if (kind == TypeKind::BoolType) {
        list.push_back(choices_.Below(2) == 1);
      } else {
        list.push_back(choices_.Number());
      }
    }
    if (kind == TypeKind::TensorType)
      return {{optional ? "as_optional_tensors" : "as_tensors", std::move(list)}};
    if (kind == TypeKind::FloatType) return {{"as_floats", std::move(list)}};
    return {{kind == TypeKind::BoolType ? "as_bools" : "as_ints", std::move(list)}};
  }

  // JSON has no infinity: the archive writes a word.
  Json Real() {
    const double value = choices_.Real();
    if (value != value) return "NaN";
    if (value > 1e308) return "Infinity";
    return value;
  }

  const char* Word() {
    static constexpr std::array words = {
        "trunc",     "floor",  "none",     "tanh",         "sum",     "mean",
        "amax",      "prod",   "constant", "same",         "reflect", "valid",
        "replicate", "fro",    "circular", "bij,bjk->bik", "nuc",     "ij",
        "ii->i",     "linear", "lower",    "nearest",      "",        "backward"};
    return words[choices_.Below(words.size())];
  }

  const std::vector<std::string>& tensors_;
  Choices& choices_;
};

Json Outputs(const c10::FunctionSchema& schema, const std::string& name, Choices& choices) {
  Json outputs = Json::array();
  for (std::size_t i = 0; i < schema.returns().size(); ++i) {
    const std::string own = i == 0 ? name : name + "_" + std::to_string(i);
    switch (schema.returns()[i].type()->kind()) {
      case TypeKind::TensorType:
        outputs.push_back({{"as_tensor", {{"name", own}}}});
        break;
      case TypeKind::ListType: {
        Json list = Json::array();
        for (std::size_t k = choices.Below(4) + 1; k > 0; --k)
          list.push_back({{"name", own + "_of_" + std::to_string(k)}});
        outputs.push_back({{"as_tensors", std::move(list)}});
        break;
      }
      case TypeKind::BoolType:
        outputs.push_back({{"as_sym_bool", {{"as_name", own}}}});
        break;
      case TypeKind::FloatType:
      case TypeKind::NumberType:
        outputs.push_back({{"as_sym_float", {{"as_name", own}}}});
        break;
      default:
        outputs.push_back({{"as_sym_int", {{"as_name", own}}}});
    }
  }
  return outputs;
}

}  // namespace

void AddPool(Json& graph) {
  const Json pool = Json::array(
      {Full("pool_0", {}, 1, kFloat), Full("pool_1", {3}, 0.5, kFloat),
       Full("pool_2", {4, 4}, 2, kFloat), Full("pool_3", {2, 3, 4}, -1, kFloat),
       Full("pool_4", {1, 4, 6, 6}, 0.25, kFloat), Full("pool_5", {0, 3}, 0, kFloat),
       Full("pool_6", {3}, 2, kInt64), Full("pool_7", {2, 2}, -1e6, kInt64),
       Full("pool_8", {4, 4}, 1, kBool), Full("pool_9", {1, 2, 4, 4, 4}, 0.5, kFloat),
       Full("pool_10", {2, 3, 8}, 200, kUint8), Full("pool_11", {5}, 1 << 30, kInt32),
       Full("pool_12", {2, 4, 8, 8}, 1e30, kFloat), Full("pool_13", {16, 4}, 0.5, kFloat),
       Full("pool_14", {3}, -9.3e18, kInt64), Full("pool_15", {12, 3}, 0.1, kFloat),
       Made("pool_16", "arange.default", Json::array({Named("end", {{"as_int", 6}})})),
       Full("pool_17", {1, 3, 4}, 0.5, kFloat), Full("pool_18", {3}, 4.6e18, kInt64)});
  Json& nodes = graph["nodes"];
  nodes.insert(nodes.begin(), pool.begin(), pool.end());
}

Json RandomNode(const std::string& name, const std::vector<std::string>& tensors,
                Choices& choices) {
  const auto& operators = AllowedOperators();
  const std::string target(operators[choices.Below(operators.size())]);
  const std::size_t dot = target.rfind('.');
  const std::string overload = target.substr(dot + 1);
  const auto& schema = c10::Dispatcher::singleton()
                           .findSchemaOrThrow(("aten::" + target.substr(0, dot)).c_str(),
                                              overload == "default" ? "" : overload.c_str())
                           .schema();
  Arguments arguments(tensors, choices);
  Json inputs = Json::array();
  for (const c10::Argument& argument : schema.arguments()) {
    if (argument.default_value() && choices.Below(3) == 0) continue;
    inputs.push_back(Named(argument.name().c_str(), arguments.Of(argument)));
  }
  Json node = Made(name, target, std::move(inputs));
  node["outputs"] = Outputs(schema, name, choices);
  return node;
}

}  // namespace ventral::fuzz
