// Private to network: what LibTorch believes of a call's arguments, and reaches beyond its memory,
// or ends the process, where it is a lie. Found by tests/fuzz; each is held here against the
// tensors themselves before the call.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_PROMISES_H_
#define VENTRAL_SCORING_NETWORK_TORCH_PROMISES_H_

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include <string_view>
#include <vector>

namespace ventral {

// A call that is about to be made: arguments in the schema's order.
struct Call {
  const c10::FunctionSchema& schema;
  const std::vector<c10::IValue>& arguments;
  // Throws Refusal if the schema has no such argument.
  const c10::IValue& operator[](std::string_view name) const;
};

// Throws Refusal that names the argument.
using PromiseCheck = void (*)(const Call& call);

// Of "repeat_interleave.Tensor" and its kin, and of every operator that takes a memory format;
// nullptr for operators that check for themselves.
PromiseCheck FindPromiseCheck(std::string_view name_and_overload,
                              const c10::FunctionSchema& schema);

// Of lstm, gru and rnn_…: every size that follows from hidden state, layers and directions.
void CheckRecurrent(const Call& call);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_PROMISES_H_
