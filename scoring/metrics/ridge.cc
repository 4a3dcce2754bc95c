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

const std::vector<double> kDefaultPenalties = {0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

struct RidgeOptions {
  Penalties penalties;
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
  read.penalties.values = reader.Positives("penalties", kDefaultPenalties);
  const double penalty = reader.Number("penalty", 1, 1e-12, 1e12);
  if (reader.Has("penalty")) read.penalties.values = {penalty};
  read.penalties.relative =
      reader.Choice("penalty_scale", "absolute", {"absolute", "relative"}) == "relative";
  read.folds = static_cast<int>(reader.Integer("folds", 10, 2, 1000));
  read.resamples = static_cast<int>(reader.Integer("bootstrap", 1000, 0, 1'000'000));
  read.ceiling_splits = static_cast<int>(reader.Integer("ceiling_splits", 100, 1, 10'000));
  read.min_reliability = reader.Number("min_reliability", 0.1, -1, 1);
  read.layer_choice = reader.Choice("layer_choice", "best", {"best", "committed"});
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

struct LayerFit {
  LayerScore score;
  int at_end_of_grid = 0;  // folds whose penalty is the least or the greatest of several
};

Result<LayerFit> ScoreLayer(const Gram& gram, const Neuroids& neuroids,
                            const std::vector<Fold>& folds, const RidgeOptions& options,
                            Seed seed) {
  const std::string where = "layer " + gram.layer.ToString();
  LayerFit out;
  Eigen::MatrixXd r(neuroids.responses.cols(), static_cast<Eigen::Index>(folds.size()));
  for (std::size_t f = 0; f < folds.size(); ++f) {
    Result<RidgeFit> fit =
        FitDualRidge(gram.inner, neuroids.responses, folds[f], options.penalties);
    if (!fit.ok()) return std::move(fit).error().Within(where);
    r.col(static_cast<Eigen::Index>(f)) =
        ColumnCorrelations(fit->predicted, neuroids.responses(folds[f].test, Eigen::all));
    const std::size_t last = options.penalties.values.size() - 1;
    if (last > 0 && (fit->chosen == 0 || fit->chosen == last)) ++out.at_end_of_grid;
  }
  out.score.layer = gram.layer;
  out.score.inferred = gram.inferred;
  out.score.raw = MedianThenMean(r);
  if (!std::isfinite(out.score.raw)) {
    return InvalidInput(where + ": its predictions do not vary over the held-out stimuli");
  }
  if (neuroids.ceiling && neuroids.ceiling->value > 0) {
    out.score.normalised = out.score.raw / neuroids.ceiling->value;
  }
  out.score.interval = NeuroidInterval(r, seed, options.resamples);
  out.score.per_neuroid = NeuroidMeans(r);
  return out;
}

// What is the same for every layer.
BenchmarkScore Frame(const Question& question, const RidgeOptions& options,
                     const Neuroids& neuroids) {
  BenchmarkScore score;
  score.benchmark = question.spec.id;
  score.metric = "ridge";
  score.seed = question.spec.seed.value;
  score.stimuli = neuroids.responses.rows();
  score.neuroids = neuroids.responses.cols();
  score.neuroids_left_out = neuroids.left_out;
  score.ceiling = neuroids.ceiling;
  score.rule = score.ceiling ? "r/sqrt(reliability)" : "r";
  score.split = DescribeFolds(options.folds);
  if (!score.ceiling) score.notes.push_back("no repeated trials: no ceiling can be estimated");
  return score;
}

void NoteEndOfGrid(const std::vector<LayerFit>& fits, const RidgeOptions& options,
                   BenchmarkScore& score) {
  for (const LayerFit& fit : fits) {
    if (fit.score.layer != score.layer || 2 * fit.at_end_of_grid <= options.folds) continue;
    score.notes.push_back("layer " + score.layer.ToString() +
                          " took the least or greatest penalty in " +
                          std::to_string(fit.at_end_of_grid) + " of " +
                          std::to_string(options.folds) + " folds: a wider grid may score higher");
  }
}

class Ridge final : public Metric {
 public:
  std::string_view name() const override { return "ridge"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options, ReadOptions(question.spec.options));
    if (question.recording.Size(Axis::kStimulus) < 3 * options.folds) {
      return InvalidInput("option folds: " + std::to_string(options.folds) +
                          " folds need at least " + std::to_string(3 * options.folds) +
                          " stimuli, recording " + question.recording.id + " has " +
                          std::to_string(question.recording.Size(Axis::kStimulus)));
    }
    VENTRAL_RETURN_IF_ERROR(
        SelectNeuroids(question, options.ceiling_splits, options.min_reliability));
    return Ok{};
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options, ReadOptions(question.spec.options));
    VENTRAL_ASSIGN_OR_RETURN(
        const Neuroids neuroids,
        SelectNeuroids(question, options.ceiling_splits, options.min_reliability));
    const std::vector<Fold> folds = ShuffledFolds(static_cast<int>(neuroids.responses.rows()),
                                                  options.folds, question.spec.seed);
    std::vector<Result<LayerFit>> scored(layers.size(), Internal("not scored"));
    ParallelFor(layers.size(), 0, [&](std::size_t l) {
      scored[l] = ScoreLayer(layers[l], neuroids, folds, options, question.spec.seed);
    });
    BenchmarkScore score = Frame(question, options, neuroids);
    std::vector<LayerFit> fits;
    for (Result<LayerFit>& layer : scored) {
      if (!layer.ok()) return std::move(layer).error();
      score.layers.push_back(layer->score);
      fits.push_back(std::move(layer).value());
    }
    VENTRAL_RETURN_IF_ERROR(ChooseLayer(question, options.layer_choice, score));
    NoteEndOfGrid(fits, options, score);
    return score;
  }
};

}  // namespace

const Metric& RidgeMetric() {
  static const Ridge metric;
  return metric;
}

}  // namespace ventral
