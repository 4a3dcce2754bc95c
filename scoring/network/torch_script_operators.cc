// GuardOperators of torch_script.h.
#include "scoring/network/operators.h"
#include "scoring/network/torch_script.h"

namespace ventral {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// "aten::len.t", "aten::relu", "prim::If".
std::string NameOf(const Node& node) {
  std::string name = node.kind().toQualString();
  const auto* schema = node.maybeSchema();
  if (schema != nullptr && !schema->overload_name().empty()) name += "." + schema->overload_name();
  return name;
}

bool IsMark(const Node& node, std::string_view mark) { return node.kind().toQualString() == mark; }

// "relu.default" of "aten::relu"; empty for what is no operator of ATen.
std::string AtenName(const Node& node) {
  constexpr std::string_view kAten = "aten::";
  const std::string name = NameOf(node);
  if (!name.starts_with(kAten) || node.maybeSchema() == nullptr) return "";
  const std::string bare = name.substr(kAten.size());
  return bare.find('.') == std::string::npos ? bare + ".default" : bare;
}

bool IsAllowed(const Node& node) {
  for (const char* mark : {kEnterMark, kLeaveMark}) {
    if (IsMark(node, mark)) return true;
  }
  return IsAllowedInScript(NameOf(node)) || IsAllowedOperator(AtenName(node));
}

std::string NotAllowed(const std::string& op, const std::string& module) {
  return "operator " + op + " in " + (module.empty() ? "the network itself" : "module " + module) +
         " is not allowed";
}

class Guard {
 public:
  explicit Guard(FlatScript& script) : script_(script) {}

  // In the order of the graph, so that the marks say which module a node lies in.
  void Visit(Block* block) {
    for (auto at = block->nodes().begin(); at != block->nodes().end();) {
      Node* node = *at;
      ++at;
      if (IsMark(*node, kEnterMark)) calls_.push_back(SiteOf(*node));
      if (IsMark(*node, kLeaveMark)) calls_.pop_back();
      if (!IsAllowed(*node)) {
        Deny(node);
      } else {
        for (Block* inner : node->blocks()) Visit(inner);
        const auto* schema = node->maybeSchema();
        const auto check = schema == nullptr ? nullptr : FindPromiseCheck(AtenName(*node), *schema);
        if (check != nullptr) Check(node, check);
      }
    }
  }

 private:
  static std::size_t SiteOf(const Node& mark) {
    return static_cast<std::size_t>(torch::jit::toIValue(mark.input(0))->toInt());
  }

  void Deny(Node* node) {
    const std::string module = calls_.empty() ? "" : script_.sites.at(calls_.back()).path;
    Graph& graph = *script_.graph;
    const torch::jit::WithInsertPoint here(node);
    Value* why = graph.insertConstant(NotAllowed(NameOf(*node), module));
    graph.insertNode(graph.create(c10::Symbol::fromQualString(kDenyMark), {why}, 0));
    for (Value* output : node->outputs()) {
      Node* nothing = graph.insertNode(graph.createUninitialized(output->type()));
      output->replaceAllUsesWith(nothing->output());
    }
    node->destroy();
  }

  void Check(Node* node, PromiseCheck check) {
    Graph& graph = *script_.graph;
    const torch::jit::WithInsertPoint here(node);
    std::vector<Value*> inputs{
        graph.insertConstant(static_cast<std::int64_t>(script_.promised.size()))};
    inputs.insert(inputs.end(), node->inputs().begin(), node->inputs().end());
    script_.promised.push_back({check, node->maybeSchema()});
    graph.insertNode(graph.create(c10::Symbol::fromQualString(kCheckMark), inputs, 0));
  }

  FlatScript& script_;
  std::vector<std::size_t> calls_;
};

}  // namespace

void GuardOperators(FlatScript& script) { Guard(script).Visit(script.graph->block()); }

}  // namespace ventral
