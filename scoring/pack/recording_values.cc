#include "scoring/pack/recording_values.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "scoring/pack/manifest.h"

namespace ventral {
namespace {

Error Bad(const Recording& recording, const std::string& what) {
  return InvalidInput("recording '" + recording.id + "': " + what);
}

// "[subject 0, stimulus 3, stimulus 5]" of a place in the flat array.
std::string IndexName(const Recording& recording, std::size_t flat) {
  std::string name;
  for (std::size_t axis = recording.shape.size(); axis-- > 0;) {
    const auto size = static_cast<std::size_t>(recording.shape[axis]);
    name = std::string(AxisName(recording.axes[axis])) + " " + std::to_string(flat % size) +
           (name.empty() ? "" : ", ") + name;
    flat /= size;
  }
  return "[" + name + "]";
}

Status CheckResponses(const Recording& recording) {
  const auto& axes = recording.axes;
  const bool trials = std::find(axes.begin(), axes.end(), Axis::kRepeat) != axes.end();
  for (std::size_t i = 0; i < recording.values.size(); ++i) {
    const double value = recording.values[i];
    if (std::isfinite(value) || (trials && std::isnan(value))) continue;
    return Bad(recording, "the value at " + IndexName(recording, i) + " is " +
                              (std::isnan(value) ? "NaN; only recordings with a repeat axis may "
                                                   "have missing values"
                                                 : "infinite"));
  }
  return Ok{};
}

Status CheckRdm(const Recording& recording, std::size_t offset, std::size_t n, double tolerance) {
  const std::span<const double> rdm(recording.values.data() + offset, n * n);
  double largest = 0;
  for (std::size_t i = 0; i < rdm.size(); ++i) {
    if (!std::isfinite(rdm[i])) {
      return Bad(recording, "the value at " + IndexName(recording, offset + i) + " is not finite");
    }
    largest = std::max(largest, std::abs(rdm[i]));
  }
  for (std::size_t row = 0; row < n; ++row) {
    if (std::abs(rdm[row * n + row]) > tolerance * largest) {
      return Bad(recording, "the diagonal of an RDM is zero, but not at " +
                                IndexName(recording, offset + row * n + row));
    }
    for (std::size_t column = row + 1; column < n; ++column) {
      const double difference = rdm[row * n + column] - rdm[column * n + row];
      if (std::abs(difference) <= tolerance * largest) continue;
      return Bad(recording, "an RDM is symmetric, but not at " +
                                IndexName(recording, offset + row * n + column));
    }
  }
  return Ok{};
}

}  // namespace

Status CheckRecordingShape(const Recording& recording, std::int64_t stimuli,
                           std::int64_t subjects) {
  if (recording.shape.size() != recording.axes.size()) {
    return Bad(recording, "the array has " + std::to_string(recording.shape.size()) +
                              " axes and pack.json names " + std::to_string(recording.axes.size()));
  }
  for (std::size_t i = 0; i < recording.axes.size(); ++i) {
    const std::int64_t size = recording.shape[i];
    const std::string axis =
        "axis " + std::to_string(i) + " (" + std::string(AxisName(recording.axes[i])) + ") has " +
        std::to_string(size);
    if (size < 1) return Bad(recording, axis + " entries");
    if (recording.axes[i] == Axis::kStimulus && size != stimuli) {
      return Bad(recording, axis + " entries and the pack has " + std::to_string(stimuli) +
                                " stimuli");
    }
    if (recording.axes[i] == Axis::kSubject && size != subjects) {
      return Bad(recording, axis + " entries and pack.json states " + std::to_string(subjects) +
                                " subjects");
    }
  }
  return Ok{};
}

Status CheckRecordingValues(const Recording& recording, double tolerance) {
  if (recording.kind == RecordingKind::kResponses) return CheckResponses(recording);
  const auto n = static_cast<std::size_t>(recording.Size(Axis::kStimulus));
  for (std::size_t offset = 0; offset < recording.values.size(); offset += n * n) {
    VENTRAL_RETURN_IF_ERROR(CheckRdm(recording, offset, n, tolerance));
  }
  return Ok{};
}

}  // namespace ventral
