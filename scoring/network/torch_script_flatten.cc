// Flatten of torch_script.h.
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/alias_analysis.h>

#include <algorithm>
#include <unordered_map>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_script.h"

namespace ventral {
namespace {

namespace jit = torch::jit;
namespace attr = c10::attr;
namespace prim = c10::prim;

// A traced module that is called again has "forward1", "forward2", …; one with overloads, such as
// nn.LSTM, "forward__0", "forward__1".
bool IsForward(std::string_view method) {
  constexpr std::string_view kForward = "forward", kOverload = "__";
  if (!method.starts_with(kForward)) return false;
  method.remove_prefix(kForward.size());
  if (method.starts_with(kOverload)) method.remove_prefix(kOverload.size());
  return std::all_of(method.begin(), method.end(),
                     [](unsigned char letter) { return std::isdigit(letter) != 0; });
}

// "__torch__.torch.nn.modules.conv.___torch_mangle_3.Conv2d" → "torch.nn.modules.conv.Conv2d".
std::string ClassName(const c10::ClassType& type) {
  std::string text, name = type.name() ? type.name()->qualifiedName() : "";
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    const std::string atom = name.substr(begin, end - begin);
    const bool added = atom == "__torch__" || atom.starts_with("___torch_mangle_");
    if (!added) text += (text.empty() ? "" : ".") + atom;
    begin = end + 1;
  }
  return text;
}

class Flattener {
 public:
  Flattener(FlatScript& script, std::int64_t max_nodes) : script_(script), left_(max_nodes) {}

  void Run() {
    paths_[script_.graph->inputs().at(0)] = "";
    Count(*script_.graph->block());
    Visit(script_.graph->block());
  }

 private:
  // `with` calls, too.
  static bool Calls(const jit::Node& node) {
    return node.kind() == prim::CallMethod || node.kind() == prim::CallFunction ||
           node.kind() == prim::Enter || node.kind() == prim::Exit;
  }

  // Before they are copied in: a few methods that call each other can unfold to any number.
  void Count(const jit::Block& block) {
    for (const jit::Node* node : block.nodes()) {
      if (--left_ < 0) throw Refusal("its graph has too many nodes");
      for (const jit::Block* inner : node->blocks()) Count(*inner);
    }
  }

  void Visit(jit::Block* block) {
    for (auto at = block->nodes().begin(); at != block->nodes().end();) {
      jit::Node* node = *at;
      ++at;
      if (node->kind() == prim::GetAttr) NamePath(node);
      for (jit::Block* inner : node->blocks()) Visit(inner);
      if (Calls(*node)) {
        jit::Node* before = node->prev();
        Inline(node);
        at = before->next()->iterator();  // what was copied in may call, too
      } else if (node->kind() == prim::Print || node->kind() == c10::aten::warn) {
        node->destroy();  // says something, and does nothing
      }
    }
  }

  void NamePath(jit::Node* get) {
    const auto owner = paths_.find(get->input(0));
    const auto type = get->output()->type()->cast<c10::ClassType>();
    if (owner == paths_.end() || !type || !type->is_module()) return;
    const std::string& name = get->s(attr::name);
    paths_[get->output()] = owner->second.empty() ? name : owner->second + "." + name;
  }

  void Inline(jit::Node* call) {
    if (call->kind() == prim::CallFunction) {
      const auto type = call->input(0)->type()->expect<c10::FunctionType>();
      return Replace(call, *type->function(), call->inputs().slice(1), nullptr);
    }
    const std::string method = call->kind() == prim::Enter  ? "__enter__"
                               : call->kind() == prim::Exit ? "__exit__"
                                                            : call->s(attr::name);
    const auto type = call->input(0)->type()->cast<c10::ClassType>();
    if (!type) throw Refusal("it calls '" + method + "' of an object whose class is not fixed");
    const bool marked = type->is_module() && IsForward(method);
    std::optional<std::size_t> site;
    if (marked) site = SiteOf(call->input(0), *type);
    std::vector<jit::Value*> inputs(call->inputs().begin(), call->inputs().end());
    if (call->kind() == prim::Exit) {
      const torch::jit::WithInsertPoint here(call);
      inputs.resize(4, script_.graph->insertConstant(c10::IValue()));  // no exception, of no type
    }
    Replace(call, type->getMethod(method), inputs, site ? &*site : nullptr);
  }

  std::size_t SiteOf(jit::Value* module, const c10::ClassType& type) {
    const auto path = paths_.find(module);
    if (path == paths_.end())
      throw Refusal("it calls a module of class " + ClassName(type) + " whose path cannot be told");
    script_.sites.push_back({path->second, ClassName(type)});
    return script_.sites.size() - 1;
  }

  void Mark(const char* kind, std::size_t site, jit::Value* value) {
    jit::Graph& graph = *script_.graph;
    std::vector<jit::Value*> inputs{graph.insertConstant(static_cast<std::int64_t>(site))};
    if (value != nullptr) inputs.push_back(value);
    graph.insertNode(graph.create(c10::Symbol::fromQualString(kind), inputs, 0));
  }

  void Replace(jit::Node* call, torch::jit::Function& function, at::ArrayRef<jit::Value*> inputs,
               const std::size_t* site) {
    auto* body = torch::jit::tryToGraphFunction(function);
    if (body == nullptr) throw Refusal("it calls '" + function.name() + "', which has no graph");
    const std::shared_ptr<jit::Graph> graph = body->graph();
    Count(*graph->block());
    const torch::jit::WithInsertPoint here(call);
    if (site != nullptr) Mark(kEnterMark, *site, nullptr);
    std::unordered_map<jit::Value*, jit::Value*> copies;
    const auto outputs = torch::jit::insertGraph(*script_.graph, *graph, inputs, copies);
    if (outputs.size() != call->outputs().size()) throw Refusal("unexpected number of results");
    if (site != nullptr) Mark(kLeaveMark, *site, outputs.at(0));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      call->output(i)->replaceAllUsesWith(outputs[i]);
      // The path of a module that a method hands back is its own.
      if (const auto path = paths_.find(call->output(i)); path != paths_.end())
        paths_[outputs[i]] = path->second;
    }
    call->destroy();
  }

  FlatScript& script_;
  std::int64_t left_;
  std::unordered_map<const jit::Value*, std::string> paths_;  // of values that are modules
};

// Whether what a run reads from the module may be written into: buffers that count, weights that a
// network changes. Constants that may be are collected.
bool Writes(jit::Block& block, const torch::jit::AliasDb& aliases,
            std::vector<jit::Value*>& constants) {
  bool writes = false;
  for (jit::Node* node : block.nodes()) {
    const bool reads = node->kind() == prim::GetAttr;
    if (node->kind() == prim::SetAttr) writes = true;
    if (reads && aliases.hasWriters(node->output())) writes = true;
    if (node->kind() == prim::Constant && node->output()->type()->cast<c10::TensorType>() &&
        aliases.hasWriters(node->output())) {
      constants.push_back(node->output());
    }
    for (jit::Block* inner : node->blocks()) writes = Writes(*inner, aliases, constants) || writes;
  }
  return writes;
}

// So that each run has a copy of its own of what it may write into.
void CopyConstants(jit::Graph& graph, const std::vector<jit::Value*>& constants) {
  for (jit::Value* constant : constants) {
    const torch::jit::WithInsertPoint here(constant->node()->next());
    jit::Value* copy = graph.insert(c10::aten::clone, {constant});
    constant->replaceAllUsesAfterNodeWith(copy->node(), copy);
  }
}

}  // namespace

FlatScript Flatten(torch::jit::Module module, std::int64_t max_nodes) {
  const auto method = module.find_method("forward");
  if (!method) throw Refusal("the TorchScript module has no method forward");
  FlatScript script{std::move(module), nullptr, {}, {}, {}, false};
  script.graph = torch::jit::toGraphFunction(method->function()).graph()->copy();
  if (script.graph->inputs().size() != 2)
    throw Refusal("the network takes " + std::to_string(script.graph->inputs().size() - 1) +
                  " arguments; it must take one batch of images");
  Flattener(script, max_nodes).Run();
  GuardOperators(script);
  std::vector<jit::Value*> constants;
  script.writes = Writes(*script.graph->block(), torch::jit::AliasDb(script.graph), constants);
  CopyConstants(*script.graph, constants);
  script.code = torch::jit::Code(script.graph, "forward");
  return script;
}

}  // namespace ventral
