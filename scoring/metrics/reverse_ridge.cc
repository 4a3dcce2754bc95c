#include "scoring/metrics/reverse_ridge.h"

#include <limits>
#include <utility>

#include "scoring/metrics/held_out_score.h"
#include "scoring/metrics/reverse_fit.h"

namespace ventral {
namespace {

Result<HeldOutOptions> ReadReverseOptions(const Question& question) {
  OptionReader reader(question.spec.options);
  VENTRAL_ASSIGN_OR_RETURN(HeldOutOptions read, ReadHeldOutOptions(reader, question, false));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

// R² of a fold.
class ExplainedVariance final : public HeldOutFit {
 public:
  // `errors` [test stimulus × subject]; `centred` [test × test], the layer's Gram matrix, centred.
  ExplainedVariance(Eigen::MatrixXd errors, Eigen::MatrixXd centred)
      : errors_(std::move(errors)), centred_(std::move(centred)) {}

  Eigen::VectorXd Scores(const Eigen::VectorXd& counts) const override {
    const double squares = counts.dot(centred_.diagonal());
    const double total = squares - counts.dot(centred_ * counts) / counts.sum();
    if ((counts.array() > 0).count() < 3 || !(total > 1e-12 * squares)) {
      return Eigen::VectorXd::Constant(errors_.cols(), std::numeric_limits<double>::quiet_NaN());
    }
    return 1 - (errors_.transpose() * counts).array() / total;
  }

 private:
  Eigen::MatrixXd errors_, centred_;
};

class ReverseModel final : public HeldOutModel {
 public:
  ReverseModel(const Penalties& penalties, const Neuroids& neuroids)
      : penalties_(penalties), neuroids_(neuroids) {}

  Result<std::unique_ptr<const HeldOutFit>> Fit(const Gram& layer,
                                                const Fold& fold) const override {
    const auto test = static_cast<Eigen::Index>(fold.test.size());
    const auto& subjects = neuroids_.pool.subjects;
    Eigen::MatrixXd errors(test, static_cast<Eigen::Index>(subjects.size()));
    for (std::size_t s = 0; s < subjects.size(); ++s) {
      VENTRAL_ASSIGN_OR_RETURN(
          const ReverseFit fit,
          FitReverse(layer.inner, neuroids_.responses(Eigen::all, subjects[s]), fold, penalties_));
      errors.col(static_cast<Eigen::Index>(s)) = fit.errors;
    }
    Eigen::MatrixXd centred = layer.inner(fold.test, fold.test);
    const Eigen::RowVectorXd means = centred.colwise().mean();
    centred.rowwise() -= means;
    centred.colwise() -= (means.array() - means.mean()).matrix().transpose();
    return {std::make_unique<ExplainedVariance>(std::move(errors), std::move(centred))};
  }

 private:
  const Penalties& penalties_;
  const Neuroids& neuroids_;
};

class ReverseRidge final : public Metric {
 public:
  std::string_view name() const override { return "reverse_ridge"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const HeldOutOptions options, ReadReverseOptions(question));
    VENTRAL_RETURN_IF_ERROR(HeldOutMaterialOf(question, options));
    return Ok{};
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const HeldOutOptions options, ReadReverseOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const HeldOutMaterial material, HeldOutMaterialOf(question, options));
    BenchmarkScore score = FrameOf(question, material.neuroids);
    score.rule = "r2";
    score.notes.push_back(
        "how much of a layer could be read out of noiseless neuroids is not known: no ceiling");
    return ScoreHeldOut(question, layers, material.folds, options,
                        ReverseModel(options.penalties, material.neuroids), std::move(score));
  }
};

}  // namespace

const Metric& ReverseRidgeMetric() {
  static const ReverseRidge metric;
  return metric;
}

}  // namespace ventral
