// Private to network: Python's arithmetic on sizes, which torch.export writes beside ATen
// operators.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_SCALAR_FUNCTION_H_
#define VENTRAL_SCORING_NETWORK_TORCH_SCALAR_FUNCTION_H_

#include <ATen/core/ivalue.h>

#include <optional>
#include <string_view>
#include <vector>

namespace ventral {

enum class ScalarFunction {
  kAdd,
  kSubtract,
  kMultiply,
  kFloorDivide,
  kModulo,
  kTrueDivide,
  kPower,
  kNegate,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAnd,
  kOr,
  kNot,
  kMax,
  kMin,
  kToFloat,
  kToInt,
};

// "_operator.add", "torch.sym_max"; nullopt for what is none of them.
std::optional<ScalarFunction> FindScalarFunction(std::string_view target);
int ArityOf(ScalarFunction function);

// As Python computes it, integers within 64 bits. `arguments`: ArityOf(function) numbers or
// booleans. Throws Refusal on overflow or division by zero.
c10::IValue Apply(ScalarFunction function, const std::vector<c10::IValue>& arguments);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_SCALAR_FUNCTION_H_
