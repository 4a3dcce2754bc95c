#include "scoring/metrics/rsa.h"

#include "scoring/metrics/bootstrap.h"
#include "scoring/metrics/layer_choice.h"
#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/parallel.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/metrics/rsa_ceiling.h"

namespace ventral {
namespace {

struct RsaOptions {
  RdmKind rdm = RdmKind::kCorrelation;
  Comparison comparison{RdmComparator::kSpearman};
  std::string layer_choice;
  int resamples = 0;
};

Result<RsaOptions> ReadOptions(const Options& options) {
  OptionReader reader(options);
  RsaOptions read;
  const std::string rdm =
      reader.Choice("rdm", "correlation", {"correlation", "cosine", "euclidean"});
  read.rdm = rdm == "cosine"      ? RdmKind::kCosine
             : rdm == "euclidean" ? RdmKind::kEuclidean
                                  : RdmKind::kCorrelation;
  read.comparison = {ComparatorNamed(reader.Choice("comparator", "spearman", ComparatorNames()))};
  read.layer_choice = reader.Choice("layer_choice", "best", {"best", "committed"});
  read.resamples = static_cast<int>(reader.Integer("bootstrap", 1000, 0, 1'000'000));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

Result<std::vector<Rdm>> LayerRdms(std::span<const Gram> layers, RdmKind kind) {
  std::vector<Result<Rdm>> made(layers.size(), Internal("not made"));
  ParallelFor(layers.size(), 0, [&](std::size_t i) { made[i] = LayerRdm(layers[i], kind); });
  std::vector<Rdm> rdms;
  for (Result<Rdm>& rdm : made) {
    if (!rdm.ok()) return std::move(rdm).error();
    rdms.push_back(std::move(rdm).value());
  }
  return rdms;
}

class Rsa final : public Metric {
 public:
  std::string_view name() const override { return "rsa"; }

  Status Check(const Question& question) const override {
    if (question.recording.kind != RecordingKind::kRdms) {
      return InvalidInput("metric rsa compares RDMs; recording " + question.recording.id +
                          " holds responses");
    }
    if (question.recording.Size(Axis::kStimulus) < 4) {
      return InvalidInput("metric rsa needs at least 4 stimuli; recording " +
                          question.recording.id + " has " +
                          std::to_string(question.recording.Size(Axis::kStimulus)));
    }
    VENTRAL_RETURN_IF_ERROR(ReadOptions(question.spec.options));
    VENTRAL_RETURN_IF_ERROR(SubjectRdms(question.recording));
    return Ok{};
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RsaOptions options, ReadOptions(question.spec.options));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Rdm> subjects, SubjectRdms(question.recording));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Rdm> rdms, LayerRdms(layers, options.rdm));
    const Eigen::MatrixXd raw = CompareRdms(rdms, subjects, options.comparison);
    const Eigen::MatrixXd resampled =
        BootstrapRdms(rdms, subjects, options.comparison, question.spec.seed, options.resamples, 0);
    BenchmarkScore score;
    score.benchmark = question.spec.id;
    score.metric = "rsa";
    score.seed = question.spec.seed.value;
    score.stimuli = subjects[0].stimuli;
    score.ceiling = RsaCeiling(subjects, options.comparison);
    score.rule = score.ceiling ? "r/ceiling_upper" : "r";
    if (!score.ceiling) score.notes.push_back("one subject: no noise ceiling can be estimated");
    for (std::size_t l = 0; l < layers.size(); ++l) {
      score.layers.push_back(OneLayer(layers[l], raw.row(static_cast<Eigen::Index>(l)),
                                      resampled.row(static_cast<Eigen::Index>(l)), score.ceiling));
    }
    VENTRAL_RETURN_IF_ERROR(ChooseLayer(question, options.layer_choice, score));
    return score;
  }

 private:
  static LayerScore OneLayer(const Gram& gram, const Eigen::RowVectorXd& per_subject,
                             const Eigen::RowVectorXd& resampled,
                             const std::optional<Ceiling>& ceiling) {
    LayerScore layer;
    layer.layer = gram.layer;
    layer.inferred = gram.inferred;
    layer.raw = per_subject.mean();
    layer.per_subject.assign(per_subject.data(), per_subject.data() + per_subject.size());
    if (ceiling && ceiling->value > 0) layer.normalised = layer.raw / ceiling->value;
    if (resampled.size() > 0 && !resampled.array().isNaN().all()) {
      layer.interval = PercentileInterval({resampled.data(), resampled.data() + resampled.size()},
                                          0.95, "bootstrap_stimuli_percentile");
    }
    return layer;
  }
};

}  // namespace

const Metric& RsaMetric() {
  static const Rsa metric;
  return metric;
}

}  // namespace ventral
