// What the extractor promised in its plan, and what of it has come.
#ifndef VENTRAL_WORKER_EVALUATOR_PROMISE_H_
#define VENTRAL_WORKER_EVALUATOR_PROMISE_H_

#include <map>
#include <optional>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "worker/protocol/messages.h"

namespace ventral {

class Promise {
 public:
  // Largest number of layers times steps that is taken.
  static constexpr std::size_t kMostLayers = 10'000;
  // Longest layer path, and longest text that goes into the report as provenance, in bytes.
  static constexpr std::size_t kLongestText = 4096;

  // @error invalid_input: no layer, too many, one named twice, one without features or with a
  // shape of others, or a text that is too long or has control characters.
  // Whether all that fits into memory is not asked here (estimate.h).
  static Result<Promise> Make(const PlanMessage& plan, Eigen::Index stimuli);

  // @error invalid_input: a layer that was not promised, came before, or has other features than
  // promised; or as CheckGram.
  Status Take(Gram gram);
  // All Grams, in the plan's order. @error invalid_input names the first that is missing.
  Result<std::vector<Gram>> Finish() &&;

 private:
  explicit Promise(Eigen::Index stimuli) : stimuli_(stimuli) {}

  Eigen::Index stimuli_;
  std::vector<PlanLayer> layers_;
  std::map<LayerId, std::size_t> index_;
  std::vector<std::optional<Gram>> grams_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_PROMISE_H_
