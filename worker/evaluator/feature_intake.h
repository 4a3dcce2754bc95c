// Features from the extractor: which may come, and where they go.
#ifndef VENTRAL_WORKER_EVALUATOR_FEATURE_INTAKE_H_
#define VENTRAL_WORKER_EVALUATOR_FEATURE_INTAKE_H_

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/evaluation/feature_readings.h"
#include "worker/protocol/messages.h"
#include "worker/sandbox/shared_window.h"

namespace ventral {

// For this many stimuli: 16 MiB, or one feature of all of them.
Bytes FeatureWindowBytes(Eigen::Index stimuli);

class FeatureIntake {
 public:
  // Of the layers of this plan. References outlive it.
  FeatureIntake(const PlanMessage& plan, Eigen::Index stimuli, SharedWindow& window,
                FeatureReadings readings);

  // What lies in the window, of which the message speaks. It is copied, and then checked.
  // @error corrupt_data: a layer that was not promised, features that are not the next ones of it,
  // or more than it or the window has, a value that is not finite.
  Status Take(const FeaturesMessage& message);
  // @error corrupt_data names a layer of which features are missing.
  Result<FeatureReadings> Finish() &&;

 private:
  std::vector<PlanLayer> layers_;
  std::vector<std::int64_t> come_;  // [layer]
  Eigen::Index stimuli_;
  SharedWindow& window_;
  FeatureReadings readings_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_FEATURE_INTAKE_H_
