#include "scoring/metrics/mixed_rsa.h"

#include <utility>

#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/held_out_rdms.h"
#include "scoring/metrics/held_out_score.h"
#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rdm_comparison.h"

namespace ventral {
namespace {

struct MixedOptions {
  RdmKind rdm = RdmKind::kCorrelation;
  Comparison comparison{RdmComparator::kSpearman};
  HeldOutOptions held_out;
};

Result<MixedOptions> ReadMixedOptions(const Question& question) {
  OptionReader reader(question.spec.options);
  MixedOptions read;
  read.rdm =
      RdmKindNamed(reader.Choice("rdm", "correlation", {"correlation", "cosine", "euclidean"}));
  read.comparison = {ComparatorNamed(reader.Choice("comparator", "spearman", ComparatorNames()))};
  VENTRAL_ASSIGN_OR_RETURN(read.held_out, ReadHeldOutOptions(reader, question, true));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

class MixedModel final : public HeldOutModel {
 public:
  MixedModel(const MixedOptions& options, const Neuroids& neuroids)
      : options_(options), neuroids_(neuroids) {}

  Result<std::unique_ptr<const HeldOutFit>> Fit(const Gram& layer,
                                                const Fold& fold) const override {
    VENTRAL_ASSIGN_OR_RETURN(const CentredGram gram, Centre(layer.inner, fold));
    VENTRAL_ASSIGN_OR_RETURN(const RidgeFit fit,
                             FitDualRidge(gram, Centre(neuroids_.responses, fold.train),
                                          neuroids_.pool.subjects, options_.held_out.penalties, 1));
    VENTRAL_ASSIGN_OR_RETURN(std::vector<ComparableRdm> predicted,
                             SubjectRdms(fit.predicted, "the predictions"));
    VENTRAL_ASSIGN_OR_RETURN(std::vector<ComparableRdm> recorded, Recorded(fold));
    return {std::make_unique<HeldOutRdms>(std::move(recorded), std::move(predicted),
                                          options_.comparison)};
  }

  std::unique_ptr<const HeldOutBounds> Ceiling(const Fold& fold) const override {
    if (neuroids_.pool.subjects.size() < 2) return nullptr;
    auto recorded = Recorded(fold);
    if (!recorded.ok()) return nullptr;
    return std::make_unique<HeldOutRdms>(std::move(recorded).value(), std::vector<ComparableRdm>{},
                                         options_.comparison);
  }

  // @error invalid_input names the stimulus, of the held-out ones, that has no distances.
  Result<std::vector<ComparableRdm>> Recorded(const Fold& fold) const {
    return SubjectRdms(neuroids_.responses(fold.test, Eigen::all), "the recorded responses");
  }

 private:
  Result<std::vector<ComparableRdm>> SubjectRdms(const Eigen::MatrixXd& responses,
                                                 const std::string& whose) const {
    std::vector<ComparableRdm> rdms;
    for (const std::vector<int>& neuroids : neuroids_.pool.subjects) {
      VENTRAL_ASSIGN_OR_RETURN(const Rdm rdm,
                               RdmOfPatterns(responses(Eigen::all, neuroids), options_.rdm, whose));
      rdms.emplace_back(rdm, options_.comparison.comparator);
    }
    return rdms;
  }

  const MixedOptions& options_;
  const Neuroids& neuroids_;
};

class MixedRsa final : public Metric {
 public:
  std::string_view name() const override { return "mixed_rsa"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const MixedOptions options, ReadMixedOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const HeldOutMaterial material,
                             HeldOutMaterialOf(question, options.held_out));
    const MixedModel model(options, material.neuroids);
    VENTRAL_RETURN_IF_ERROR(CheckHeldOutRdms(question, material.folds));
    for (const Fold& fold : material.folds) VENTRAL_RETURN_IF_ERROR(model.Recorded(fold));
    return Ok{};
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const MixedOptions options, ReadMixedOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const HeldOutMaterial material,
                             HeldOutMaterialOf(question, options.held_out));
    BenchmarkScore score = FrameOf(question, material.neuroids);
    score.rule = "r";
    ExpectCeiling(options.comparison.comparator, score);
    return ScoreHeldOut(question, layers, material.folds, options.held_out,
                        MixedModel(options, material.neuroids), std::move(score));
  }
};

}  // namespace

const Metric& MixedRsaMetric() {
  static const MixedRsa metric;
  return metric;
}

}  // namespace ventral
