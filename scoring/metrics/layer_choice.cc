#include "scoring/metrics/layer_choice.h"

#include <algorithm>

namespace ventral {
namespace {

Result<const LayerScore*> Committed(const Question& question, const BenchmarkScore& score) {
  const std::string& region = question.recording.region;
  const auto named = question.committed_layers.find(region);
  if (named == question.committed_layers.end()) {
    return InvalidInput("this benchmark scores the layer committed to region '" + region +
                        "', and the checkpoint commits none; export it with committed_layers={\"" +
                        region + "\": …}");
  }
  const LayerScore* last = nullptr;  // of a recurrent layer: its last step
  for (const LayerScore& layer : score.layers) {
    if (layer.layer.path == named->second) last = &layer;
  }
  if (last == nullptr) {
    return InvalidInput("layer " + named->second + ", committed to region '" + region +
                        "', is not among the extracted layers");
  }
  return last;
}

}  // namespace

Status ChooseLayer(const Question& question, const std::string& choice, BenchmarkScore& score) {
  const LayerScore* chosen = nullptr;
  if (choice == "committed") {
    VENTRAL_ASSIGN_OR_RETURN(chosen, Committed(question, score));
  } else {
    chosen =
        &*std::max_element(score.layers.begin(), score.layers.end(),
                           [](const LayerScore& a, const LayerScore& b) { return a.raw < b.raw; });
    if (score.layers.size() > 1) {
      score.notes.push_back("the headline is the best of " + std::to_string(score.layers.size()) +
                            " layers, chosen on the stimuli that it is scored on: optimistic");
    }
  }
  score.layer_choice = choice;
  score.layer = chosen->layer;
  score.raw = chosen->raw;
  score.normalised = chosen->normalised;
  score.interval = chosen->interval;
  return Ok{};
}

}  // namespace ventral
