// Private to network: TorchScript, scripted or traced. Its graph is made flat: every call of a
// method is replaced by the method's own nodes, and a mark stands before and after each call of a
// module's forward. The marks tell a listener, while LibTorch's interpreter runs the graph, which
// module starts and what it returned. All throw Refusal or c10::Error.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_SCRIPT_H_
#define VENTRAL_SCORING_NETWORK_TORCH_SCRIPT_H_

#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scoring/network/torch_archive.h"
#include "scoring/network/torch_network.h"
#include "scoring/network/torch_promises.h"

namespace ventral {

// One place in the graph where a module is called.
struct CallSite {
  std::string path, module_class;  // "layer1.0", "torchvision.models.resnet.BasicBlock"
};

// A call that is held against its promises (torch_promises.h) before it is made.
struct PromisedCall {
  PromiseCheck check;
  const c10::FunctionSchema* schema;
};

struct FlatScript {
  torch::jit::Module module;                 // the object that holds weights and buffers
  std::shared_ptr<torch::jit::Graph> graph;  // of (module, batch)
  torch::jit::Code code;                     // the same, for the interpreter
  std::vector<CallSite> sites;
  std::vector<PromisedCall> promised;
  // A run may write into the module, so each gets a copy of its own.
  bool writes = false;
};

// In evaluation mode, on the device, floating-point weights in `precision`.
torch::jit::Module ReadScript(Archive& archive, c10::Device device, c10::ScalarType precision);

// Puts in the place of each operator that is neither in operators.txt nor in script_operators.txt a
// mark that ends the run: such an operator may stand in a branch that is never taken, and is never
// run. "operator aten::from_file in module a.b is not allowed". Before each call that makes a
// promise it puts a mark that checks it.
void GuardOperators(FlatScript& script);

// `max_nodes` of the flat graph. Refuses calls that it cannot follow.
FlatScript Flatten(torch::jit::Module module, std::int64_t max_nodes);

// What a run tells. `site` is an index into FlatScript::sites. May throw, which ends the run.
class ScriptListener {
 public:
  virtual ~ScriptListener() = default;
  virtual void Enter(std::size_t site) = 0;
  virtual void Leave(std::size_t site, const c10::IValue& returned) = 0;
};

// What Flatten inserts: "enter(int site)", "leave(int site, Any value)", "deny(str why)",
// "check(int promised, arguments…)".
inline constexpr char kEnterMark[] = "ventral::enter", kLeaveMark[] = "ventral::leave",
                      kDenyMark[] = "ventral::deny", kCheckMark[] = "ventral::check";

// Throws the Refusal of a mark or of the listener; the interpreter makes a std::runtime_error of
// all else that is thrown in it.
c10::IValue RunScript(const FlatScript& script, const at::Tensor& batch, ScriptListener& listener);

// The tensors in `returned`, by name as in torch_returned.h: "" for a tensor itself, "1.0", "key".
using NamedTensor = std::pair<std::string, at::Tensor>;
std::vector<NamedTensor> TensorsIn(const c10::IValue& returned);

// What was wrong, in a message of the interpreter: it makes one text of a traceback and of that.
std::string ReasonIn(const std::string& message);

// Layers are (path, step, element); `layers` says them by index.
std::unique_ptr<Runnable> RunnableOf(FlatScript script, std::vector<LayerId> layers,
                                     std::string output);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_SCRIPT_H_
