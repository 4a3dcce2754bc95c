// Private to network: models/model.json → Program.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_GRAPH_H_
#define VENTRAL_SCORING_NETWORK_TORCH_GRAPH_H_

#include <c10/core/Device.h>

#include "scoring/network/card.h"
#include "scoring/network/json.h"
#include "scoring/network/layer_selection.h"
#include "scoring/network/torch_program.h"
#include "scoring/network/torch_weights.h"

namespace ventral {

// All throw Refusal.

// The schema's major version must be the one that this reader knows.
void CheckSchemaVersion(const Json& model);

// Inputs, nodes and outputs of `graph`, each operator and argument verified. Where an argument says
// float32 it becomes `precision`.
Program DecodeGraph(const Json& graph, c10::Device device, c10::ScalarType precision,
                    std::int64_t max_nodes);

// Binds weights to inputs, finds the image input and holds its shape against `preprocessing`, and
// the number of stimuli that it takes.
void BindInputs(Program& program, const Json& model, const Weights& weights,
                const Preprocessing& preprocessing);

// Finds the output of each module call of the layers of `selection`: as the module's signature
// states it, else inferred. After BindInputs.
void FindCaptures(Program& program, const Json& module_calls, const LayerSelection& selection);

// The same for every module that the network calls; the calls whose output is no single tensor go
// to `without_output`, each with the reason.
void FindAllCaptures(Program& program, const Json& module_calls,
                     std::map<LayerId, std::string>& without_output);

// Each module of `time_map` is called, and has as many milliseconds as steps.
void CheckTimeMap(const Program& program, const Json& module_calls,
                  const std::map<std::string, std::vector<double>>& time_map);

// Marks what each node is the last to need, and weights that a node writes into.
void FindLifetimes(Program& program);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_GRAPH_H_
