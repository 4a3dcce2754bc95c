// GuardOperators of torch_script.h.
#include "scoring/network/operators.h"
#include "scoring/network/torch_script.h"

namespace ventral {
namespace {

namespace jit = torch::jit;

// "aten::len.t", "aten::relu", "prim::If".
std::string NameOf(const jit::Node& node) {
  std::string name = node.kind().toQualString();
  const auto* schema = node.maybeSchema();
  if (schema != nullptr && !schema->overload_name().empty()) name += "." + schema->overload_name();
  return name;
}

bool IsMark(const jit::Node& node, std::string_view mark) {
  return node.kind().toQualString() == mark;
}

// "relu.default" of "aten::relu"; empty for what is no operator of ATen.
std::string AtenName(const jit::Node& node) {
  constexpr std::string_view kAten = "aten::";
  const std::string name = NameOf(node);
  if (!name.starts_with(kAten) || node.maybeSchema() == nullptr) return "";
  const std::string bare = name.substr(kAten.size());
  return bare.find('.') == std::string::npos ? bare + ".default" : bare;
}

bool IsAllowed(const jit::Node& node) {
  for (const char* mark : {kEnterMark, kLeaveMark}) {
    if (IsMark(node, mark)) return true;
  }
  return IsAllowedInScript(NameOf(node)) || IsAllowedOperator(AtenName(node));
}

std::string NotAllowed(const std::string& op, const std::string& module) {
  return "operator " + op + " in " + (module.empty() ? "the network itself" : "module " + module) +
         " is not allowed";
}

class OperatorGuard {
 public:
  explicit OperatorGuard(FlatScript& script) : script_(script) {}

  // In the order of the graph, so that the marks say which module a node lies in.
  void Visit(jit::Block* block) {
    for (auto at = block->nodes().begin(); at != block->nodes().end();) {
      jit::Node* node = *at;
      ++at;
      if (IsMark(*node, kEnterMark)) calls_.push_back(SiteOf(*node));
      if (IsMark(*node, kLeaveMark)) calls_.pop_back();
      if (!IsAllowed(*node)) {
        Deny(node);
      } else {
        for (jit::Block* inner : node->blocks()) Visit(inner);
        const auto* schema = node->maybeSchema();
        const auto check = schema == nullptr ? nullptr : FindPromiseCheck(AtenName(*node), *schema);
        if (check != nullptr) Check(node, check);
      }
    }
  }

 private:
  static std::size_t SiteOf(const jit::Node& mark) {
    return static_cast<std::size_t>(torch::jit::toIValue(mark.input(0))->toInt());
  }

  void Deny(jit::Node* node) {
    const std::string module = calls_.empty() ? "" : script_.sites.at(calls_.back()).path;
    jit::Graph& graph = *script_.graph;
    const torch::jit::WithInsertPoint here(node);
    jit::Value* why = graph.insertConstant(NotAllowed(NameOf(*node), module));
    graph.insertNode(graph.create(c10::Symbol::fromQualString(kDenyMark), {why}, 0));
    for (jit::Value* output : node->outputs()) {
      jit::Node* nothing = graph.insertNode(graph.createUninitialized(output->type()));
      output->replaceAllUsesWith(nothing->output());
    }
    node->destroy();
  }

  void Check(jit::Node* node, PromiseCheck check) {
    jit::Graph& graph = *script_.graph;
    const torch::jit::WithInsertPoint here(node);
    std::vector<jit::Value*> inputs{
        graph.insertConstant(static_cast<std::int64_t>(script_.promised.size()))};
    inputs.insert(inputs.end(), node->inputs().begin(), node->inputs().end());
    script_.promised.push_back({check, node->maybeSchema()});
    graph.insertNode(graph.create(c10::Symbol::fromQualString(kCheckMark), inputs, 0));
  }

  FlatScript& script_;
  std::vector<std::size_t> calls_;
};

}  // namespace

void GuardOperators(FlatScript& script) { OperatorGuard(script).Visit(script.graph->block()); }

}  // namespace ventral
