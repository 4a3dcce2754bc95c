// Private to network: one argument of a node, from JSON, held against the type that its schema
// wants.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_ARGUMENT_H_
#define VENTRAL_SCORING_NETWORK_TORCH_ARGUMENT_H_

#include <ATen/core/function_schema.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "scoring/network/json.h"
#include "scoring/network/torch_program.h"

namespace ventral {

// The archive numbers dtypes in its own way (FLOAT = 7), not as c10 does.
c10::ScalarType ScalarTypeOf(std::int64_t number);

// Where and how exactly the program runs, whatever the file says.
struct Setting {
  c10::Device device;
  c10::ScalarType precision;  // for float32
};

// `json` as the argument `schema` of an ATen operator. A device in the file becomes that of
// `setting`. Throws Refusal that names the argument.
Operand DecodeArgument(const Json& json, const c10::Argument& schema, const Program& program,
                       const Setting& setting);

// A number, boolean or scalar value: the argument of a scalar function.
Operand DecodeScalar(const Json& json, const Program& program);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_ARGUMENT_H_
