// RunScript, TensorsIn and ReasonIn of torch_script.h.
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/custom_operator.h>

#include <algorithm>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_script.h"

namespace ventral {
namespace {

// The operators of the marks are known to the whole process, a run to its thread.
struct ThisRun {
  const FlatScript& script;
  ScriptListener& listener;
  // Why a mark ended the run: the interpreter makes a text with a traceback of what is thrown in
  // it.
  std::string refusal;
};
thread_local ThisRun* this_run = nullptr;

template <typename Body>
void InThisRun(const Body& body) {
  if (this_run == nullptr) return;
  try {
    body(*this_run);
  } catch (const Refusal& refusal) {
    this_run->refusal = refusal.what();
    throw;
  }
}

std::size_t SiteOf(const c10::IValue& value) { return static_cast<std::size_t>(value.toInt()); }

void EnterModule(torch::jit::Stack& stack) {
  const c10::IValue site = torch::jit::pop(stack);
  InThisRun([&](ThisRun& run) { run.listener.Enter(SiteOf(site)); });
}

void LeaveModule(torch::jit::Stack& stack) {
  const c10::IValue value = torch::jit::pop(stack), site = torch::jit::pop(stack);
  InThisRun([&](ThisRun& run) { run.listener.Leave(SiteOf(site), value); });
}

void DenyRun(torch::jit::Stack& stack) {
  const std::string why = torch::jit::pop(stack).toStringRef();
  InThisRun([&](ThisRun&) { throw Refusal(why); });
}

// Of a mark that takes any number of values, the interpreter says how many on top of them.
void CheckPromise(torch::jit::Stack& stack) {
  const std::int64_t count = torch::jit::pop(stack).toInt();
  std::vector<c10::IValue> arguments(stack.end() - count + 1, stack.end());
  const std::size_t at = SiteOf(stack[stack.size() - static_cast<std::size_t>(count)]);
  torch::jit::drop(stack, static_cast<std::size_t>(count));
  InThisRun([&](ThisRun& run) {
    const PromisedCall& promised = run.script.promised.at(at);
    try {
      promised.check({*promised.schema, arguments});
    } catch (const Refusal& refusal) {
      throw Refusal("operator " + promised.schema->name() + ": " + refusal.what());
    }
  });
}

// No pass runs on a flat graph, so nothing takes a mark away for having no result.
const torch::jit::RegisterOperators kMarks({
    torch::jit::Operator(std::string(kEnterMark) + "(int site) -> ()", EnterModule,
                         c10::AliasAnalysisKind::FROM_SCHEMA),
    torch::jit::Operator(std::string(kDenyMark) + "(str why) -> ()", DenyRun,
                         c10::AliasAnalysisKind::FROM_SCHEMA),
    torch::jit::Operator(std::string(kCheckMark) + "(...) -> ()", CheckPromise,
                         c10::AliasAnalysisKind::FROM_SCHEMA),
    torch::jit::Operator(std::string(kLeaveMark) + "(int site, Any value) -> ()", LeaveModule,
                         c10::AliasAnalysisKind::FROM_SCHEMA),
});

class Running {
 public:
  explicit Running(ThisRun& run) { this_run = &run; }
  ~Running() { this_run = nullptr; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
};

void AppendTensors(const c10::IValue& value, const std::string& name,
                   std::vector<NamedTensor>& tensors) {
  const auto below = [&name](const std::string& key) {
    return name.empty() ? key : name + "." + key;
  };
  if (value.isTensor()) {
    if (value.toTensor().defined()) tensors.emplace_back(name, value.toTensor());
  } else if (value.isTuple()) {
    const auto& elements = value.toTupleRef().elements();
    for (std::size_t i = 0; i < elements.size(); ++i)
      AppendTensors(elements[i], below(std::to_string(i)), tensors);
  } else if (value.isList()) {
    const auto elements = value.toListRef();
    for (std::size_t i = 0; i < elements.size(); ++i)
      AppendTensors(elements[i], below(std::to_string(i)), tensors);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      const bool text = entry.key().isString();
      AppendTensors(entry.value(), below(text ? entry.key().toStringRef() : c10::str(entry.key())),
                    tensors);
    }
  }
}

}  // namespace

std::string ReasonIn(const std::string& message) {
  // "RuntimeError: …", "builtins.ValueError: …" begin a line.
  for (std::size_t end = message.size(); end != std::string::npos && end > 0;) {
    const std::size_t before = message.rfind('\n', end - 1);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    const std::string line = message.substr(begin, message.find('\n', begin) - begin);
    const std::size_t name = line.find_first_of(" :");
    if (name != std::string::npos && line.substr(0, name).ends_with("Error") && line[name] == ':')
      return line.substr(std::min(line.size(), name + 2));
    end = before;
  }
  return message.substr(0, message.find('\n'));
}

std::vector<NamedTensor> TensorsIn(const c10::IValue& returned) {
  std::vector<NamedTensor> tensors;
  AppendTensors(returned, "", tensors);
  return tensors;
}

c10::IValue RunScript(const FlatScript& script, const at::Tensor& batch, ScriptListener& listener) {
  const c10::InferenceMode inference;
  ThisRun run{script, listener, ""};
  const Running here(run);
  torch::jit::Stack stack;
  stack.emplace_back(script.writes ? script.module.deepcopy()._ivalue() : script.module._ivalue());
  stack.emplace_back(batch);
  try {
    torch::jit::InterpreterState(script.code).run(stack);
  } catch (...) {
    if (!run.refusal.empty()) throw Refusal(run.refusal);
    throw;
  }
  return torch::jit::pop(stack);
}

}  // namespace ventral
