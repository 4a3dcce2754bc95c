// LoadExport of torch_formats.h.
#include "scoring/network/torch_formats.h"
#include "scoring/network/torch_graph.h"
#include "scoring/network/torch_returned.h"

namespace ventral {
namespace {

constexpr char kModelRecord[] = "models/model.json";

// Replaces the captures of the card's layers by those of all modules, and finds the parameters.
void WidenToAll(Program& program, const Json& module, const Weights& weights,
                Network::State& state) {
  for (const Capture& capture : program.captures) state.scored.insert(capture.layer.id);
  program.captures.clear();
  FindAllCaptures(program, Member(module, "module_call_graph", "graph_module"),
                  state.without_output);
  const Json& signature = Member(module, "signature", "graph_module");
  for (const Json& spec : ArrayOf(Member(signature, "input_specs", "signature"), "input_specs")) {
    const auto [tag, value] = TaggedOf(spec, "input_specs");
    if (tag != "parameter") continue;
    const std::string& name =
        TextOf(Member(value, "parameter_name", "input_specs"), "parameter_name");
    state.parameters.emplace(name, weights.weights.at(name));  // BindInputs has found it
  }
}

}  // namespace

void LoadExport(Archive& archive, const LoadOptions& options, Network::State& state) {
  const Json model = ParseJson(archive.ReadText(kModelRecord), kModelRecord);
  CheckSchemaVersion(model);
  const Json& module = Member(model, "graph_module", kModelRecord);
  const Json& graph = Member(module, "graph", "graph_module");
  const Json& calls = Member(module, "module_call_graph", "graph_module");
  Program program = DecodeGraph(graph, state.device, state.precision, options.limits.nodes);
  const Weights weights = ReadWeights(archive, state.device, state.precision);
  BindInputs(program, model, weights, state.card.preprocessing);
  FindCaptures(program, calls, SelectionOf(state.card, options.limits));
  ChooseOutput(program, Member(graph, "outputs", "graph"), calls, state.card.output);
  CheckTimeMap(program, calls, state.card.time_map);
  const Node* sampler = FirstSampler(program);
  if (sampler == nullptr) state.card.sampling.reset();
  if (sampler != nullptr && !state.card.sampling) RequireSampling(Describe(*sampler));
  if (options.whole) WidenToAll(program, module, weights, state);
  FindLifetimes(program);
  for (const Capture& capture : program.captures) state.layers.push_back(capture.layer);
  state.batch = program.batch;
  state.runnable = RunnableOf(std::move(program));
}

}  // namespace ventral
