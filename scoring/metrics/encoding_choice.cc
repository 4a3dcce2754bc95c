#include "scoring/metrics/encoding_choice.h"

#include <cmath>

namespace ventral {
namespace {

constexpr int kChoiceFolds = 3;

// The first of those that have a score and the highest choice score in this fold.
std::size_t BestInTraining(const std::vector<LayerFit>& fits, std::size_t fold) {
  std::size_t best = fits.size();
  for (std::size_t l = 0; l < fits.size(); ++l) {
    if (!fits[l].score.undefined.empty()) continue;
    const double score = fits[l].choice[fold];
    const bool first = best == fits.size();
    if (first || score > fits[best].choice[fold] ||
        (std::isnan(fits[best].choice[fold]) && !std::isnan(score))) {
      best = l;
    }
  }
  return best;
}

std::vector<int> Of(const std::vector<int>& rows, const std::vector<int>& places) {
  std::vector<int> of;
  for (const int place : places) of.push_back(rows[static_cast<std::size_t>(place)]);
  return of;
}

// The rows of these columns that a fold trains on.
StimulusColumns OfTraining(const StimulusColumns& columns, const std::vector<int>& rows) {
  StimulusColumns of;
  for (const auto& [name, values] : columns) {
    for (const int row : rows) of[name].push_back(values[static_cast<std::size_t>(row)]);
  }
  return of;
}

}  // namespace

std::vector<std::vector<Fold>> ChoiceFolds(const std::vector<Fold>& folds, const Split& split,
                                           const StimulusColumns* columns, Seed seed,
                                           int least_training) {
  Split again;
  again.folds = kChoiceFolds;
  again.stratify = split.stratify;
  again.group = split.group;
  std::vector<std::vector<Fold>> all;
  for (const Fold& fold : folds) {
    const StimulusColumns of =
        columns == nullptr ? StimulusColumns{} : OfTraining(*columns, fold.train);
    auto inner = MakeFolds(again, static_cast<int>(fold.train.size()), &of, seed);
    if (!inner.ok()) return {};
    std::vector<Fold>& rows = all.emplace_back();
    for (const Fold& part : *inner) {
      if (static_cast<int>(part.train.size()) < least_training) return {};
      rows.push_back({Of(fold.train, part.train), Of(fold.train, part.test)});
    }
  }
  return all;
}

std::vector<std::vector<Fold>> LayerChoiceFolds(const Question& question,
                                                const EncodingOptions& options,
                                                const std::vector<Fold>& folds, std::size_t layers,
                                                int least_training) {
  if (options.layer_choice != "cross_validated" || layers < 2) return {};
  return ChoiceFolds(folds, options.split, question.columns, question.spec.seed, least_training);
}

Result<CrossValidated> CrossValidate(const std::vector<LayerFit>& fits, const EncodingWalk& walk) {
  CrossValidated made;
  made.on = "the training stimuli of each fold";
  EncodingFit fit{
      Eigen::MatrixXd(walk.neuroids.responses.cols(), static_cast<Eigen::Index>(walk.folds.size())),
      {}};
  for (std::size_t f = 0; f < walk.folds.size(); ++f) {
    const std::size_t best = BestInTraining(fits, f);
    const auto column = static_cast<Eigen::Index>(f);
    made.chosen.push_back(best);
    fit.r.col(column) = fits[best].r.col(column);
    if (!DrawsStimuli(walk.options.interval)) continue;
    VENTRAL_ASSIGN_OR_RETURN(FoldScore fold,
                             walk.source.ScoreFold(best, f, walk.folds[f], walk, true));
    fit.predictions.push_back(std::move(fold.prediction));
  }
  made.raw = walk.neuroids.pool.Score(fit.r);
  ResampledInterval resampled =
      EncodingInterval(made.raw, fit, walk.folds, static_cast<int>(walk.neuroids.responses.rows()),
                       walk.neuroids.pool, walk.options.interval, walk.seed, 0);
  made.interval = std::move(resampled.interval);
  made.resamples = std::move(resampled.resamples);
  return made;
}

}  // namespace ventral
