#include "scoring/network/torch_argument.h"

#include <ATen/ScalarOps.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>

#include <array>
#include <functional>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

using c10::TypeKind;

Operand Constant(c10::IValue value) {
  Operand operand;
  operand.constant = std::move(value);
  return operand;
}

Operand Named(const Json& json, const Program& program) {
  return ValueOperand(program.Use(TextOf(Member(json, "name", "argument"), "name")));
}

Operand OptionalTensor(const Json& json, const Program& program) {
  const Tagged tagged = TaggedOf(json, "optional tensor");
  if (tagged.tag == "as_none") return Constant({});
  if (tagged.tag != "as_tensor") throw Refusal("optional tensor of kind " + tagged.tag);
  return Named(tagged.value, program);
}

// An element of as_sym_ints and its kin, or the content of as_sym_int.
Operand Symbolic(const Json& json, const Program& program) {
  const Tagged tagged = TaggedOf(json, "symbolic number");
  if (tagged.tag == "as_name") return ValueOperand(program.Use(TextOf(tagged.value, "name")));
  if (tagged.tag == "as_int") return Constant(Int64Of(tagged.value, "integer"));
  if (tagged.tag == "as_float") return Constant(DoubleOf(tagged.value, "float"));
  if (tagged.tag == "as_bool") return Constant(BoolOf(tagged.value, "boolean"));
  throw Refusal("symbolic number of kind " + tagged.tag);
}

Operand ListOf(Operand::Kind kind, const Json& json,
               const std::function<Operand(const Json&)>& element) {
  Operand operand;
  operand.kind = kind;
  for (const Json& item : ArrayOf(json, "list")) operand.items.push_back(element(item));
  return operand;
}

// The type without its "?".
c10::TypePtr Plain(c10::TypePtr type) {
  while (const auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
  return type;
}

TypeKind ElementKind(const c10::TypePtr& type) {
  const auto list = type->cast<c10::ListType>();
  return list ? Plain(list->getElementType())->kind() : TypeKind::NoneType;
}

std::int64_t MemoryFormatOf(std::int64_t number) {
  static constexpr std::array formats = {
      at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast,
      at::MemoryFormat::ChannelsLast3d, at::MemoryFormat::Preserve};
  if (number < 1 || number > 4) throw Refusal("memory format " + std::to_string(number));
  return static_cast<std::int64_t>(formats[static_cast<std::size_t>(number - 1)]);
}

std::int64_t LayoutOf(std::int64_t number) {
  if (number != 7)
    throw Refusal("layout " + std::to_string(number) + "; only strided tensors are supported");
  return static_cast<std::int64_t>(at::kStrided);
}

template <typename T>
c10::List<T> ConstantList(const Json& json, const std::function<T(const Json&)>& element) {
  c10::List<T> list;
  for (const Json& item : ArrayOf(json, "list")) list.push_back(element(item));
  return list;
}

Operand WholeNumber(std::int64_t number, const c10::TypePtr& type,
                    std::optional<std::int32_t> repeat) {
  if (type->kind() == TypeKind::FloatType) return Constant(static_cast<double>(number));
  if (type->kind() != TypeKind::ListType) return Constant(number);
  c10::List<std::int64_t> list;
  for (std::int32_t i = 0; i < repeat.value_or(1); ++i) list.push_back(number);
  return Constant(std::move(list));
}

Operand WholeNumbers(const Json& json, const c10::TypePtr& type) {
  if (ElementKind(type) == TypeKind::FloatType) {
    return Constant(
        ConstantList<double>(json, [](const Json& item) { return DoubleOf(item, "float"); }));
  }
  if (ElementKind(type) == TypeKind::TensorType && ArrayOf(json, "list").empty()) {
    return Constant(c10::List<at::Tensor>());
  }
  return Constant(
      ConstantList<std::int64_t>(json, [](const Json& item) { return Int64Of(item, "integer"); }));
}

std::int64_t DtypeOf(std::int64_t number, const Setting& setting) {
  const c10::ScalarType type = ScalarTypeOf(number);
  return static_cast<std::int64_t>(type == c10::kFloat ? setting.precision : type);
}

Operand Decode(const Json& json, const c10::TypePtr& type, std::optional<std::int32_t> repeat,
               const Program& program, const Setting& setting) {
  const auto [tag, value] = TaggedOf(json, "argument");
  const auto symbolic = [&](const Json& item) { return Symbolic(item, program); };
  if (tag == "as_none") return Constant({});
  if (tag == "as_tensor") return Named(value, program);
  if (tag == "as_optional_tensor") return OptionalTensor(value, program);
  if (tag == "as_tensors") {
    const bool optional =
        type->kind() == TypeKind::ListType &&
        type->cast<c10::ListType>()->getElementType()->kind() == TypeKind::OptionalType;
    return ListOf(optional ? Operand::Kind::kOptionalTensors : Operand::Kind::kTensors, value,
                  [&](const Json& item) { return Named(item, program); });
  }
  if (tag == "as_optional_tensors") {
    return ListOf(Operand::Kind::kOptionalTensors, value,
                  [&](const Json& item) { return OptionalTensor(item, program); });
  }
  if (tag == "as_int") return WholeNumber(Int64Of(value, "integer"), type, repeat);
  if (tag == "as_ints") return WholeNumbers(value, type);
  if (tag == "as_float") return Constant(DoubleOf(value, "float"));
  if (tag == "as_floats") {
    return Constant(
        ConstantList<double>(value, [](const Json& item) { return DoubleOf(item, "float"); }));
  }
  if (tag == "as_bool") return Constant(BoolOf(value, "boolean"));
  if (tag == "as_bools") {
    return Constant(
        ConstantList<bool>(value, [](const Json& item) { return BoolOf(item, "boolean"); }));
  }
  if (tag == "as_string") return Constant(TextOf(value, "text"));
  if (tag == "as_sym_int" || tag == "as_sym_float" || tag == "as_sym_bool")
    return Symbolic(value, program);
  if (tag == "as_sym_ints") return ListOf(Operand::Kind::kInts, value, symbolic);
  if (tag == "as_sym_floats") return ListOf(Operand::Kind::kFloats, value, symbolic);
  if (tag == "as_sym_bools") return ListOf(Operand::Kind::kBools, value, symbolic);
  if (tag == "as_scalar_type") return Constant(DtypeOf(Int64Of(value, "dtype"), setting));
  if (tag == "as_memory_format") return Constant(MemoryFormatOf(Int64Of(value, "memory format")));
  if (tag == "as_layout") return Constant(LayoutOf(Int64Of(value, "layout")));
  if (tag == "as_device") return Constant(setting.device);
  throw Refusal("kind " + tag + " is not supported");
}

bool Fits(ValueKind kind, const c10::TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::TensorType:
      return true;  // numbers are wrapped
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      return kind == ValueKind::kInt;
    case TypeKind::FloatType:
    case TypeKind::SymFloatType:
      return kind == ValueKind::kFloat;
    case TypeKind::BoolType:
    case TypeKind::SymBoolType:
      return kind == ValueKind::kBool;
    case TypeKind::NumberType:
      return kind != ValueKind::kTensor;
    default:
      return false;
  }
}

bool Fits(const c10::IValue& constant, const c10::TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::TensorType:
      return constant.isScalar();
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      return constant.isInt();
    case TypeKind::FloatType:
    case TypeKind::SymFloatType:
      return constant.isDouble();
    case TypeKind::BoolType:
    case TypeKind::SymBoolType:
      return constant.isBool();
    case TypeKind::NumberType:
      return constant.isScalar();
    case TypeKind::StringType:
      return constant.isString();
    case TypeKind::DeviceObjType:
      return constant.isDevice();
    case TypeKind::ScalarTypeType:
    case TypeKind::LayoutType:
    case TypeKind::MemoryFormatType:
      return constant.isInt();
    case TypeKind::ListType:
      switch (ElementKind(type)) {
        case TypeKind::IntType:
        case TypeKind::SymIntType:
          return constant.isIntList();
        case TypeKind::FloatType:
          return constant.isDoubleList();
        case TypeKind::BoolType:
          return constant.isBoolList();
        case TypeKind::TensorType:
          return constant.isTensorList();
        default:
          return false;
      }
    default:
      return false;
  }
}

bool FitsList(const Operand& operand, const c10::TypePtr& type, const Program& program) {
  if (type->kind() != TypeKind::ListType) return false;
  const bool of_tensors =
      operand.kind == Operand::Kind::kTensors || operand.kind == Operand::Kind::kOptionalTensors;
  const TypeKind element = ElementKind(type);
  if (of_tensors != (element == TypeKind::TensorType)) return false;
  const auto element_type = Plain(type->cast<c10::ListType>()->getElementType());
  for (const Operand& item : operand.items) {
    if (item.kind == Operand::Kind::kValue) {
      const ValueKind kind = program.kinds[static_cast<std::size_t>(item.value)];
      if (of_tensors ? kind != ValueKind::kTensor : !Fits(kind, element_type)) return false;
    } else if (!(operand.kind == Operand::Kind::kOptionalTensors && item.constant.isNone()) &&
               !Fits(item.constant, element_type)) {
      return false;
    }
  }
  return true;
}

c10::IValue WrappedNumber(const c10::IValue& number) {
  at::Tensor tensor = c10::scalar_to_tensor(number.toScalar());
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

}  // namespace

c10::ScalarType ScalarTypeOf(std::int64_t number) {
  static constexpr std::array types = {
      at::kByte,          at::kChar,  at::kShort,   at::kInt,         at::kLong,
      at::kHalf,          at::kFloat, at::kDouble,  at::kComplexHalf, at::kComplexFloat,
      at::kComplexDouble, at::kBool,  at::kBFloat16};
  if (number < 1 || number > static_cast<std::int64_t>(types.size())) {
    throw Refusal("dtype " + std::to_string(number) + " is not supported");
  }
  return types[static_cast<std::size_t>(number - 1)];
}

Operand DecodeArgument(const Json& json, const c10::Argument& schema, const Program& program,
                       const Setting& setting) {
  const c10::TypePtr type = Plain(schema.real_type());
  const auto refuse = [&](const std::string& reason) {
    throw Refusal("argument " + schema.name() + ": " + reason);
  };
  Operand operand;
  try {
    operand = Decode(json, Plain(schema.type()), schema.N(), program, setting);
  } catch (const Refusal& refusal) {
    refuse(refusal.what());
  }
  bool fits = false;
  if (operand.kind == Operand::Kind::kConstant) {
    fits = operand.constant.isNone() ? schema.type()->kind() == TypeKind::OptionalType
                                     : Fits(operand.constant, type);
    if (fits && type->kind() == TypeKind::TensorType && operand.constant.isScalar()) {
      operand.constant = WrappedNumber(operand.constant);
    }
  } else if (operand.kind == Operand::Kind::kValue) {
    const ValueKind kind = program.kinds[static_cast<std::size_t>(operand.value)];
    fits = Fits(kind, type);
    operand.number_as_tensor = type->kind() == TypeKind::TensorType && kind != ValueKind::kTensor;
  } else {
    fits = FitsList(operand, type, program);
  }
  // Where a number stands for one of these, LibTorch believes that it is one.
  const std::string tag = TaggedOf(json, "argument").tag;
  if (type->kind() == TypeKind::ScalarTypeType) fits &= tag == "as_scalar_type" || tag == "as_none";
  if (type->kind() == TypeKind::LayoutType) fits &= tag == "as_layout" || tag == "as_none";
  if (type->kind() == TypeKind::MemoryFormatType) {
    fits &= tag == "as_memory_format" || tag == "as_none";
  }
  if (!fits) refuse("not of the type " + schema.type()->str() + " that the operator takes");
  return operand;
}

Operand DecodeScalar(const Json& json, const Program& program) {
  Operand operand =
      Decode(json, c10::NumberType::get(), std::nullopt, program, {c10::kCPU, c10::kFloat});
  const bool fits =
      operand.kind == Operand::Kind::kValue
          ? program.kinds[static_cast<std::size_t>(operand.value)] != ValueKind::kTensor
          : operand.kind == Operand::Kind::kConstant && operand.constant.isScalar();
  if (!fits) throw Refusal("argument is no number");
  return operand;
}

}  // namespace ventral
