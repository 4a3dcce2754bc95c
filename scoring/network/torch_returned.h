// Private to network: the tensors that a module call returns, each by a name.
//
// A module that returns one tensor is a layer by its path. One that returns a tuple, list or dict
// (in any depth) has a layer for each tensor in it: path, two dots, then index or key of each
// level, separated by dots: "lstm..0" is the sequence that nn.LSTM returns, "lstm..1.0" its last
// hidden state, "..logits" what the network itself returns under that key. No module path has two
// dots in a row, as no module has an empty name, so the two kinds of names never meet.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_RETURNED_H_
#define VENTRAL_SCORING_NETWORK_TORCH_RETURNED_H_

#include <string>
#include <string_view>
#include <vector>

#include "scoring/network/json.h"
#include "scoring/network/torch_program.h"

namespace ventral {

struct LayerName {
  std::string module;   // dotted path
  std::string element;  // "" where the module returns one tensor
};
LayerName SplitLayer(std::string_view layer);
std::string JoinLayer(const LayerName& name);

struct ReturnedTensor {
  std::string element;
  ValueId value = kNoValue;
};

// The names of the leaves of `out_spec`, a tree that torch.utils._pytree writes as JSON, in its
// order: {""} for one leaf, {"0", "1.0", "1.1"} for (y, (h, c)). Throws Refusal that names `where`.
std::vector<std::string> ElementNames(const std::string& out_spec, const std::string& where);

// What `call` returns by its `signature`; where that names nothing, as program.traces has it.
// Throws Refusal: a name that is no tensor of the graph, more or fewer values than the tree has
// leaves.
std::vector<ReturnedTensor> ReturnedBySignature(const Json& signature, const LayerId& call,
                                                const Program& program);

// Leaves in program.outputs the one tensor that `output` (LayerName::element) names among
// `graph_outputs`; all of them where it is empty. Throws Refusal if there is no such tensor.
void ChooseOutput(Program& program, const Json& graph_outputs, const Json& module_calls,
                  const std::string& output);

// One line for people: "lstm..0, lstm..1.0, lstm..1.1".
std::string ShownLayers(const std::string& module, const std::vector<ReturnedTensor>& returned);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_RETURNED_H_
