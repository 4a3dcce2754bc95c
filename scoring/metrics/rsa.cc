#include "scoring/metrics/rsa.h"

#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/rdm_score.h"
#include "scoring/metrics/recorded_rdms.h"

namespace ventral {
namespace {

struct RsaOptions {
  RdmOptions rdms;
  RecordedRdmOptions recorded;
};

Result<RsaOptions> ReadRsaOptions(const Question& question) {
  OptionReader reader(question.spec.options);
  RsaOptions read;
  read.rdms.layer_rdm =
      RdmKindNamed(reader.Choice("rdm", "correlation", {"correlation", "cosine", "euclidean"}));
  read.rdms.comparison = {
      ComparatorNamed(reader.Choice("comparator", "spearman", ComparatorNames()))};
  VENTRAL_ASSIGN_OR_RETURN(read.recorded, ReadRecordedRdmOptions(reader, question));
  VENTRAL_RETURN_IF_ERROR(ReadRdmOptions(reader, read.rdms));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

class Rsa final : public Metric {
 public:
  std::string_view name() const override { return "rsa"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RsaOptions options, ReadRsaOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Rdm> subjects,
                             RecordedRdms(question, options.recorded));
    return CheckRdms(question, options.rdms, subjects);
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RsaOptions options, ReadRsaOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Rdm> subjects,
                             RecordedRdms(question, options.recorded));
    return ScoreRdms(question, layers, subjects, options.rdms, "r");
  }
};

}  // namespace

const Metric& RsaMetric() {
  static const Rsa metric;
  return metric;
}

}  // namespace ventral
