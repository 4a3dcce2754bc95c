#include "scoring/metrics/encoding.h"

#include <cmath>
#include <set>

#include "scoring/metrics/encoding_choice.h"
#include "scoring/metrics/encoding_layer.h"
#include "scoring/metrics/encoding_together.h"
#include "scoring/metrics/layer_choice.h"
#include "scoring/metrics/neuroids.h"

namespace ventral {
namespace {

// What is the same for every layer.
BenchmarkScore Frame(const Question& question, const EncodingOptions& options,
                     const Neuroids& neuroids) {
  BenchmarkScore score = FrameOf(question, neuroids);
  score.ceiling = neuroids.ceiling;
  score.rule = score.ceiling ? "r/sqrt(reliability)" : "r";
  score.split = Describe(options.split);
  if (!score.ceiling) score.notes.push_back("no repeated trials: no ceiling can be estimated");
  return score;
}

// Of the folds of each layer, those that the headline is made of.
void NoteRemark(const std::vector<LayerFit>& fits, const std::vector<std::size_t>& chosen,
                const FoldModel& model, BenchmarkScore& score) {
  int remarkable = 0;
  for (std::size_t f = 0; f < chosen.size(); ++f) {
    remarkable += fits[chosen[f]].remarkable[f] ? 1 : 0;
  }
  const std::string remark = model.Remark(remarkable, static_cast<int>(chosen.size()));
  if (remark.empty()) return;
  const bool one = std::set<std::size_t>(chosen.begin(), chosen.end()).size() == 1;
  score.notes.push_back((one ? "layer " + score.layer.ToString() : "the chosen layers") + " " +
                        remark);
}

// The place of the headline layer, once for each fold.
std::vector<std::size_t> HeadlineLayer(const BenchmarkScore& score, std::size_t folds) {
  std::size_t place = 0;
  while (score.layers[place].layer != score.layer) ++place;
  return std::vector<std::size_t>(folds, place);
}

// What a score is made with; the last two may be nullptr.
struct Means {
  const FoldSource& folds;
  int least_training;
  const FoldModel* model;
  const JointModel* joint;
};

Result<BenchmarkScore> ScoreWith(const Means& means, const Question& question,
                                 std::span<const Gram> layers, const EncodingOptions& options) {
  VENTRAL_ASSIGN_OR_RETURN(const Neuroids neuroids, NeuroidsOf(question, options));
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<Fold> folds, EncodingFolds(question, options));
  const EncodingWalk walk{
      neuroids,
      folds,
      LayerChoiceFolds(question, options, folds, layers.size(), means.least_training),
      options,
      means.folds,
      question.spec.seed,
      Share(layers.size(), folds.size())};
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<LayerFit> fits, ScoreLayers(layers, walk));
  BenchmarkScore score = Frame(question, options, neuroids);
  score.folds = Report(folds, static_cast<int>(score.stimuli));
  // Other stimuli would have another reliability; that is not resampled.
  if (score.ceiling && !DrawsStimuli(options.interval)) {
    ResampledInterval resampled = EncodingInterval(score.ceiling->value, {neuroids.reach, {}},
                                                   folds, static_cast<int>(score.stimuli),
                                                   neuroids.pool, options.interval, walk.seed, 0);
    score.ceiling->interval = std::move(resampled.interval);
    score.ceiling_resamples = std::move(resampled.resamples);
  }
  std::vector<Resamples> resamples;
  for (const LayerFit& fit : fits) resamples.push_back(fit.resamples);
  for (const LayerFit& fit : fits) score.layers.push_back(fit.score);
  std::optional<CrossValidated> cross_validated;
  if (Scored(score.layers).size() > 1) {
    if (means.joint != nullptr) {
      VENTRAL_ASSIGN_OR_RETURN(cross_validated, FitTogether(layers, fits, walk, *means.joint));
    } else if (!walk.choice_folds.empty()) {
      VENTRAL_ASSIGN_OR_RETURN(cross_validated, CrossValidate(fits, walk));
    }
    if (cross_validated && !std::isfinite(cross_validated->raw)) cross_validated.reset();
  }
  VENTRAL_RETURN_IF_ERROR(
      ChooseLayer(question, options.layer_choice, cross_validated, resamples, score));
  if (cross_validated && means.joint != nullptr) return score;
  if (means.model == nullptr) return score;
  NoteRemark(fits, cross_validated ? cross_validated->chosen : HeadlineLayer(score, folds.size()),
             *means.model, score);
  return score;
}

}  // namespace

Result<EncodingOptions> ReadEncodingOptions(OptionReader& reader, const char* together) {
  EncodingOptions read;
  VENTRAL_ASSIGN_OR_RETURN(read.split, ReadSplit(reader));
  VENTRAL_ASSIGN_OR_RETURN(read.interval, ReadIntervalRule(reader, {{"neuroids", "percentile"},
                                                                    {"stimuli", "t"},
                                                                    {"subjects", "t"},
                                                                    {"both", "t"}}));
  read.ceiling_splits = static_cast<int>(reader.Integer("ceiling_splits", 100, 1, 10'000));
  read.min_reliability = reader.Number("min_reliability", 0.1, -1, 1);
  read.pool_neuroids = reader.Choice("pool", "subjects", {"subjects", "neuroids"}) == "neuroids";
  read.layer_choice = ReadLayerChoice(reader, together);
  return read;
}

Result<Neuroids> NeuroidsOf(const Question& question, const EncodingOptions& options) {
  return SelectNeuroids(question, options.ceiling_splits, options.min_reliability,
                        options.pool_neuroids);
}

Result<std::vector<Fold>> EncodingFolds(const Question& question, const EncodingOptions& options) {
  return MakeFolds(options.split, static_cast<int>(question.recording.Size(Axis::kStimulus)),
                   question.columns, question.spec.seed);
}

Status CheckEncoding(const Question& question, const EncodingOptions& options) {
  VENTRAL_RETURN_IF_ERROR(EncodingFolds(question, options));
  VENTRAL_ASSIGN_OR_RETURN(const Neuroids neuroids, NeuroidsOf(question, options));
  return CheckIntervalOver(options.interval, neuroids.pool.subjects.size(), question.recording.id,
                           kWithNeuroids);
}

Result<BenchmarkScore> ScoreEncoding(const Question& question, std::span<const Gram> layers,
                                     const EncodingOptions& options, const FoldModel& model,
                                     const JointModel* joint) {
  const FittedFolds folds(layers, model);
  return ScoreWith({folds, model.LeastTraining(), &model, joint}, question, layers, options);
}

Result<BenchmarkScore> ScoreEncoding(const Question& question, std::span<const Gram> layers,
                                     const EncodingOptions& options, const FoldSource& folds) {
  return ScoreWith({folds, kLeastTraining, nullptr, nullptr}, question, layers, options);
}

}  // namespace ventral
