#include "scoring/metrics/held_out_score.h"

#include <cmath>
#include <limits>
#include <optional>

#include "scoring/base/parallel.h"
#include "scoring/metrics/encoding_choice.h"
#include "scoring/metrics/held_out_numbers.h"
#include "scoring/metrics/inner_folds.h"
#include "scoring/metrics/layer_choice.h"

namespace ventral {
namespace {

using Fits = HeldOutNumbers::Fits;

// [layer]: its folds, or why it has none.
std::vector<Result<Fits>> FitAll(const std::vector<const Gram*>& layers,
                                 const std::vector<Fold>& folds, const HeldOutModel& model) {
  std::vector<Result<std::unique_ptr<const HeldOutFit>>> made;
  for (std::size_t i = 0; i < layers.size() * folds.size(); ++i) made.push_back(Internal("no fit"));
  ParallelFor(made.size(), 0, [&](std::size_t i) {
    made[i] = model.Fit(*layers[i / folds.size()], folds[i % folds.size()]);
  });
  std::vector<Result<Fits>> all;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    Result<Fits> fits = Fits{};
    for (std::size_t f = 0; f < folds.size() && fits.ok(); ++f) {
      auto& one = made[l * folds.size() + f];
      if (one.ok()) {
        fits->push_back(std::move(one).value());
      } else {
        fits = std::move(one).error();
      }
    }
    all.push_back(std::move(fits));
  }
  return all;
}

// For each fold, the place among `layers` of the one of the highest mean score within its training
// stimuli, the first of equals.
// @error of the model, other than of one layer.
Result<std::vector<std::size_t>> ChooseInTraining(
    const std::vector<const Gram*>& layers, const std::vector<std::vector<Fold>>& choice_folds,
    const HeldOutModel& model) {
  std::vector<std::size_t> chosen;
  for (const std::vector<Fold>& folds : choice_folds) {
    const std::vector<Result<Fits>> fits = FitAll(layers, folds, model);
    std::size_t best = 0;
    double highest = -std::numeric_limits<double>::infinity();
    for (std::size_t l = 0; l < fits.size(); ++l) {
      if (!fits[l].ok()) {
        if (fits[l].error().code != ErrorCode::kInvalidInput) return fits[l].error();
        continue;
      }
      const double mean = MeanOverFolds(*fits[l], folds, {}).mean();
      if (!(mean > highest)) continue;
      highest = mean;
      best = l;
    }
    chosen.push_back(best);
  }
  return chosen;
}

// @error other than of one layer, which is undefined then.
Status PutLayer(const Result<Fits>& fits, const std::vector<Fold>& folds, LayerScore& layer) {
  if (!fits.ok()) {
    if (fits.error().code != ErrorCode::kInvalidInput) return fits.error();
    layer.undefined = fits.error().message;
    return Ok{};
  }
  const Eigen::VectorXd subjects = MeanOverFolds(*fits, folds, {});
  if (!subjects.allFinite()) {
    layer.undefined = "its score on held-out stimuli is not defined for every subject";
    return Ok{};
  }
  layer.raw = subjects.mean();
  if (subjects.size() > 1) layer.per_subject.assign(subjects.begin(), subjects.end());
  return Ok{};
}

void PutCeiling(double lower, double upper, BenchmarkScore& score) {
  if (!std::isfinite(lower) || !std::isfinite(upper)) {
    score.ceiling.reset();
    score.notes.push_back("subjects cancel out: no noise ceiling can be estimated");
    return;
  }
  score.rule += "/ceiling_upper";
  score.ceiling->lower = lower;
  score.ceiling->upper = score.ceiling->value = upper;
  if (!(upper > 0)) return;
  for (LayerScore& layer : score.layers) {
    if (layer.undefined.empty()) layer.normalised = layer.raw / upper;
  }
}

// What resamples say of `scored` layers, the headline and the ceiling. Returns those of each layer.
std::vector<Resamples> Resample(const HeldOutNumbers& numbers,
                                const std::vector<std::size_t>& scored, const IntervalRule& rule,
                                std::optional<CrossValidated>& headline, BenchmarkScore& score) {
  const Drawable drawable{0, static_cast<int>(score.stimuli), static_cast<int>(score.subjects)};
  const Resampled resampled =
      Bootstrap([&](const Eigen::VectorXd& counts) { return numbers(counts); }, numbers.size(),
                drawable, rule, Seed{score.seed}, 0);
  const auto interval = [&](double value, Eigen::Index number) {
    return IntervalOf(value, resampled, number, rule, drawable);
  };
  std::vector<Resamples> of(score.layers.size());
  for (std::size_t i = 0; i < scored.size(); ++i) {
    LayerScore& layer = score.layers[scored[i]];
    layer.interval = interval(layer.raw, static_cast<Eigen::Index>(i));
    of[scored[i]] = resampled.Row(static_cast<Eigen::Index>(i));
  }
  if (headline) {
    headline->interval = interval(headline->raw, numbers.headline());
    headline->resamples = resampled.Row(numbers.headline());
  }
  if (score.ceiling) {
    score.ceiling->lower_interval = interval(*score.ceiling->lower, numbers.lower());
    score.ceiling->interval = interval(score.ceiling->value, numbers.lower() + 1);
    score.ceiling_resamples = resampled.Row(numbers.lower());
  }
  return of;
}

}  // namespace

Status ReadHeldOutRules(OptionReader& reader, HeldOutOptions& read) {
  VENTRAL_ASSIGN_OR_RETURN(read.split, ReadSplit(reader));
  read.layer_choice = ReadLayerChoice(reader);
  VENTRAL_ASSIGN_OR_RETURN(
      read.interval,
      ReadIntervalRule(reader, {{"stimuli", "t"}, {"subjects", "t"}, {"both", "t"}}));
  return Ok{};
}

Result<HeldOutOptions> ReadHeldOutOptions(OptionReader& reader, const Question& question,
                                          bool for_neuroids) {
  HeldOutOptions read;
  VENTRAL_ASSIGN_OR_RETURN(read.penalties, ReadPenalties(reader, question.spec.seed, for_neuroids));
  VENTRAL_RETURN_IF_ERROR(ReadHeldOutRules(reader, read));
  read.penalties.groups = GroupsOf(read.split, question.columns);
  read.ceiling_splits = static_cast<int>(reader.Integer("ceiling_splits", 100, 1, 10'000));
  read.min_reliability = reader.Number("min_reliability", 0.1, -1, 1);
  return read;
}

Result<HeldOutMaterial> HeldOutMaterialOf(const Question& question, const HeldOutOptions& options) {
  HeldOutMaterial material;
  VENTRAL_ASSIGN_OR_RETURN(
      material.folds,
      MakeFolds(options.split, static_cast<int>(question.recording.Size(Axis::kStimulus)),
                question.columns, question.spec.seed));
  VENTRAL_RETURN_IF_ERROR(CheckInnerFolds(options.penalties, material.folds));
  VENTRAL_ASSIGN_OR_RETURN(material.neuroids, SelectNeuroids(question, options.ceiling_splits,
                                                             options.min_reliability, false));
  VENTRAL_RETURN_IF_ERROR(CheckIntervalOver(options.interval,
                                            material.neuroids.pool.subjects.size(),
                                            question.recording.id, kWithNeuroids));
  return material;
}

Result<BenchmarkScore> ScoreHeldOut(const Question& question, std::span<const Gram> layers,
                                    const std::vector<Fold>& folds, const HeldOutOptions& options,
                                    const HeldOutModel& model, BenchmarkScore score) {
  std::vector<const Gram*> all;
  for (const Gram& layer : layers) all.push_back(&layer);
  const std::vector<Result<Fits>> fits = FitAll(all, folds, model);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    LayerScore& layer = score.layers.emplace_back();
    layer.layer = layers[l].layer;
    layer.inferred = layers[l].inferred;
    auto put = PutLayer(fits[l], folds, layer);
    if (!put.ok()) return std::move(put).error().Within("layer " + layer.layer.ToString());
  }
  const std::vector<std::size_t> scored = Scored(score.layers);
  if (scored.empty()) return ChooseLayer(question, options.layer_choice, {}, {}, score).error();
  std::vector<const Gram*> candidates;
  std::vector<const Fits*> scored_fits;
  for (const std::size_t l : scored) {
    candidates.push_back(all[l]);
    scored_fits.push_back(&*fits[l]);
  }
  std::vector<std::size_t> chosen;
  if (options.layer_choice == "cross_validated" && scored.size() > 1) {
    VENTRAL_ASSIGN_OR_RETURN(
        chosen,
        ChooseInTraining(candidates,
                         ChoiceFolds(folds, options.split, question.columns, question.spec.seed,
                                     LeastTrainingFor(options.penalties)),
                         model));
  }
  const HeldOutNumbers numbers(folds, scored_fits, chosen, static_cast<int>(score.subjects), model);
  const Eigen::VectorXd values =
      numbers(Eigen::VectorXd::Ones(score.stimuli))(Eigen::VectorXd::Ones(score.subjects));
  if (score.ceiling) PutCeiling(values(numbers.lower()), values(numbers.lower() + 1), score);
  std::optional<CrossValidated> headline;
  if (!chosen.empty() && std::isfinite(values(numbers.headline()))) {
    headline.emplace();
    headline->raw = values(numbers.headline());
    headline->on = "the training stimuli of each fold";
    for (const std::size_t c : chosen) headline->chosen.push_back(scored[c]);
  }
  const std::vector<Resamples> resamples =
      Resample(numbers, scored, options.interval, headline, score);
  score.split = Describe(options.split);
  score.folds = Report(folds, static_cast<int>(score.stimuli));
  VENTRAL_RETURN_IF_ERROR(ChooseLayer(question, options.layer_choice, headline, resamples, score));
  return score;
}

}  // namespace ventral
