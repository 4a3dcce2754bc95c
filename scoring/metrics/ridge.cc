#include "scoring/metrics/ridge.h"

#include <cmath>

#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/encoding_scores.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/layer_choice.h"
#include "scoring/metrics/neuroids.h"
#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/parallel.h"

namespace ventral {
namespace {

struct RidgeOptions {
  std::vector<double> penalties;
  int folds = 0, resamples = 0, ceiling_splits = 0;
  double min_reliability = 0;
  std::string layer_choice;
};

Result<RidgeOptions> ReadOptions(const Options& options) {
  OptionReader reader(options);
  RidgeOptions read;
  if (reader.Has("penalty") && reader.Has("penalties")) {
    return InvalidInput("options penalty and penalties exclude each other");
  }
  read.penalties = reader.Positives("penalties", {0.001, 0.01, 0.1, 1, 10});
  const double penalty = reader.Number("penalty", 1, 1e-12, 1e12);
  if (reader.Has("penalty")) read.penalties = {penalty};
  read.folds = static_cast<int>(reader.Integer("folds", 10, 2, 1000));
  read.resamples = static_cast<int>(reader.Integer("bootstrap", 1000, 0, 1'000'000));
  read.ceiling_splits = static_cast<int>(reader.Integer("ceiling_splits", 100, 1, 10'000));
  read.min_reliability = reader.Number("min_reliability", 0.1, -1, 1);
  read.layer_choice = reader.Choice("layer_choice", "best", {"best", "committed"});
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

// r [neuroid × fold] of one layer.
Result<Eigen::MatrixXd> LayerCorrelations(const Gram& gram, const Eigen::MatrixXd& responses,
                                          const std::vector<Fold>& folds, const std::vector<double>& penalties) {
  Eigen::MatrixXd r(responses.cols(), static_cast<Eigen::Index>(folds.size()));
  for (std::size_t f = 0; f < folds.size(); ++f) {
    Result<RidgeFit> fit = FitDualRidge(gram.inner, responses, folds[f], penalties);
    if (!fit.ok()) return std::move(fit).error().Within("layer " + gram.layer.ToString());
    r.col(static_cast<Eigen::Index>(f)) = ColumnCorrelations(fit->predicted, responses(folds[f].test, Eigen::all));
  }
  return r;
}

Result<LayerScore> ScoreLayer(const Gram& gram, const Neuroids& neuroids, const std::vector<Fold>& folds,
                              const RidgeOptions& options, Seed seed) {
  VENTRAL_ASSIGN_OR_RETURN(const Eigen::MatrixXd r,
                           LayerCorrelations(gram, neuroids.responses, folds, options.penalties));
  LayerScore score;
  score.layer = gram.layer;
  score.inferred = gram.inferred;
  score.raw = MedianThenMean(r);
  if (!std::isfinite(score.raw)) {
    return InvalidInput("layer " + gram.layer.ToString() + ": its predictions do not vary over the held-out stimuli");
  }
  if (neuroids.ceiling && neuroids.ceiling->value > 0) score.normalised = score.raw / neuroids.ceiling->value;
  score.interval = NeuroidInterval(r, seed, options.resamples);
  score.per_neuroid = NeuroidMeans(r);
  return score;
}

class Ridge final : public Metric {
 public:
  std::string_view name() const override { return "ridge"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options, ReadOptions(question.spec.options));
    if (question.recording.Size(Axis::kStimulus) < 3 * options.folds) {
      return InvalidInput("option folds: " + std::to_string(options.folds) + " folds need at least " +
                          std::to_string(3 * options.folds) + " stimuli, recording " + question.recording.id + " has " +
                          std::to_string(question.recording.Size(Axis::kStimulus)));
    }
    VENTRAL_RETURN_IF_ERROR(SelectNeuroids(question, options.ceiling_splits, options.min_reliability));
    return Ok{};
  }

  Result<BenchmarkScore> Score(const Question& question, std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options, ReadOptions(question.spec.options));
    VENTRAL_ASSIGN_OR_RETURN(const Neuroids neuroids,
                             SelectNeuroids(question, options.ceiling_splits, options.min_reliability));
    const auto stimuli = static_cast<int>(neuroids.responses.rows());
    const std::vector<Fold> folds = ShuffledFolds(stimuli, options.folds, question.spec.seed);
    std::vector<Result<LayerScore>> scored(layers.size(), Internal("not scored"));
    ParallelFor(layers.size(), 0, [&](std::size_t l) {
      scored[l] = ScoreLayer(layers[l], neuroids, folds, options, question.spec.seed);
    });
    BenchmarkScore score;
    score.benchmark = question.spec.id;
    score.metric = "ridge";
    score.seed = question.spec.seed.value;
    score.stimuli = stimuli;
    score.neuroids = neuroids.responses.cols();
    score.neuroids_left_out = neuroids.left_out;
    score.ceiling = neuroids.ceiling;
    score.rule = score.ceiling ? "r/ceiling" : "r";
    score.split = DescribeFolds(options.folds);
    if (!score.ceiling) score.notes.push_back("no repeated trials: no ceiling can be estimated");
    for (Result<LayerScore>& layer : scored) {
      if (!layer.ok()) return std::move(layer).error();
      score.layers.push_back(std::move(layer).value());
    }
    VENTRAL_RETURN_IF_ERROR(ChooseLayer(question, options.layer_choice, score));
    return score;
  }
};

}  // namespace

const Metric& RidgeMetric() {
  static const Ridge metric;
  return metric;
}

}  // namespace ventral
