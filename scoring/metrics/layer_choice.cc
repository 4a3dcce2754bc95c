#include "scoring/metrics/layer_choice.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace ventral {
namespace {

constexpr std::size_t kMostKept = 10'000;  // resamples in a report: hundreds of kilobytes

Result<std::size_t> Committed(const Question& question, const BenchmarkScore& score) {
  const std::string& region = question.recording.region;
  const auto named = question.committed_layers.find(region);
  if (named == question.committed_layers.end()) {
    return InvalidInput("this benchmark scores the layer committed to region '" + region +
                        "', and the checkpoint commits none; export it with committed_layers={\"" +
                        region + "\": …}");
  }
  std::size_t last = score.layers.size();  // of a recurrent layer: its last step
  for (std::size_t l = 0; l < score.layers.size(); ++l) {
    if (score.layers[l].layer.path == named->second) last = l;
  }
  const std::string which = "layer " + named->second + ", committed to region '" + region + "', ";
  if (last == score.layers.size()) {
    return InvalidInput(which + "is not among the extracted layers");
  }
  const std::string& undefined = score.layers[last].undefined;
  if (!undefined.empty()) return InvalidInput(which + "has no score: " + undefined);
  return last;
}

std::size_t Best(const BenchmarkScore& score, const std::vector<std::size_t>& scored) {
  std::size_t best = scored[0];
  for (const std::size_t l : scored) {
    if (score.layers[l].raw > score.layers[best].raw) best = l;
  }
  return best;
}

void TakeLayer(std::size_t place, const std::vector<Resamples>& resamples, BenchmarkScore& score) {
  const LayerScore& layer = score.layers[place];
  score.resamples = resamples[place];
  score.layer = layer.layer;
  score.raw = layer.raw;
  score.normalised = layer.normalised;
  score.interval = layer.interval;
}

// The layer that was chosen most often; what was chosen, in words.
std::size_t Chosen(const CrossValidated& made, const BenchmarkScore& score, std::string& words) {
  std::map<std::size_t, int> times;
  for (const std::size_t l : made.chosen) ++times[l];
  words = "the layer is chosen on " + made.on + ":";
  for (const auto& [layer, count] : times) {
    words += " " + score.layers[layer].layer.ToString() + " in " + std::to_string(count) + " of " +
             std::to_string(made.chosen.size()) + ",";
  }
  words.pop_back();
  return std::max_element(times.begin(), times.end(),
                          [](auto& a, auto& b) { return a.second < b.second; })
      ->first;
}

// The layer of the largest share; all shares that are not nothing, in words.
std::size_t Largest(const CrossValidated& made, const BenchmarkScore& score, std::string& words) {
  words = "all layers together, fitted on " + made.on + "; shares:";
  for (std::size_t l = 0; l < made.shares.size(); ++l) {
    if (std::abs(made.shares[l]) < 0.005) continue;
    char share[32];
    std::snprintf(share, sizeof share, " %.2f,", made.shares[l]);
    words += " " + score.layers[l].layer.ToString() + share;
  }
  words.pop_back();
  const std::vector<std::size_t> scored = Scored(score.layers);
  return *std::max_element(scored.begin(), scored.end(), [&](std::size_t a, std::size_t b) {
    return made.shares[a] < made.shares[b];
  });
}

void TakeCrossValidated(const CrossValidated& made, BenchmarkScore& score) {
  std::string words;
  const std::size_t layer =
      made.shares.empty() ? Chosen(made, score, words) : Largest(made, score, words);
  score.notes.push_back(words);
  score.layer = score.layers[layer].layer;
  score.raw = made.raw;
  score.interval = made.interval;
  score.resamples = made.resamples;
  score.normalised.reset();
  if (score.ceiling && score.ceiling->value > 0) {
    score.normalised = score.raw / score.ceiling->value;
  }
}

}  // namespace

std::string ReadLayerChoice(OptionReader& reader, const char* together) {
  std::vector<std::string> choices = {"cross_validated", "committed", "best"};
  if (together != nullptr) choices.emplace_back(together);
  return reader.Choice("layer_choice", "cross_validated", choices);
}

std::vector<std::size_t> Scored(const std::vector<LayerScore>& layers) {
  std::vector<std::size_t> scored;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (layers[l].undefined.empty()) scored.push_back(l);
  }
  return scored;
}

namespace {

Status Choose(const Question& question, const std::string& choice,
              const std::optional<CrossValidated>& cross_validated,
              const std::vector<Resamples>& resamples, BenchmarkScore& score) {
  const std::vector<std::size_t> scored = Scored(score.layers);
  if (scored.empty()) {
    return InvalidInput("no layer has a score; " + score.layers[0].layer.ToString() + ": " +
                        score.layers[0].undefined);
  }
  score.layer_choice = choice;
  if (choice == "committed") {
    VENTRAL_ASSIGN_OR_RETURN(const std::size_t layer, Committed(question, score));
    TakeLayer(layer, resamples, score);
    return Ok{};
  }
  if (choice != "best" && cross_validated) {
    TakeCrossValidated(*cross_validated, score);
    return Ok{};
  }
  TakeLayer(Best(score, scored), resamples, score);
  if (scored.size() == 1) return Ok{};
  if (choice != "best") {
    score.layer_choice = "best";
    score.notes.push_back(
        "stimuli too few, or too much alike, to choose or fit layers on some and score them on "
        "others");
  }
  score.notes.push_back("the headline is the best of " + std::to_string(scored.size()) +
                        " layers, chosen on the stimuli that it is scored on: optimistic");
  return Ok{};
}

}  // namespace

Status ChooseLayer(const Question& question, const std::string& choice,
                   const std::optional<CrossValidated>& cross_validated,
                   const std::vector<Resamples>& resamples, BenchmarkScore& score) {
  VENTRAL_RETURN_IF_ERROR(Choose(question, choice, cross_validated, resamples, score));
  if (score.resamples.one.size() > kMostKept) {
    score.resamples = {};
    score.ceiling_resamples = {};
  }
  return Ok{};
}

}  // namespace ventral
