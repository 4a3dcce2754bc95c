#include "scoring/features/plan.h"

#include <algorithm>
#include <string>

namespace ventral {
namespace {

constexpr std::uint64_t kValueBytes = 4;
constexpr std::uint64_t kMaxPasses = 1000;

std::string Figures(std::uint64_t bytes, std::int64_t stimuli, Bytes budget) {
  return "the activations of " + std::to_string(stimuli) + " stimuli have " +
         std::to_string(bytes) + " bytes, the memory budget is " + std::to_string(budget.value) +
         " bytes";
}

}  // namespace

Result<std::uint64_t> ActivationBytes(std::span<const std::int64_t> features,
                                      std::int64_t stimuli) {
  std::uint64_t total = 0;
  bool overflow = false;
  for (const std::int64_t count : features) {
    overflow |= __builtin_add_overflow(total, static_cast<std::uint64_t>(count), &total);
  }
  std::uint64_t bytes = 0;
  overflow |=
      __builtin_mul_overflow(total, static_cast<std::uint64_t>(stimuli) * kValueBytes, &bytes);
  if (overflow)
    return ResourceLimit("the activations of all stimuli have more bytes than 64 bits can count");
  return bytes;
}

Result<std::vector<Pass>> PlanPasses(std::span<const std::int64_t> features, std::int64_t stimuli,
                                     Bytes budget) {
  VENTRAL_ASSIGN_OR_RETURN(const std::uint64_t bytes, ActivationBytes(features, stimuli));
  const std::uint64_t feature_bytes = static_cast<std::uint64_t>(stimuli) * kValueBytes;
  const std::uint64_t capacity = budget.value / feature_bytes;
  if (capacity == 0) {
    return ResourceLimit(Figures(bytes, stimuli, budget) + ", less than the " +
                         std::to_string(feature_bytes) +
                         " bytes of a single feature; raise the budget");
  }
  const std::uint64_t total = bytes / feature_bytes;
  const std::uint64_t passes = total / capacity + (total % capacity != 0);
  if (passes > kMaxPasses) {
    return ResourceLimit(Figures(bytes, stimuli, budget) + ": " + std::to_string(passes) +
                         " passes through the network, at most " + std::to_string(kMaxPasses) +
                         " are made; raise the budget or name fewer layers");
  }
  std::vector<Pass> plan;
  std::uint64_t room = 0;
  for (std::size_t layer = 0; layer < features.size(); ++layer) {
    for (std::int64_t first = 0; first < features[layer];) {
      if (room == 0) {
        plan.emplace_back();
        room = capacity;
      }
      const auto count = static_cast<std::int64_t>(
          std::min<std::uint64_t>(room, static_cast<std::uint64_t>(features[layer] - first)));
      plan.back().push_back({layer, first, count});
      first += count;
      room -= static_cast<std::uint64_t>(count);
    }
  }
  return plan;
}

}  // namespace ventral
