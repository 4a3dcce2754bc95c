// Forward, ForwardObserved and Output of torch_network.h: one node after the other, through
// LibTorch's dispatcher.
#include <ATen/ScalarOps.h>
#include <c10/core/InferenceMode.h>

#include <numeric>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_input.h"
#include "scoring/network/torch_network.h"

namespace ventral {
namespace {

using Values = std::vector<c10::IValue>;

c10::IValue Read(const Operand& operand, const Values& values);

template <typename T>
c10::List<T> ReadList(const Operand& operand, const Values& values) {
  c10::List<T> list;
  list.reserve(operand.items.size());
  for (const Operand& item : operand.items) list.push_back(Read(item, values).to<T>());
  return list;
}

c10::IValue Read(const Operand& operand, const Values& values) {
  switch (operand.kind) {
    case Operand::Kind::kConstant:
      return operand.constant;
    case Operand::Kind::kValue: {
      const c10::IValue& value = values[static_cast<std::size_t>(operand.value)];
      if (!operand.number_as_tensor) return value;
      at::Tensor tensor = c10::scalar_to_tensor(value.toScalar());
      tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
      return tensor;
    }
    case Operand::Kind::kTensors:
      return ReadList<at::Tensor>(operand, values);
    case Operand::Kind::kOptionalTensors:
      return ReadList<std::optional<at::Tensor>>(operand, values);
    case Operand::Kind::kInts:
      return ReadList<std::int64_t>(operand, values);
    case Operand::Kind::kFloats:
      return ReadList<double>(operand, values);
    case Operand::Kind::kBools:
      return ReadList<bool>(operand, values);
  }
  return {};
}

bool IsOfKind(const c10::IValue& value, ValueKind kind) {
  switch (kind) {
    case ValueKind::kTensor:
      return value.isTensor();
    case ValueKind::kInt:
      return value.isInt();
    case ValueKind::kFloat:
      return value.isDouble();
    case ValueKind::kBool:
      return value.isBool();
  }
  return false;
}

class Execution {
 public:
  Execution(const Program& program, at::Tensor batch, const Observer& observer)
      : program_(program), observer_(observer), values_(program.names.size()) {
    for (const Binding& binding : program.bindings) {
      Set(binding.value,
          binding.written ? c10::IValue(binding.content.toTensor().clone()) : binding.content);
    }
    Set(program.image, std::move(batch));
  }

  // Whether the branch that `guard` stands for is taken.
  bool Holds(int guard) const {
    if (guard == kNoGuard) return true;
    const Guard& about = program_.guards[static_cast<std::size_t>(guard)];
    return Holds(about.outer) && IsTrue(Get(about.predicate)) == about.wanted;
  }

  void Step(const Node& node) {
    stack_.clear();
    for (const Operand& argument : node.arguments) stack_.push_back(Read(argument, values_));
    if (node.op && observer_) {
      const std::vector<c10::IValue> arguments = stack_;
      node.op->callBoxed(stack_);
      observer_(node, arguments, stack_);
    } else if (node.op) {
      node.op->callBoxed(stack_);
    } else if (node.select) {
      stack_ = Selected();
    } else {
      stack_ = {Apply(node.function, stack_)};
    }
    if (!node.outputs.empty() && stack_.size() != node.outputs.size())
      throw Refusal("unexpected number of results");
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      Keep(node.outputs[i], std::move(stack_[i]));
  }

  void Forget(const Node& node) {
    for (const ValueId value : node.dead) values_[static_cast<std::size_t>(value)] = {};
  }

  const c10::IValue& Get(ValueId value) const { return values_[static_cast<std::size_t>(value)]; }

 private:
  static void CheckRange(std::int64_t size, const IntegerRange& range, const std::string& name) {
    if (size >= range.least && size <= range.most) return;
    throw Refusal("size '" + name + "' is " + std::to_string(size) + ", the archive says between " +
                  std::to_string(range.least) + " and " + std::to_string(range.most));
  }

  static bool IsTrue(const c10::IValue& value) {
    return value.isTensor() ? value.toTensor().item().toBool() : value.toBool();
  }

  // Of predicate, results where it is true, results where it is false.
  Values Selected() const {
    const auto results = static_cast<std::ptrdiff_t>(stack_.size() / 2);
    const auto first = stack_.begin() + 1 + (IsTrue(stack_.front()) ? 0 : results);
    return Values(first, first + results);
  }

  void Keep(const OutputSlot& slot, c10::IValue result) {
    if (!slot.is_list) return Set(slot.values.front(), std::move(result));
    const std::vector<at::Tensor> list = result.toTensorVector();
    if (list.size() != slot.values.size()) {
      throw Refusal("returned " + std::to_string(list.size()) + " tensors, the graph names " +
                    std::to_string(slot.values.size()));
    }
    for (std::size_t i = 0; i < list.size(); ++i) Set(slot.values[i], list[i]);
  }

  void Set(ValueId value, c10::IValue content) {
    if (value == kNoValue) return;
    const auto at = static_cast<std::size_t>(value);
    if (!IsOfKind(content, program_.kinds[at]))
      throw Refusal("value '" + program_.names[at] + "' is of another kind");
    if (const auto range = program_.ranges.find(value); range != program_.ranges.end())
      CheckRange(content.toInt(), range->second, program_.names[at]);
    values_[at] = std::move(content);
  }

  const Program& program_;
  const Observer& observer_;
  Values values_;
  Values stack_;
};

// Runs nodes up to and with `last`; `after(place, execution)` once before the first and after each.
Status Run(const Program& program, at::Tensor batch, std::ptrdiff_t last,
           const std::function<Status(std::ptrdiff_t, const Execution&)>& after,
           const Observer& observer = {}) {
  const c10::InferenceMode inference;
  Execution execution(program, std::move(batch), observer);
  VENTRAL_RETURN_IF_ERROR(after(-1, execution));
  for (std::ptrdiff_t place = 0; place <= last; ++place) {
    const Node& node = program.nodes[static_cast<std::size_t>(place)];
    try {
      if (execution.Holds(node.guard)) execution.Step(node);
    } catch (...) {
      return ErrorOf(std::current_exception(), "the network does not run: " + Describe(node));
    }
    VENTRAL_RETURN_IF_ERROR(after(place, execution));
    execution.Forget(node);
  }
  return Ok{};
}

// A mistake between preprocessing and network is named before an operator stumbles over it.
Status CheckBatch(const Network& network, const at::Tensor& batch) {
  const BatchRange range = network.batch_range();
  const Preprocessing& wanted = network.preprocessing();
  const std::int64_t stimuli = batch.dim() == 0 ? 0 : batch.size(0);
  if (batch.sizes() != at::IntArrayRef(InputSizes(wanted, stimuli)) ||
      batch.scalar_type() != InputType(wanted) || stimuli < range.least || stimuli > range.most) {
    return InvalidInput("a batch of " + c10::str(batch.sizes()) +
                        " does not fit the network's input");
  }
  return Ok{};
}

// What is no whole number becomes the network's precision.
at::Tensor AsPrecise(const Network& network, at::Tensor batch) {
  return batch.is_floating_point() ? batch.to(network.state().precision) : batch;
}

// Runs the network up to and with node `last`, or the last that a layer needs.
Status Tapped(const Network& network, at::Tensor batch, std::span<const std::size_t> layers,
              std::ptrdiff_t last, const Tap& tap, const Observer& observer) {
  const Program& program = network.state().program;
  VENTRAL_RETURN_IF_ERROR(CheckBatch(network, batch));
  std::unordered_map<std::ptrdiff_t, std::vector<std::size_t>> taps;
  for (const std::size_t layer : layers) {
    taps[program.captures.at(layer).after].push_back(layer);
    last = std::max(last, program.captures[layer].after);
  }
  const auto visit = [&](std::ptrdiff_t place, const Execution& execution) -> Status {
    const auto found = taps.find(place);
    if (found == taps.end()) return Ok{};
    for (const std::size_t layer : found->second) {
      const c10::IValue& value = execution.Get(program.captures[layer].value);
      if (!value.isTensor() && observer) continue;
      if (!value.isTensor()) {
        return InvalidInput("layer " + network.layers()[layer].id.ToString() +
                            " lies in a branch that the network does not take for these stimuli");
      }
      VENTRAL_RETURN_IF_ERROR(tap(layer, value.toTensor()));
    }
    return Ok{};
  };
  auto status = Contained("the network does not run", [&] {
    return Run(program, AsPrecise(network, std::move(batch)), last, visit, observer);
  });
  return status.ok() ? std::move(status).value() : Status(std::move(status).error());
}

}  // namespace

Status Forward(const Network& network, at::Tensor batch, std::span<const std::size_t> layers,
               const Tap& tap) {
  return Tapped(network, std::move(batch), layers, -1, tap, {});
}

Status ForwardObserved(const Network& network, at::Tensor batch, const Tap& tap,
                       const Observer& observer) {
  std::vector<std::size_t> all(network.layers().size());
  std::iota(all.begin(), all.end(), 0);
  const auto end = std::ssize(network.state().program.nodes) - 1;
  return Tapped(network, std::move(batch), all, end, tap, observer);
}

Result<std::vector<at::Tensor>> Output(const Network& network, at::Tensor batch) {
  const Program& program = network.state().program;
  VENTRAL_RETURN_IF_ERROR(CheckBatch(network, batch));
  if (program.outputs.size() != 1) {
    return InvalidInput("the network returns " + std::to_string(program.outputs.size()) +
                        " tensors; which is its output is said by `output` of ventral.json");
  }
  std::vector<at::Tensor> outputs;
  const auto end = std::ssize(program.nodes) - 1;
  const auto visit = [&](std::ptrdiff_t place, const Execution& execution) -> Status {
    if (place != end) return Ok{};
    for (const ValueId value : program.outputs) outputs.push_back(execution.Get(value).toTensor());
    return Ok{};
  };
  auto status = Contained("the network does not run", [&] {
    return Run(program, AsPrecise(network, std::move(batch)), end, visit);
  });
  if (!status.ok()) return std::move(status).error();
  VENTRAL_RETURN_IF_ERROR(std::move(status).value());
  return outputs;
}

}  // namespace ventral
