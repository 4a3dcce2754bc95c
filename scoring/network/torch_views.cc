#include "scoring/network/torch_views.h"

#include <algorithm>
#include <iterator>

namespace ventral {
namespace {

// A view of a view of … of more values than a network has reason for is followed no further: the
// file is hostile, and the work grows with the square.
constexpr std::size_t kMostBases = 64;

}  // namespace

std::vector<ValueId> ValuesOf(const Operand& operand) {
  std::vector<ValueId> values;
  if (operand.kind == Operand::Kind::kValue) values.push_back(operand.value);
  for (const Operand& item : operand.items) {
    if (item.kind == Operand::Kind::kValue) values.push_back(item.value);
  }
  return values;
}

std::vector<ValueId> ResultsOf(const Node& node) {
  std::vector<ValueId> values;
  for (const OutputSlot& slot : node.outputs) {
    std::copy_if(slot.values.begin(), slot.values.end(), std::back_inserter(values),
                 [](ValueId value) { return value != kNoValue; });
  }
  return values;
}

std::map<ValueId, std::ptrdiff_t> WrittenThroughViews(const Program& program) {
  std::map<ValueId, std::ptrdiff_t> written;
  std::map<ValueId, std::set<ValueId>> bases;  // view → what it is a view of
  for (std::ptrdiff_t place = 0; place < std::ssize(program.nodes); ++place) {
    const Node& node = program.nodes[static_cast<std::size_t>(place)];
    if (!node.op) continue;
    std::set<ValueId> seen;  // through the results
    for (std::size_t i = 0; i < node.arguments.size(); ++i) {
      const auto* alias = node.op->schema().arguments()[i].alias_info();
      if (alias == nullptr) continue;
      for (const ValueId value : ValuesOf(node.arguments[i])) {
        const std::set<ValueId>& below = bases[value];
        if (alias->isWrite()) {
          for (const ValueId base : below) written[base] = place;
        } else {
          seen.insert(value);
        }
        seen.insert(below.begin(), below.end());
      }
    }
    if (seen.empty() || seen.size() > kMostBases) continue;
    for (const ValueId result : ResultsOf(node)) bases[result] = seen;
  }
  return written;
}

}  // namespace ventral
