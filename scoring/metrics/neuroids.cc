#include "scoring/metrics/neuroids.h"

#include <cmath>
#include <vector>

#include "scoring/metrics/median.h"
#include "scoring/metrics/reliability.h"

namespace ventral {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Status CheckTrials(const Recording& recording, const Recording& trials) {
  for (const Axis axis : {Axis::kStimulus, Axis::kNeuroid}) {
    if (trials.Size(axis) != recording.Size(axis)) {
      return InvalidInput("recordings " + recording.id + " and " + trials.id + " differ in their " +
                          (axis == Axis::kStimulus ? "stimuli" : "neuroids") + ": " +
                          std::to_string(recording.Size(axis)) + " and " +
                          std::to_string(trials.Size(axis)));
    }
  }
  return Ok{};
}

bool Varies(const Eigen::VectorXd& responses) {
  return responses.maxCoeff() > responses.minCoeff();
}

}  // namespace

Result<Neuroids> SelectNeuroids(const Question& question, int ceiling_splits,
                                double min_reliability) {
  const Recording& recording = question.recording;
  if (recording.axes != std::vector<Axis>{Axis::kStimulus, Axis::kNeuroid}) {
    return InvalidInput("recording " + recording.id +
                        ": an encoding model needs the axes stimulus, neuroid");
  }
  const Eigen::Map<const RowMajor> all(recording.values.data(), recording.Size(Axis::kStimulus),
                                       recording.Size(Axis::kNeuroid));
  Eigen::VectorXd reliability;
  if (question.trials != nullptr) {
    VENTRAL_RETURN_IF_ERROR(CheckTrials(recording, *question.trials));
    VENTRAL_ASSIGN_OR_RETURN(
        reliability, SplitHalfReliability(*question.trials, ceiling_splits, question.spec.seed));
  }
  std::vector<int> kept;
  std::vector<double> ceilings;
  for (Eigen::Index neuroid = 0; neuroid < all.cols(); ++neuroid) {
    // A NaN reliability fails the comparison, and is left out too.
    const bool reliable = reliability.size() == 0 || reliability(neuroid) >= min_reliability;
    if (!reliable || !Varies(all.col(neuroid))) continue;
    kept.push_back(static_cast<int>(neuroid));
    if (reliability.size() > 0) ceilings.push_back(std::sqrt(std::max(0.0, reliability(neuroid))));
  }
  if (kept.empty()) {
    return InvalidInput("recording " + recording.id +
                        ": no neuroid varies over the stimuli with a reliability of " +
                        std::to_string(min_reliability) + " or more");
  }
  Neuroids out{all(Eigen::all, kept), all.cols() - static_cast<Eigen::Index>(kept.size()),
               std::nullopt};
  if (!ceilings.empty()) {
    out.ceiling =
        Ceiling{Median(ceilings), std::nullopt, std::nullopt, "sqrt_split_half_spearman_brown"};
  }
  return out;
}

}  // namespace ventral
