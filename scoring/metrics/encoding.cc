#include "scoring/metrics/encoding.h"

#include <cmath>

#include "scoring/metrics/encoding_interval.h"
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

// Where the cores go, 0 being all of them: to layers, where there are enough; or to the folds of
// one layer after the other, which also bounds the memory; or into the fits.
struct Threads {
  unsigned layers = 1, folds = 1, fit = 1;
};

Threads Share(std::size_t layers, std::size_t folds) {
  Threads threads;
  (layers >= UsableCores()  ? threads.layers
   : folds >= UsableCores() ? threads.folds
                            : threads.fit) = 0;
  return threads;
}

// One fold of one layer.
struct FoldScore {
  Eigen::VectorXd r;          // [neuroid]
  FoldPrediction prediction;  // kept where stimuli are drawn
  bool remarkable = false;
};

// What every layer is scored with.
struct Walk {
  const Neuroids& neuroids;
  const std::vector<Fold>& folds;
  const EncodingOptions& options;
  const FoldModel& model;
  Seed seed;
  Threads threads;
};

Result<FoldScore> ScoreFold(const Gram& gram, const Fold& fold, const Walk& walk) {
  const Eigen::MatrixXd& responses = walk.neuroids.responses;
  VENTRAL_ASSIGN_OR_RETURN(const CentredGram centred, Centre(gram.inner, fold));
  VENTRAL_ASSIGN_OR_RETURN(FoldModel::Fit fit,
                           walk.model.Predict(centred, Centre(responses, fold.train),
                                              walk.neuroids.pool.subjects, walk.threads.fit));
  FoldScore score{{}, {std::move(fit.predicted), responses(fold.test, Eigen::all)}, fit.remarkable};
  score.r = ColumnCorrelations(score.prediction.predicted, score.prediction.recorded);
  if (walk.options.interval_over != "stimuli") score.prediction = {};
  return score;
}

std::optional<Interval> IntervalOf(const Eigen::MatrixXd& r,
                                   const std::vector<FoldPrediction>& predictions,
                                   const Walk& walk) {
  const Pool& pool = walk.neuroids.pool;
  const int resamples = walk.options.resamples;
  if (walk.options.interval_over == "subjects") {
    return SubjectInterval(r, pool, walk.seed, resamples);
  }
  if (walk.options.interval_over == "stimuli") {
    return StimulusInterval(predictions, walk.folds,
                            static_cast<int>(walk.neuroids.responses.rows()), pool, walk.seed,
                            resamples, walk.threads.layers == 0 ? 1 : 0);
  }
  return NeuroidInterval(r, pool, walk.seed, resamples);
}

Result<LayerFit> ScoreLayer(const Gram& gram, const Walk& walk) {
  const std::string where = "layer " + gram.layer.ToString();
  std::vector<Result<FoldScore>> scored(walk.folds.size(), Internal("not scored"));
  ParallelFor(walk.folds.size(), walk.threads.folds,
              [&](std::size_t f) { scored[f] = ScoreFold(gram, walk.folds[f], walk); });
  LayerFit out;
  Eigen::MatrixXd r(walk.neuroids.responses.cols(), static_cast<Eigen::Index>(walk.folds.size()));
  std::vector<FoldPrediction> predictions;
  for (std::size_t f = 0; f < walk.folds.size(); ++f) {
    if (!scored[f].ok()) return std::move(scored[f]).error().Within(where);
    r.col(static_cast<Eigen::Index>(f)) = scored[f]->r;
    out.remarkable += scored[f]->remarkable ? 1 : 0;
    predictions.push_back(std::move(scored[f]->prediction));
  }
  LayerScore& score = out.score;
  score.layer = gram.layer;
  score.inferred = gram.inferred;
  score.raw = walk.neuroids.pool.Score(r);
  if (!std::isfinite(score.raw)) {
    return InvalidInput(where + ": its predictions do not vary over the held-out stimuli");
  }
  const std::optional<Ceiling>& ceiling = walk.neuroids.ceiling;
  if (ceiling && ceiling->value > 0) score.normalised = score.raw / ceiling->value;
  score.interval = IntervalOf(r, predictions, walk);
  if (walk.neuroids.pool.subjects.size() > 1) {
    score.per_subject = walk.neuroids.pool.SubjectScores(r);
    for (std::size_t s = 0; s < score.per_subject.size(); ++s) {
      if (std::isfinite(score.per_subject[s])) continue;
      return InvalidInput(where + ": its predictions for subject " + std::to_string(s + 1) +
                          " do not vary over the held-out stimuli");
    }
  }
  score.per_neuroid = NeuroidMeans(r);
  return out;
}

Result<std::vector<LayerFit>> ScoreLayers(std::span<const Gram> layers, const Walk& walk) {
  std::vector<Result<LayerFit>> scored(layers.size(), Internal("not scored"));
  ParallelFor(layers.size(), walk.threads.layers,
              [&](std::size_t l) { scored[l] = ScoreLayer(layers[l], walk); });
  std::vector<LayerFit> fits;
  for (Result<LayerFit>& layer : scored) {
    if (!layer.ok()) return std::move(layer).error();
    fits.push_back(std::move(layer).value());
  }
  return fits;
}

Result<Neuroids> NeuroidsOf(const Question& question, const EncodingOptions& options) {
  return SelectNeuroids(question, options.ceiling_splits, options.min_reliability,
                        options.pool_neuroids);
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
  const auto kept = static_cast<std::int64_t>(neuroids.pool.subjects.size());
  if (kept < neuroids.subjects) {
    score.notes.push_back(std::to_string(neuroids.subjects - kept) + " of " +
                          std::to_string(neuroids.subjects) +
                          " subjects are left out: none of their neuroids is reliable");
  }
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
  read.pool_neuroids = reader.Choice("pool", "subjects", {"subjects", "neuroids"}) == "neuroids";
  read.interval_over =
      reader.Choice("interval_over", "neuroids", {"neuroids", "stimuli", "subjects"});
  read.layer_choice = reader.Choice("layer_choice", "best", {"best", "committed"});
  return read;
}

Result<std::vector<Fold>> EncodingFolds(const Question& question, const EncodingOptions& options) {
  return MakeFolds(options.split, static_cast<int>(question.recording.Size(Axis::kStimulus)),
                   question.columns, question.spec.seed);
}

Status CheckEncoding(const Question& question, const EncodingOptions& options) {
  VENTRAL_RETURN_IF_ERROR(EncodingFolds(question, options));
  VENTRAL_ASSIGN_OR_RETURN(const Neuroids neuroids, NeuroidsOf(question, options));
  if (options.interval_over == "subjects" && neuroids.pool.subjects.size() < 2) {
    return InvalidInput(
        "option interval_over: an interval over subjects needs two at least with reliable "
        "neuroids, recording " +
        question.recording.id + " has " + std::to_string(neuroids.pool.subjects.size()));
  }
  return Ok{};
}

Result<BenchmarkScore> ScoreEncoding(const Question& question, std::span<const Gram> layers,
                                     const EncodingOptions& options, const FoldModel& model) {
  VENTRAL_ASSIGN_OR_RETURN(const Neuroids neuroids, NeuroidsOf(question, options));
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<Fold> folds, EncodingFolds(question, options));
  const Walk walk{
      neuroids, folds, options, model, question.spec.seed, Share(layers.size(), folds.size())};
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<LayerFit> fits, ScoreLayers(layers, walk));
  BenchmarkScore score = Frame(question, options, neuroids);
  score.folds = Report(folds, static_cast<int>(score.stimuli));
  for (const LayerFit& fit : fits) score.layers.push_back(fit.score);
  VENTRAL_RETURN_IF_ERROR(ChooseLayer(question, options.layer_choice, score));
  NoteRemark(fits, model, static_cast<int>(folds.size()), score);
  return score;
}

}  // namespace ventral
