// The simplest map from a layer to a brain: one unit for each neuroid.
#ifndef VENTRAL_SCORING_METRICS_NEAREST_UNIT_H_
#define VENTRAL_SCORING_METRICS_NEAREST_UNIT_H_

#include "scoring/metrics/metric.h"

namespace ventral {

// Metric "nearest_unit": in each fold a neuroid gets the unit of the layer with the largest signed
// Pearson r over the training stimuli (matched_units.h), and its score there is the r of that
// unit's activations with its responses to the held-out stimuli: Brain-Score's neuron_to_neuron.
// Pooled, normalised, and with intervals, as every encoding score (encoding.h), whose options it
// has. It needs features: a reading of them has its score, and kept Grams have none.
const Metric& NearestUnitMetric();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_NEAREST_UNIT_H_
