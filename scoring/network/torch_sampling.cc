// FirstSampler of torch_program.h, Reseed of torch_network.h.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/enum_tag.h>

#include <algorithm>
#include <mutex>

#include "scoring/network/torch_network.h"
#include "scoring/network/torch_program.h"

namespace ventral {
namespace {

bool IsConstant(const Operand& operand, double value) {
  if (operand.kind != Operand::Kind::kConstant) return false;
  const c10::IValue& constant = operand.constant;
  if (constant.isBool()) return constant.toBool() == (value != 0);
  return constant.isDouble() && constant.toDouble() == value;
}

// Of the operators that LibTorch says may draw, those that do: dropout draws nothing in evaluation
// mode, or with probability 0.
bool Draws(const Node& node) {
  if (!node.op || !node.op->hasTag(at::Tag::nondeterministic_seeded)) return false;
  const auto& arguments = node.op->schema().arguments();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i].name();
    const bool switches =
        name == "train" || name == "p" || name == "dropout" || name == "dropout_p";
    if (switches && IsConstant(node.arguments[i], 0)) return false;
  }
  return true;
}

}  // namespace

const Node* FirstSampler(const Program& program) {
  const auto found = std::find_if(program.nodes.begin(), program.nodes.end(), Draws);
  return found == program.nodes.end() ? nullptr : &*found;
}

void Reseed(const Network& network, std::uint64_t seed) {
  at::Generator generator = at::globalContext().defaultGenerator(network.state().device);
  const std::lock_guard lock(generator.mutex());
  generator.set_current_seed(seed);
}

}  // namespace ventral
