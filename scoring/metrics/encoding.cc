#include "scoring/metrics/encoding.h"

#include <cmath>

#include "scoring/metrics/encoding_scores.h"
#include "scoring/metrics/layer_choice.h"
#include "scoring/metrics/neuroids.h"
#include "scoring/metrics/parallel.h"

namespace ventral {
namespace {

struct LayerFit {
  LayerScore score;
  int remarkable = 0;  // folds
};

// One fold of one layer.
struct FoldScore {
  Eigen::VectorXd r;  // [neuroid]
  bool remarkable = false;
};

Result<FoldScore> ScoreFold(const Gram& gram, const Eigen::MatrixXd& responses, const Fold& fold,
                            const FoldModel& model) {
  VENTRAL_ASSIGN_OR_RETURN(const CentredGram centred, Centre(gram.inner, fold));
  VENTRAL_ASSIGN_OR_RETURN(const FoldModel::Fit fit,
                           model.Predict(centred, Centre(responses, fold.train)));
  return FoldScore{ColumnCorrelations(fit.predicted, responses(fold.test, Eigen::all)),
                   fit.remarkable};
}

Result<LayerFit> ScoreLayer(const Gram& gram, const Neuroids& neuroids,
                            const std::vector<Fold>& folds, const EncodingOptions& options,
                            const FoldModel& model, Seed seed, unsigned threads) {
  const std::string where = "layer " + gram.layer.ToString();
  std::vector<Result<FoldScore>> scored(folds.size(), Internal("not scored"));
  ParallelFor(folds.size(), threads, [&](std::size_t f) {
    scored[f] = ScoreFold(gram, neuroids.responses, folds[f], model);
  });
  LayerFit out;
  Eigen::MatrixXd r(neuroids.responses.cols(), static_cast<Eigen::Index>(folds.size()));
  for (std::size_t f = 0; f < folds.size(); ++f) {
    if (!scored[f].ok()) return std::move(scored[f]).error().Within(where);
    r.col(static_cast<Eigen::Index>(f)) = scored[f]->r;
    out.remarkable += scored[f]->remarkable ? 1 : 0;
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

// Many layers: each on a core. Few: the folds of one layer after the other, which also bounds the
// memory.
Result<std::vector<LayerFit>> ScoreLayers(const Question& question, std::span<const Gram> layers,
                                          const Neuroids& neuroids, const std::vector<Fold>& folds,
                                          const EncodingOptions& options, const FoldModel& model) {
  const bool many = layers.size() >= UsableCores();
  std::vector<Result<LayerFit>> scored(layers.size(), Internal("not scored"));
  ParallelFor(layers.size(), many ? 0 : 1, [&](std::size_t l) {
    scored[l] =
        ScoreLayer(layers[l], neuroids, folds, options, model, question.spec.seed, many ? 1 : 0);
  });
  std::vector<LayerFit> fits;
  for (Result<LayerFit>& layer : scored) {
    if (!layer.ok()) return std::move(layer).error();
    fits.push_back(std::move(layer).value());
  }
  return fits;
}

Result<std::vector<Fold>> FoldsOf(const Question& question, const EncodingOptions& options) {
  return MakeFolds(options.split, static_cast<int>(question.recording.Size(Axis::kStimulus)),
                   question.columns, question.spec.seed);
}

// What is the same for every layer.
BenchmarkScore Frame(const Question& question, const EncodingOptions& options,
                     const Neuroids& neuroids) {
  BenchmarkScore score;
  score.benchmark = question.spec.id;
  score.metric = question.spec.metric;
  score.seed = question.spec.seed.value;
  score.stimuli = neuroids.responses.rows();
  score.neuroids = neuroids.responses.cols();
  score.neuroids_left_out = neuroids.left_out;
  score.ceiling = neuroids.ceiling;
  score.rule = score.ceiling ? "r/sqrt(reliability)" : "r";
  score.split = Describe(options.split);
  if (!score.ceiling) score.notes.push_back("no repeated trials: no ceiling can be estimated");
  return score;
}

void NoteRemark(const std::vector<LayerFit>& fits, const FoldModel& model, int folds,
                BenchmarkScore& score) {
  for (const LayerFit& fit : fits) {
    if (fit.score.layer != score.layer) continue;
    const std::string remark = model.Remark(fit.remarkable, folds);
    if (!remark.empty()) score.notes.push_back("layer " + score.layer.ToString() + " " + remark);
  }
}

}  // namespace

Result<EncodingOptions> ReadEncodingOptions(OptionReader& reader) {
  EncodingOptions read;
  VENTRAL_ASSIGN_OR_RETURN(read.split, ReadSplit(reader));
  read.resamples = static_cast<int>(reader.Integer("bootstrap", 1000, 0, 1'000'000));
  read.ceiling_splits = static_cast<int>(reader.Integer("ceiling_splits", 100, 1, 10'000));
  read.min_reliability = reader.Number("min_reliability", 0.1, -1, 1);
  read.layer_choice = reader.Choice("layer_choice", "best", {"best", "committed"});
  return read;
}

Status CheckEncoding(const Question& question, const EncodingOptions& options) {
  VENTRAL_RETURN_IF_ERROR(FoldsOf(question, options));
  VENTRAL_RETURN_IF_ERROR(
      SelectNeuroids(question, options.ceiling_splits, options.min_reliability));
  return Ok{};
}

Result<BenchmarkScore> ScoreEncoding(const Question& question, std::span<const Gram> layers,
                                     const EncodingOptions& options, const FoldModel& model) {
  VENTRAL_ASSIGN_OR_RETURN(const Neuroids neuroids, SelectNeuroids(question, options.ceiling_splits,
                                                                   options.min_reliability));
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<Fold> folds, FoldsOf(question, options));
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<LayerFit> fits,
                           ScoreLayers(question, layers, neuroids, folds, options, model));
  BenchmarkScore score = Frame(question, options, neuroids);
  score.folds = Report(folds, static_cast<int>(score.stimuli));
  for (const LayerFit& fit : fits) score.layers.push_back(fit.score);
  VENTRAL_RETURN_IF_ERROR(ChooseLayer(question, options.layer_choice, score));
  NoteRemark(fits, model, static_cast<int>(folds.size()), score);
  return score;
}

}  // namespace ventral
