// RunnableOf of torch_script.h.
#include <ATen/record_function.h>

#include <map>
#include <optional>
#include <set>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_returned.h"
#include "scoring/network/torch_script.h"

namespace ventral {
namespace {

// What ends a run before its end.
struct Stop : std::exception {};

// Which operators run, for a look at the whole network: those that the graph names, not those that
// they call.
class OperatorWatch {
 public:
  explicit OperatorWatch(std::function<void(const Step&)> observer,
                         const std::vector<LayerId>& modules)
      : observer_(std::move(observer)), modules_(modules) {
    current = this;
    handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(Start, End)
                                             .needsInputs(true)
                                             .needsOutputs(true)
                                             .scopes({at::RecordScope::FUNCTION}));
  }
  ~OperatorWatch() {
    at::removeCallback(handle_);
    current = nullptr;
  }
  OperatorWatch(const OperatorWatch&) = delete;
  OperatorWatch& operator=(const OperatorWatch&) = delete;

 private:
  struct Arguments : at::ObserverContext {
    std::vector<c10::IValue> values;
  };

  static std::unique_ptr<at::ObserverContext> Start(const at::RecordFunction& function) {
    auto context = std::make_unique<Arguments>();
    if (current != nullptr && current->depth_++ == 0)
      context->values.assign(function.inputs().begin(), function.inputs().end());
    return context;
  }

  static void End(const at::RecordFunction& function, at::ObserverContext* context) {
    if (current == nullptr || --current->depth_ > 0) return;
    const auto name = function.operator_name();
    if (!name || !name->name.starts_with("aten::")) return;
    const std::string op = name->name.substr(6) + "." +
                           (name->overload_name.empty() ? "default" : name->overload_name);
    const std::vector<c10::IValue> results = function.outputs();
    current->observer_({op, current->modules_, static_cast<Arguments*>(context)->values, results});
  }

  static thread_local OperatorWatch* current;
  std::function<void(const Step&)> observer_;
  const std::vector<LayerId>& modules_;
  int depth_ = 0;
  at::CallbackHandle handle_;
};
thread_local OperatorWatch* OperatorWatch::current = nullptr;

// Hands the layers that were asked for to the tap.
class LayerListener final : public ScriptListener {
 public:
  LayerListener(const std::vector<CallSite>& sites, const std::vector<LayerId>& layers,
                const RunRequest& request)
      : sites_(sites), request_(request) {
    for (const std::size_t layer : request.layers) {
      const LayerName name = SplitLayer(layers[layer].path);
      wanted_[{name.module, layers[layer].step}].push_back({layer, name.element});
    }
    left_ = request.layers.size();
    to_end_ = request.observer != nullptr || request.outputs != nullptr;
  }

  void Enter(std::size_t site) override {
    modules_.push_back({sites_.at(site).path, steps_[sites_[site].path]++});
  }

  void Leave(std::size_t /*site*/, const c10::IValue& returned) override {
    const LayerId call = modules_.back();
    modules_.pop_back();
    const auto wanted = wanted_.find(call);
    if (wanted == wanted_.end()) return;
    const auto tensors = TensorsIn(returned);
    for (const auto& [layer, element] : wanted->second) Take(layer, element, tensors);
    if (left_ == 0 && !to_end_) throw Stop();
  }

  bool finished() const { return left_ == 0 && status_.ok() && !to_end_; }
  const Status& status() const { return status_; }
  const std::vector<LayerId>& modules() const { return modules_; }
  bool Took(std::size_t layer) const { return taken_.contains(layer); }

 private:
  void Take(std::size_t layer, const std::string& element,
            const std::vector<NamedTensor>& tensors) {
    for (const auto& [name, tensor] : tensors) {
      if (name != element) continue;
      taken_.insert(layer);
      --left_;
      status_ = request_.tap(layer, tensor);
      if (!status_.ok()) throw Stop();
    }
  }

  const std::vector<CallSite>& sites_;
  const RunRequest& request_;
  std::map<LayerId, std::vector<std::pair<std::size_t, std::string>>> wanted_;
  std::map<std::string, std::int64_t> steps_;  // calls of each module so far
  std::vector<LayerId> modules_;               // that run now, outermost first
  std::set<std::size_t> taken_;
  std::size_t left_ = 0;
  bool to_end_ = false;
  Status status_ = Ok{};
};

class ScriptRun final : public Runnable {
 public:
  ScriptRun(FlatScript script, std::vector<LayerId> layers, std::string output)
      : script_(std::move(script)), layers_(std::move(layers)), output_(std::move(output)) {}

  Status Run(const RunRequest& request) const override {
    LayerListener listener(script_.sites, layers_, request);
    std::optional<OperatorWatch> watch;
    if (request.observer != nullptr) watch.emplace(*request.observer, listener.modules());
    try {
      const c10::IValue returned = RunScript(script_, request.batch, listener);
      if (request.outputs != nullptr) KeepOutputs(returned, *request.outputs);
    } catch (...) {
      if (!listener.status().ok()) return listener.status().error();
      if (!listener.finished()) return Failure(std::current_exception(), listener);
    }
    for (const std::size_t layer : request.layers) {
      if (!listener.Took(layer) && request.observer == nullptr) return NotReached(layers_[layer]);
    }
    return Ok{};
  }

 private:
  static Error Failure(std::exception_ptr thrown, const LayerListener& listener) {
    const std::string module =
        listener.modules().empty() ? "" : listener.modules().back().ToString();
    const Error error = ErrorOf(thrown, "");
    const std::string where = "the network does not run: in " +
                              (module.empty() ? "the network itself" : "module " + module) + ": ";
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& what) {
      const std::string reason = where + ReasonIn(what.what());
      return SpeaksOfMemory(what.what()) ? ResourceLimit(reason) : Error{error.code, reason, ""};
    } catch (...) {
      return error;
    }
  }

  void KeepOutputs(const c10::IValue& returned, std::vector<at::Tensor>& outputs) const {
    for (auto& [name, tensor] : TensorsIn(returned)) {
      if (output_.empty() || name == output_) outputs.push_back(tensor);
    }
  }

  const FlatScript script_;
  const std::vector<LayerId> layers_;
  const std::string output_;
};

}  // namespace

std::unique_ptr<Runnable> RunnableOf(FlatScript script, std::vector<LayerId> layers,
                                     std::string output) {
  return std::make_unique<ScriptRun>(std::move(script), std::move(layers), std::move(output));
}

}  // namespace ventral
