#include "scoring/metrics/reverse_ridge.h"

#include <limits>
#include <utility>

#include "scoring/metrics/held_out_score.h"
#include "scoring/metrics/neuroids.h"
#include "scoring/metrics/penalty_options.h"
#include "scoring/metrics/reverse_fit.h"

namespace ventral {
namespace {

struct ReverseOptions {
  Penalties penalties;
  int ceiling_splits = 0;
  double min_reliability = 0;
  HeldOutOptions held_out;
};

Result<ReverseOptions> ReadOptions(const Question& question) {
  OptionReader reader(question.spec.options);
  ReverseOptions read;
  VENTRAL_ASSIGN_OR_RETURN(read.penalties, ReadPenalties(reader, question.spec.seed, false));
  read.ceiling_splits = static_cast<int>(reader.Integer("ceiling_splits", 100, 1, 10'000));
  read.min_reliability = reader.Number("min_reliability", 0.1, -1, 1);
  VENTRAL_ASSIGN_OR_RETURN(read.held_out, ReadHeldOutOptions(reader));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

Result<std::vector<Fold>> FoldsOf(const Question& question, const ReverseOptions& options) {
  return MakeFolds(options.held_out.split,
                   static_cast<int>(question.recording.Size(Axis::kStimulus)), question.columns,
                   question.spec.seed);
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
  ReverseModel(const ReverseOptions& options, const Neuroids& neuroids)
      : options_(options), neuroids_(neuroids) {}

  Result<std::unique_ptr<const HeldOutFit>> Fit(const Gram& layer,
                                                const Fold& fold) const override {
    const auto test = static_cast<Eigen::Index>(fold.test.size());
    const auto& subjects = neuroids_.pool.subjects;
    Eigen::MatrixXd errors(test, static_cast<Eigen::Index>(subjects.size()));
    for (std::size_t s = 0; s < subjects.size(); ++s) {
      VENTRAL_ASSIGN_OR_RETURN(const ReverseFit fit,
                               FitReverse(layer.inner, neuroids_.responses(Eigen::all, subjects[s]),
                                          fold, options_.penalties));
      errors.col(static_cast<Eigen::Index>(s)) = fit.errors;
    }
    Eigen::MatrixXd centred = layer.inner(fold.test, fold.test);
    const Eigen::RowVectorXd means = centred.colwise().mean();
    centred.rowwise() -= means;
    centred.colwise() -= (means.array() - means.mean()).matrix().transpose();
    return {std::make_unique<ExplainedVariance>(std::move(errors), std::move(centred))};
  }

  int LeastTraining() const override { return LeastTrainingFor(options_.penalties); }

 private:
  const ReverseOptions& options_;
  const Neuroids& neuroids_;
};

class ReverseRidge final : public Metric {
 public:
  std::string_view name() const override { return "reverse_ridge"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const ReverseOptions options, ReadOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Fold> folds, FoldsOf(question, options));
    VENTRAL_RETURN_IF_ERROR(CheckInnerFolds(options.penalties, folds));
    VENTRAL_ASSIGN_OR_RETURN(const Neuroids neuroids, NeuroidsOf(question, options));
    return CheckSubjects(question, options.held_out, neuroids.pool.subjects.size());
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const ReverseOptions options, ReadOptions(question));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Fold> folds, FoldsOf(question, options));
    VENTRAL_ASSIGN_OR_RETURN(const Neuroids neuroids, NeuroidsOf(question, options));
    BenchmarkScore score = FrameOf(question, neuroids);
    score.rule = "r2";
    score.notes.push_back(
        "how much of a layer could be read out of noiseless neuroids is not known: no ceiling");
    return ScoreHeldOut(question, layers, folds, options.held_out, ReverseModel(options, neuroids),
                        std::move(score));
  }

 private:
  static Result<Neuroids> NeuroidsOf(const Question& question, const ReverseOptions& options) {
    return SelectNeuroids(question, options.ceiling_splits, options.min_reliability, false);
  }
};

}  // namespace

const Metric& ReverseRidgeMetric() {
  static const ReverseRidge metric;
  return metric;
}

}  // namespace ventral
