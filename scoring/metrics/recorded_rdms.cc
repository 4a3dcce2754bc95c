#include "scoring/metrics/recorded_rdms.h"

#include "scoring/metrics/rdm.h"

namespace ventral {

Result<RecordedRdmOptions> ReadRecordedRdmOptions(OptionReader& reader, const Question& question) {
  RecordedRdmOptions read;
  read.kind = ResponseRdmNamed(reader.Choice("recording_rdm", "correlation", ResponseRdmNames()));
  read.noise =
      NoiseEstimateNamed(reader.Choice("noise", "shrinkage_diagonal", NoiseEstimateNames()));
  if (reader.Has("recording_rdm") && question.recording.kind == RecordingKind::kRdms) {
    return InvalidInput("option recording_rdm means nothing where the recording holds RDMs");
  }
  if (reader.Has("noise") && !NeedsTrials(read.kind)) {
    return InvalidInput(
        "option noise means nothing where recording_rdm is neither mahalanobis nor crossnobis");
  }
  return read;
}

Result<std::vector<Rdm>> RecordedRdms(const Question& question, const RecordedRdmOptions& options) {
  if (question.recording.kind == RecordingKind::kRdms) return SubjectRdms(question.recording);
  return ResponseRdms(question.recording, question.trials, options.kind, options.noise);
}

}  // namespace ventral
