#include "scoring/evaluation/permuted.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "scoring/base/random.h"

namespace ventral {
namespace {

constexpr char kOption[] = "permutations";
constexpr std::int64_t kMost = 100'000;
constexpr std::uint64_t kPermutationStreams = 1ull << 43;  // others: bootstrap, folds, reliability

std::vector<Gram> Permuted(std::span<const Gram> layers, const std::vector<int>& order) {
  std::vector<Gram> permuted(layers.begin(), layers.end());
  for (Gram& gram : permuted) {
    gram.inner = gram.inner(order, order).eval();
    gram.row_sums = gram.row_sums(order).eval();
  }
  return permuted;
}

}  // namespace

Result<std::int64_t> TakePermutations(Options& options) {
  const auto found = options.find(kOption);
  if (found == options.end()) return std::int64_t{0};
  const auto* count = std::get_if<std::int64_t>(&found->second);
  if (count == nullptr || *count < 0 || *count > kMost) {
    return InvalidInput("option permutations must be a whole number from 0 to " +
                        std::to_string(kMost));
  }
  const std::int64_t permutations = *count;
  options.erase(found);
  return permutations;
}

Result<NullDistribution> PermuteStimuli(const Metric& metric, const Question& question,
                                        std::span<const Gram> layers, double raw,
                                        std::int64_t permutations,
                                        const std::function<Status(std::int64_t)>& done) {
  BenchmarkSpec spec = question.spec;
  spec.options["bootstrap"] = std::int64_t{0};
  const Question without_interval{spec, question.recording, question.trials,
                                  question.committed_layers, question.columns};
  const auto stimuli = static_cast<int>(layers.front().stimuli());
  std::vector<double> scores;
  double as_high = 0, sum = 0;
  for (std::int64_t i = 0; i < permutations; ++i) {
    VENTRAL_RETURN_IF_ERROR(done(i));
    RandomStream random(spec.seed, kPermutationStreams + static_cast<std::uint64_t>(i));
    const auto score =
        metric.Score(without_interval, Permuted(layers, random.Permutation(stimuli)));
    if (!score.ok()) {
      return Error(score.error())
          .Within("permutation " + std::to_string(i + 1) + " of the stimuli");
    }
    scores.push_back(score->raw);
    sum += score->raw;
    as_high += score->raw >= raw ? 1 : 0;
  }
  std::sort(scores.begin(), scores.end());
  const auto count = static_cast<double>(permutations);
  NullDistribution null;
  null.permutations = permutations;
  null.mean = sum / count;
  null.upper = scores[static_cast<std::size_t>(std::ceil(0.95 * count)) - 1];
  null.p = (1 + as_high) / (1 + count);
  return null;
}

}  // namespace ventral
