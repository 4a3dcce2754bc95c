// Private to network: which values change after they were made, without being written to by name.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_VIEWS_H_
#define VENTRAL_SCORING_NETWORK_TORCH_VIEWS_H_

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "scoring/network/torch_program.h"

namespace ventral {

// Value → the last node that writes into it through a view of it: `y.flatten(1).mul_(2)` changes y.
// A write into y itself has a result of its own, and that is what the graph uses from there on.
std::map<ValueId, std::ptrdiff_t> WrittenThroughViews(const Program& program);

// All values that an argument reads.
std::vector<ValueId> ValuesOf(const Operand& operand);
// All values that a node makes.
std::vector<ValueId> ResultsOf(const Node& node);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_VIEWS_H_
