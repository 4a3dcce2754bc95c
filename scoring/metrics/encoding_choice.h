// A layer for encoding, chosen within the training stimuli of each fold.
#ifndef VENTRAL_SCORING_METRICS_ENCODING_CHOICE_H_
#define VENTRAL_SCORING_METRICS_ENCODING_CHOICE_H_

#include <vector>

#include "scoring/base/result.h"
#include "scoring/metrics/encoding_layer.h"
#include "scoring/metrics/layer_choice.h"

namespace ventral {

// The training stimuli of each fold, divided into three again, stratified or grouped as the split
// is: nested cross-validation. Empty where they are too few for folds of three stimuli, for fits on
// `least_training`, or for the split's groups.
std::vector<std::vector<Fold>> ChoiceFolds(const std::vector<Fold>& folds, const Split& split,
                                           const StimulusColumns* columns, Seed seed,
                                           int least_training);

// The same where these options choose one of so many layers; else empty.
std::vector<std::vector<Fold>> LayerChoiceFolds(const Question& question,
                                                const EncodingOptions& options,
                                                const std::vector<Fold>& folds, std::size_t layers,
                                                int least_training);

// For each fold the layer of the highest choice score; the headline is made of its held-out
// predictions there, and so is the interval (of stimuli: those folds are fitted again). Requires
// walk.choice_folds, and a layer with a score.
// @error as FoldSource::ScoreFold.
Result<CrossValidated> CrossValidate(const std::vector<LayerFit>& fits, const EncodingWalk& walk);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ENCODING_CHOICE_H_
