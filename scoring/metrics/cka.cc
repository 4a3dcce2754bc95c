#include "scoring/metrics/cka.h"

#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/rdm_score.h"
#include "scoring/metrics/response_rdm.h"

namespace ventral {
namespace {

Result<RdmOptions> ReadCkaOptions(const Options& options) {
  OptionReader reader(options);
  RdmOptions read;
  read.layer_rdm = RdmKind::kEuclidean;
  read.comparison = {reader.Choice("estimator", "unbiased", {"unbiased", "biased"}) == "biased"
                         ? RdmComparator::kWhitenedCosine
                         : RdmComparator::kUCentredCosine};
  VENTRAL_RETURN_IF_ERROR(ReadRdmOptions(reader, read));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

Result<std::vector<Rdm>> EuclideanRdms(const Question& question) {
  if (question.recording.kind == RecordingKind::kRdms) {
    return InvalidInput("metric cka compares responses; recording " + question.recording.id +
                        " holds RDMs (metric rsa with comparator whitened_cosine is CKA of them)");
  }
  return ResponseRdms(question.recording, nullptr, ResponseRdm::kEuclidean, NoiseEstimate::kFull);
}

class Cka final : public Metric {
 public:
  std::string_view name() const override { return "cka"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RdmOptions options, ReadCkaOptions(question.spec.options));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Rdm> subjects, EuclideanRdms(question));
    return CheckRdms(question, options, subjects);
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RdmOptions options, ReadCkaOptions(question.spec.options));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Rdm> subjects, EuclideanRdms(question));
    return ScoreRdms(question, layers, subjects, options, "cka");
  }
};

}  // namespace

const Metric& CkaMetric() {
  static const Cka metric;
  return metric;
}

}  // namespace ventral
