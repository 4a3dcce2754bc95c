#include "worker/evaluator/estimate.h"

#include <algorithm>
#include <limits>
#include <string>

#include "scoring/base/byte_text.h"

namespace ventral {
namespace {

using Count = std::uint64_t;

constexpr Count kMost = std::numeric_limits<std::int64_t>::max();
constexpr Count kActivationBytes = 4, kGramBytes = 8;  // float32, double
constexpr Count kMostPasses = 1000;                    // scoring/features/plan.cc
constexpr double kLongest = 10 * 365.25 * 86400;       // seconds

Count Times(Count a, Count b) {
  Count product = 0;
  return __builtin_mul_overflow(a, b, &product) ? kMost : std::min(product, kMost);
}

Count Plus(Count a, Count b) {
  Count sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? kMost : std::min(sum, kMost);
}

Count Quotient(Count a, Count b) { return a / b + (a % b != 0); }  // rounded up

// Of all layers on one stimulus.
Count FeaturesOf(const PlanMessage& plan) {
  Count features = 0;
  for (const PlanLayer& layer : plan.layers)
    features = Plus(features, static_cast<Count>(std::max<std::int64_t>(layer.features, 0)));
  return features;
}

Count GramBytes(Count layers, Eigen::Index stimuli) {
  const auto n = static_cast<Count>(stimuli);
  return Times(Times(layers, Times(n, n)), kGramBytes);
}

// How the passes of a plan come to be.
struct Passes {
  Passes(const PlanMessage& plan, Eigen::Index stimuli, Bytes budget)
      : features(FeaturesOf(plan)),
        feature_bytes(
            Times(static_cast<Count>(std::max<Eigen::Index>(stimuli, 1)), kActivationBytes)),
        at_once(budget.value / feature_bytes),
        passes(at_once == 0 ? 0 : Quotient(features, at_once)) {}

  bool fits() const { return passes > 0 && passes <= kMostPasses; }
  Count least_budget() const { return Times(Quotient(features, kMostPasses), feature_bytes); }

  Count features, feature_bytes, at_once, passes;
};

std::string Remedy(Count needed) {
  return ": give it a memory budget of " + ByteText(needed) +
         " (--memory-budget, on a worker that has them), name fewer layers (--layers, or "
         "layers=[…] "
         "where it is exported), or take a pack of fewer stimuli";
}

std::string GramFigures(std::size_t layers, Eigen::Index stimuli, Bytes budget) {
  return std::to_string(layers) + " Gram matrices of " + std::to_string(stimuli) +
         " stimuli, and what is made of them, need " + ByteText(ScoringBytes(layers, stimuli)) +
         ", the memory budget is " + ByteText(budget.value);
}

std::string PassFigures(const Passes& passes, Eigen::Index stimuli, Bytes budget) {
  const std::string within = "the activations of " + std::to_string(stimuli) + " stimuli have " +
                             ByteText(Times(passes.features, passes.feature_bytes)) +
                             ", and within the memory budget of " + ByteText(budget.value);
  if (passes.passes == 0) {
    return within + " not one feature of them can be held, which has " +
           ByteText(passes.feature_bytes);
  }
  return within + " they would take " + std::to_string(passes.passes) +
         " passes through the network, of which at most " + std::to_string(kMostPasses) +
         " are made";
}

}  // namespace

std::uint64_t ScoringBytes(std::size_t layers, Eigen::Index stimuli) {
  const Count grams = GramBytes(layers, stimuli);
  return Plus(Plus(grams, grams / 2), GramBytes(1, stimuli));
}

EstimateMessage EstimateRun(const PlanMessage& plan, Eigen::Index stimuli, Bytes budget) {
  const Passes passes(plan, stimuli, budget);
  EstimateMessage estimate;
  estimate.activation_bytes = Times(passes.features, passes.feature_bytes);
  estimate.gram_bytes = GramBytes(plan.layers.size(), stimuli);
  const Count held = Times(std::min(passes.features, passes.at_once), passes.feature_bytes);
  // While it is extracted, and while it is scored.
  estimate.memory_bytes = std::max(Plus(Plus(held, estimate.gram_bytes), GramBytes(1, stimuli)),
                                   ScoringBytes(plan.layers.size(), stimuli));
  constexpr Count kMostTold = std::numeric_limits<std::int32_t>::max();
  estimate.passes = static_cast<std::int64_t>(std::min(passes.passes, kMostTold));
  // Not std::clamp: what is no number ends as 0, too.
  estimate.seconds = plan.expected_seconds > 0 ? std::min(plan.expected_seconds, kLongest) : 0;
  return estimate;
}

std::optional<FailureMessage> Misfit(const PlanMessage& plan, Eigen::Index stimuli, Bytes budget) {
  const std::size_t layers = plan.layers.size();
  const Count grams = ScoringBytes(layers, stimuli);
  const Passes passes(plan, stimuli, budget);
  const bool grams_fit = grams <= budget.value;
  if (grams_fit && passes.fits()) return std::nullopt;
  const Count needed = std::max(grams, passes.least_budget());
  const std::string figures =
      grams_fit ? PassFigures(passes, stimuli, budget) : GramFigures(layers, stimuli, budget);
  return FailureMessage{FailureCause::kOutOfMemory, ResourceLimit(figures + Remedy(needed)),
                        needed};
}

Status CheckGramsFit(std::size_t layers, Eigen::Index stimuli, Bytes budget) {
  const Count needed = ScoringBytes(layers, stimuli);
  if (needed <= budget.value) return Ok{};
  return ResourceLimit(GramFigures(layers, stimuli, budget) +
                       ": raise it to that (--memory-budget)");
}

}  // namespace ventral
