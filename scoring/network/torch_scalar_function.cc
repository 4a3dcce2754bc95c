#include "scoring/network/torch_scalar_function.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

using F = ScalarFunction;

double Double(const c10::IValue& value) {
  if (value.isInt()) return static_cast<double>(value.toInt());
  return value.isBool() ? (value.toBool() ? 1.0 : 0.0) : value.toDouble();
}

std::int64_t Int(const c10::IValue& value) {
  return value.isBool() ? value.toBool() : value.toInt();
}

void Check(bool overflow) {
  if (overflow) throw Refusal("a size passes 64 bits");
}

// Rounds towards minus infinity; the remainder has the divisor's sign.
std::int64_t FloorDivide(std::int64_t a, std::int64_t b, bool remainder) {
  if (b == 0) throw Refusal("a size is divided by zero");
  if (b == -1) {
    Check(a == std::numeric_limits<std::int64_t>::min());
    return remainder ? 0 : -a;
  }
  std::int64_t quotient = a / b;
  if (a % b != 0 && ((a < 0) != (b < 0))) --quotient;
  return remainder ? a - quotient * b : quotient;
}

std::int64_t Power(std::int64_t base, std::int64_t exponent) {
  if (exponent > 4096) throw Refusal("a size passes 64 bits");
  std::int64_t result = 1;
  for (; exponent > 0; --exponent) {
    const std::int64_t factor = result;
    Check(__builtin_mul_overflow(factor, base, &result));
  }
  return result;
}

c10::IValue Whole(F function, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  switch (function) {
    case F::kAdd:
      Check(__builtin_add_overflow(a, b, &result));
      return result;
    case F::kSubtract:
      Check(__builtin_sub_overflow(a, b, &result));
      return result;
    case F::kMultiply:
      Check(__builtin_mul_overflow(a, b, &result));
      return result;
    case F::kFloorDivide:
      return FloorDivide(a, b, false);
    case F::kModulo:
      return FloorDivide(a, b, true);
    case F::kPower:
      if (b < 0) return std::pow(static_cast<double>(a), static_cast<double>(b));
      return Power(a, b);
    case F::kMax:
      return std::max(a, b);
    case F::kMin:
      return std::min(a, b);
    default:
      throw Refusal("no such function on whole numbers");
  }
}

c10::IValue Real(F function, double a, double b) {
  switch (function) {
    case F::kAdd:
      return a + b;
    case F::kSubtract:
      return a - b;
    case F::kMultiply:
      return a * b;
    case F::kFloorDivide:
      return std::floor(a / b);
    case F::kModulo:
      return a - std::floor(a / b) * b;
    case F::kPower:
      return std::pow(a, b);
    case F::kMax:
      return std::max(a, b);
    case F::kMin:
      return std::min(a, b);
    default:
      throw Refusal("no such function on real numbers");
  }
}

std::int64_t Truncated(double value) {
  if (!(std::abs(value) < 9.2e18)) throw Refusal("a size passes 64 bits");
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::optional<ScalarFunction> FindScalarFunction(std::string_view target) {
  static const std::map<std::string_view, F> known = {
      {"_operator.add", F::kAdd},      {"_operator.sub", F::kSubtract},
      {"_operator.mul", F::kMultiply}, {"_operator.floordiv", F::kFloorDivide},
      {"_operator.mod", F::kModulo},   {"_operator.truediv", F::kTrueDivide},
      {"_operator.pow", F::kPower},    {"_operator.neg", F::kNegate},
      {"_operator.eq", F::kEqual},     {"_operator.ne", F::kNotEqual},
      {"_operator.lt", F::kLess},      {"_operator.le", F::kLessEqual},
      {"_operator.gt", F::kGreater},   {"_operator.ge", F::kGreaterEqual},
      {"_operator.and_", F::kAnd},     {"_operator.or_", F::kOr},
      {"torch.sym_not", F::kNot},      {"torch.sym_max", F::kMax},
      {"torch.sym_min", F::kMin},      {"torch.sym_float", F::kToFloat},
      {"torch.sym_int", F::kToInt},    {"math.trunc", F::kToInt}};
  const auto found = known.find(target);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

int ArityOf(ScalarFunction function) {
  switch (function) {
    case F::kNegate:
    case F::kNot:
    case F::kToFloat:
    case F::kToInt:
      return 1;
    default:
      return 2;
  }
}

c10::IValue Apply(ScalarFunction function, const std::vector<c10::IValue>& arguments) {
  const c10::IValue& a = arguments.at(0);
  const c10::IValue& b = arguments.back();
  const bool real = a.isDouble() || b.isDouble();
  switch (function) {
    case F::kNegate:
      return real ? Real(F::kSubtract, 0, Double(a)) : Whole(F::kSubtract, 0, Int(a));
    case F::kNot:
      return Double(a) == 0;
    case F::kToFloat:
      return Double(a);
    case F::kToInt:
      return a.isDouble() ? Truncated(Double(a)) : Int(a);
    case F::kTrueDivide:
      return Double(a) / Double(b);
    case F::kEqual:
      return real ? Double(a) == Double(b) : Int(a) == Int(b);
    case F::kNotEqual:
      return real ? Double(a) != Double(b) : Int(a) != Int(b);
    case F::kLess:
      return real ? Double(a) < Double(b) : Int(a) < Int(b);
    case F::kLessEqual:
      return real ? Double(a) <= Double(b) : Int(a) <= Int(b);
    case F::kGreater:
      return real ? Double(a) > Double(b) : Int(a) > Int(b);
    case F::kGreaterEqual:
      return real ? Double(a) >= Double(b) : Int(a) >= Int(b);
    case F::kAnd:
      return Double(a) != 0 && Double(b) != 0;
    case F::kOr:
      return Double(a) != 0 || Double(b) != 0;
    default:
      return real ? Real(function, Double(a), Double(b)) : Whole(function, Int(a), Int(b));
  }
}

}  // namespace ventral
