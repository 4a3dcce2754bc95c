#include "scoring/metrics/rsa.h"

#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/rdm_score.h"
#include "scoring/metrics/response_rdm.h"

namespace ventral {
namespace {

struct RsaOptions {
  RdmOptions rdms;
  ResponseRdm recording_rdm = ResponseRdm::kCorrelation;
  NoiseEstimate noise = NoiseEstimate::kShrinkageDiagonal;
};

Result<RsaOptions> ReadRsaOptions(const Question& question) {
  OptionReader reader(question.spec.options);
  RsaOptions read;
  read.rdms.layer_rdm =
      RdmKindNamed(reader.Choice("rdm", "correlation", {"correlation", "cosine", "euclidean"}));
  read.rdms.comparison = {
      ComparatorNamed(reader.Choice("comparator", "spearman", ComparatorNames()))};
  read.recording_rdm =
      ResponseRdmNamed(reader.Choice("recording_rdm", "correlation", ResponseRdmNames()));
  read.noise =
      NoiseEstimateNamed(reader.Choice("noise", "shrinkage_diagonal", NoiseEstimateNames()));
  VENTRAL_RETURN_IF_ERROR(ReadRdmOptions(reader, read.rdms));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  if (reader.Has("recording_rdm") && question.recording.kind == RecordingKind::kRdms) {
    return InvalidInput("option recording_rdm means nothing where the recording holds RDMs");
  }
  if (reader.Has("noise") && !NeedsTrials(read.recording_rdm)) {
    return InvalidInput(
        "option noise means nothing where recording_rdm is neither mahalanobis nor crossnobis");
  }
  return read;
}

Result<std::vector<Rdm>> RecordedRdms(const Question& question, const RsaOptions& options) {
  if (question.recording.kind == RecordingKind::kRdms) return SubjectRdms(question.recording);
  return ResponseRdms(question.recording, question.trials, options.recording_rdm, options.noise);
}

class Rsa final : public Metric {
 public:
  std::string_view name() const override { return "rsa"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RsaOptions options, ReadRsaOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Rdm> subjects, RecordedRdms(question, options));
    return CheckRdms(question, options.rdms, subjects);
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RsaOptions options, ReadRsaOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Rdm> subjects, RecordedRdms(question, options));
    return ScoreRdms(question, layers, subjects, options.rdms, "r");
  }
};

}  // namespace

const Metric& RsaMetric() {
  static const Rsa metric;
  return metric;
}

}  // namespace ventral
