// Private to network: nodes of a graph, and of the graphs within it (torch.no_grad, torch.cond).
#ifndef VENTRAL_SCORING_NETWORK_TORCH_SUBGRAPH_H_
#define VENTRAL_SCORING_NETWORK_TORCH_SUBGRAPH_H_

#include <vector>

#include "scoring/network/json.h"
#include "scoring/network/torch_argument.h"
#include "scoring/network/torch_program.h"

namespace ventral {

struct DecodeContext {
  Program& program;
  Setting setting;
  std::int64_t max_nodes;        // of the whole program, those of subgraphs included
  int guard = kNoGuard;          // of the branch that is decoded
  std::vector<LayerId> modules;  // that the subgraph lies in, for nodes that do not say
};

// Appends `nodes` to the program, each verified. Throws Refusal that names the node.
void DecodeNodes(const Json& nodes, DecodeContext& context);

inline constexpr std::string_view kHigherOrder = "torch.ops.higher_order.";

// A node whose argument is a graph, written out into the program: there is no call at run time.
// `about`: its name, target and modules. Throws Refusal.
//   wrap_with_set_grad_enabled  its nodes, as nothing here has gradients
//   cond                        both branches, each under a guard, then a node that selects
//   _export_tracepoint          what a module returns there, kept in program.traces
void DecodeHigherOrder(const Node& about, const Json& json, DecodeContext& context);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_SUBGRAPH_H_
