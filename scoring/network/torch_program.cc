#include "scoring/network/torch_program.h"

#include "scoring/network/torch_contained.h"

namespace ventral {

Operand ValueOperand(ValueId value) {
  Operand operand;
  operand.kind = Operand::Kind::kValue;
  operand.value = value;
  return operand;
}

ValueId Program::Define(const std::string& name, ValueKind kind) {
  const auto id = static_cast<ValueId>(names.size());
  if (!index.emplace(name, id).second) throw Refusal("value '" + name + "' is defined twice");
  names.push_back(name);
  kinds.push_back(kind);
  return id;
}

ValueId Program::Use(const std::string& name) const {
  const auto found = index.find(name);
  if (found == index.end()) throw Refusal("value '" + name + "' is used before it is defined");
  return found->second;
}

std::string Describe(const Node& node) {
  const std::string module = node.modules.empty() ? "" : node.modules.back().ToString();
  return "node " + node.name + " (" + node.target + ")" +
         (module.empty() ? " in the network itself" : " in module " + module);
}

}  // namespace ventral
