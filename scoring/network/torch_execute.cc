// RunnableOf of torch_program.h: one node after the other, through LibTorch's dispatcher.
#include <ATen/ScalarOps.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_program.h"

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
  Execution(const Program& program, at::Tensor batch, const Observer* observer)
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
    if (node.check != nullptr) node.check({node.op->schema(), stack_});
    if (node.op && observer_ != nullptr) {
      const std::vector<c10::IValue> arguments = stack_;
      node.op->callBoxed(stack_);
      (*observer_)({OperatorOf(node), node.modules, arguments, stack_});
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

  static std::string_view OperatorOf(const Node& node) {
    constexpr std::string_view kBefore = "torch.ops.aten.";
    const std::string_view target = node.target;
    return target.starts_with(kBefore) ? target.substr(kBefore.size()) : std::string_view();
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
  const Observer* observer_;
  Values values_;
  Values stack_;
};

// Visits before the first node (-1) and after each.
using Visit = std::function<Status(std::ptrdiff_t place, const Execution& execution)>;

// Runs nodes up to and with `last`.
Status RunNodes(const Program& program, Execution& execution, std::ptrdiff_t last,
                const Visit& visit) {
  const c10::InferenceMode inference;
  VENTRAL_RETURN_IF_ERROR(visit(-1, execution));
  for (std::ptrdiff_t place = 0; place <= last; ++place) {
    const Node& node = program.nodes[static_cast<std::size_t>(place)];
    try {
      if (execution.Holds(node.guard)) execution.Step(node);
    } catch (...) {
      return ErrorOf(std::current_exception(), "the network does not run: " + Describe(node));
    }
    VENTRAL_RETURN_IF_ERROR(visit(place, execution));
    execution.Forget(node);
  }
  return Ok{};
}

class ProgramRun final : public Runnable {
 public:
  explicit ProgramRun(Program program) : program_(std::move(program)) {}

  Status Run(const RunRequest& request) const override {
    auto status = Contained("the network does not run", [&] {
      Execution execution(program_, request.batch, request.observer);
      const Visit visit = [&](std::ptrdiff_t place, const Execution& at) {
        return TapAt(place, at, request);
      };
      return RunNodes(program_, execution, LastOf(request), visit);
    });
    return status.ok() ? std::move(status).value() : Status(std::move(status).error());
  }

 private:
  std::ptrdiff_t End() const { return std::ssize(program_.nodes) - 1; }

  // The last node that is needed.
  std::ptrdiff_t LastOf(const RunRequest& request) const {
    if (request.observer != nullptr || request.outputs != nullptr) return End();
    std::ptrdiff_t last = -1;
    for (const std::size_t layer : request.layers)
      last = std::max(last, program_.captures.at(layer).after);
    return last;
  }

  Status TapAt(std::ptrdiff_t place, const Execution& execution, const RunRequest& request) const {
    for (const std::size_t layer : request.layers) {
      const Capture& capture = program_.captures[layer];
      if (capture.after != place) continue;
      const c10::IValue& value = execution.Get(capture.value);
      if (!value.isTensor() && request.observer != nullptr) continue;
      if (!value.isTensor()) return NotReached(capture.layer.id);
      VENTRAL_RETURN_IF_ERROR(request.tap(layer, value.toTensor()));
    }
    if (place != End() || request.outputs == nullptr) return Ok{};
    for (const ValueId value : program_.outputs)
      request.outputs->push_back(execution.Get(value).toTensor());
    return Ok{};
  }

  const Program program_;
};

}  // namespace

Error NotReached(const LayerId& layer) {
  return InvalidInput("layer " + layer.ToString() +
                      " lies in a branch that the network does not take for these stimuli");
}

std::unique_ptr<Runnable> RunnableOf(Program program) {
  return std::make_unique<ProgramRun>(std::move(program));
}

}  // namespace ventral
