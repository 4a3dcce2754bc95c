// DenyOperators of torch_script.h.
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

bool IsAllowed(const Node& node) {
  for (const char* mark : {kEnterMark, kLeaveMark, kDenyMark}) {
    if (IsMark(node, mark)) return true;
  }
  const std::string name = NameOf(node);
  if (IsAllowedInScript(name)) return true;
  constexpr std::string_view kAten = "aten::";
  if (!name.starts_with(kAten) || node.maybeSchema() == nullptr) return false;
  const std::string bare = name.substr(kAten.size());
  return IsAllowedOperator(bare.find('.') == std::string::npos ? bare + ".default" : bare);
}

std::string NotAllowed(const std::string& op, const std::string& module) {
  return "operator " + op + " in " + (module.empty() ? "the network itself" : "module " + module) +
         " is not allowed";
}

class Denier {
 public:
  explicit Denier(FlatScript& script) : script_(script) {}

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

  FlatScript& script_;
  std::vector<std::size_t> calls_;
};

}  // namespace

bool SaysNotAllowed(const std::string& reason) {
  return reason.starts_with("operator ") && reason.ends_with(" is not allowed");
}

void DenyOperators(FlatScript& script) { Denier(script).Visit(script.graph->block()); }

}  // namespace ventral
