// Which layer stands for the checkpoint.
#ifndef VENTRAL_SCORING_METRICS_LAYER_CHOICE_H_
#define VENTRAL_SCORING_METRICS_LAYER_CHOICE_H_

#include <optional>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/option_reader.h"

namespace ventral {

// Option layer_choice: "cross_validated" (default), "committed", "best"; and `together`, where a
// metric can fit all layers at once.
std::string ReadLayerChoice(OptionReader& reader, const char* together = nullptr);

// A headline whose layer was chosen on stimuli (and subjects) that it is not scored on, or that was
// made of all layers on these.
struct CrossValidated {
  std::vector<std::size_t> chosen;  // [part that is scored]: place in score.layers
  std::vector<double> shares;       // of all layers together: [layer], Σ = 1; then none is chosen
  std::string on;                   // what it was chosen on: "the training stimuli of each fold"
  double raw = 0;
  std::optional<Interval> interval;
  Resamples resamples;
};

// Writes the headline into the score; `resamples` are those of each layer. "best": the layer of the
// highest raw, the first of equals; a note says that this is optimistic. "committed": the one that
// the submitter named for the recording's region. "cross_validated": what `cross_validated` has,
// under the layer that was chosen most often; where it is nullopt (stimuli that cannot be divided),
// the best, and a note says so; where one layer has a score, that one. `together` likewise, under
// the layer of the largest share. Layers without a score stand for nothing.
// @error invalid_input when no layer has a score (says why the first has none), when nothing was
//   committed for the region, or the layer committed is not there or has no score.
Status ChooseLayer(const Question& question, const std::string& choice,
                   const std::optional<CrossValidated>& cross_validated,
                   const std::vector<Resamples>& resamples, BenchmarkScore& score);

// Layers with a score, by their place.
std::vector<std::size_t> Scored(const std::vector<LayerScore>& layers);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_LAYER_CHOICE_H_
