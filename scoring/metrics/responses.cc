#include "scoring/metrics/responses.h"

#include <string>
#include <utility>
#include <vector>

namespace ventral {

Status CheckTrials(const Recording& recording, const Recording& trials) {
  const std::pair<Axis, const char*> kAxes[] = {
      {Axis::kSubject, "subjects"}, {Axis::kStimulus, "stimuli"}, {Axis::kNeuroid, "neuroids"}};
  for (const auto& [axis, name] : kAxes) {
    if (trials.Size(axis) != recording.Size(axis)) {
      return InvalidInput("recordings " + recording.id + " and " + trials.id + " differ in their " +
                          name + ": " + std::to_string(recording.Size(axis)) + " and " +
                          std::to_string(trials.Size(axis)));
    }
  }
  return Ok{};
}

Status CheckResponses(const Recording& recording) {
  std::vector<Axis> wanted = {Axis::kStimulus, Axis::kNeuroid};
  if (recording.axes == wanted) return Ok{};
  wanted.insert(wanted.begin(), Axis::kSubject);
  if (recording.axes == wanted) return Ok{};
  return InvalidInput("recording " + recording.id +
                      ": responses need the axes stimulus, neuroid, or subject before them");
}

Recording OfSubject(const Recording& recording, std::int64_t subject) {
  Recording one = recording;
  if (recording.axes.front() != Axis::kSubject) return one;
  one.axes.erase(one.axes.begin());
  one.shape.erase(one.shape.begin());
  const auto size = static_cast<std::ptrdiff_t>(recording.values.size()) / recording.shape[0];
  const auto begin = recording.values.begin() + subject * size;
  one.values.assign(begin, begin + size);
  return one;
}

}  // namespace ventral
