// All of a pack's benchmarks on one checkpoint's Grams.
#ifndef VENTRAL_SCORING_EVALUATION_EVALUATE_H_
#define VENTRAL_SCORING_EVALUATION_EVALUATE_H_

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/evaluation/feature_readings.h"
#include "scoring/pack/pack.h"

namespace ventral {

// Everything that can be refused before a network runs: unknown metric, options, recordings.
// @error invalid_input names the benchmark and field.
Status CheckBenchmarks(const Pack& pack);

// `progress(done, total, what)` before each benchmark, and each permutation of its stimuli.
using EvaluateProgress = std::function<Status(std::int64_t, std::int64_t, const std::string&)>;

// One BenchmarkScore a benchmark, in the pack's order. `layers` in the network's order.
// `readings`: of these layers, where the pack has benchmarks that need features.
// @error as Metric::Score, naming the benchmark; invalid_input where there is no reading for it.
Result<std::vector<BenchmarkScore>> Evaluate(
    const Pack& pack, std::span<const Gram> layers,
    const std::map<std::string, std::string>& committed_layers, const EvaluateProgress& progress,
    const FeatureReadings* readings = nullptr);

}  // namespace ventral

#endif  // VENTRAL_SCORING_EVALUATION_EVALUATE_H_
