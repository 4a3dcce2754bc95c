// The RDMs that a network's are compared with.
#ifndef VENTRAL_SCORING_METRICS_RECORDED_RDMS_H_
#define VENTRAL_SCORING_METRICS_RECORDED_RDMS_H_

#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/base/result.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/noise_covariance.h"
#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/response_rdm.h"

namespace ventral {

struct RecordedRdmOptions {
  ResponseRdm kind = ResponseRdm::kCorrelation;  // where the recording holds responses
  NoiseEstimate noise = NoiseEstimate::kShrinkageDiagonal;
};

// Options recording_rdm, noise.
// @error invalid_input where one of them means nothing.
Result<RecordedRdmOptions> ReadRecordedRdmOptions(OptionReader& reader, const Question& question);

// One a subject: as the recording has them, or of its responses. @error as SubjectRdms,
// ResponseRdms.
Result<std::vector<Rdm>> RecordedRdms(const Question& question, const RecordedRdmOptions& options);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_RECORDED_RDMS_H_
