#include "scoring/metrics/encoding_together.h"

#include "scoring/base/parallel.h"
#include "scoring/metrics/encoding_scores.h"

namespace ventral {
namespace {

struct JointFold {
  FoldPrediction prediction;
  Eigen::VectorXd shares;  // [layer of all]
};

Result<JointFold> FitFold(std::span<const Gram> layers, const std::vector<LayerFit>& fits,
                          const Fold& fold, const EncodingWalk& walk, const JointModel& model,
                          unsigned threads) {
  std::vector<CentredGram> centred;
  std::vector<Eigen::Index> of;
  Error last = InvalidInput("no layer varies");
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (!fits[l].score.undefined.empty()) continue;
    auto one = Centre(layers[l].inner, fold);
    if (!one.ok()) {
      last = std::move(one).error();
      continue;
    }
    centred.push_back(std::move(one).value());
    of.push_back(static_cast<Eigen::Index>(l));
  }
  if (centred.empty()) return last;
  const Eigen::MatrixXd& responses = walk.neuroids.responses;
  VENTRAL_ASSIGN_OR_RETURN(JointModel::Fit fit,
                           model.PredictTogether(centred, Centre(responses, fold.train),
                                                 walk.neuroids.pool.subjects, threads));
  JointFold made{{std::move(fit.predicted), responses(fold.test, Eigen::all)},
                 Eigen::VectorXd::Zero(static_cast<Eigen::Index>(layers.size()))};
  made.shares(of) = fit.shares;
  return made;
}

}  // namespace

Result<CrossValidated> FitTogether(std::span<const Gram> layers, const std::vector<LayerFit>& fits,
                                   const EncodingWalk& walk, const JointModel& model) {
  const std::size_t count = walk.folds.size();
  const bool enough = count >= UsableCores();
  std::vector<Result<JointFold>> folds(count, Internal("not fitted"));
  ParallelFor(count, enough ? 0 : 1, [&](std::size_t f) {
    folds[f] = FitFold(layers, fits, walk.folds[f], walk, model, enough ? 1 : 0);
  });
  EncodingFit fit{Eigen::MatrixXd(walk.neuroids.responses.cols(), static_cast<Eigen::Index>(count)),
                  {}};
  Eigen::VectorXd shares = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(layers.size()));
  for (std::size_t f = 0; f < count; ++f) {
    VENTRAL_ASSIGN_OR_RETURN(JointFold fold, std::move(folds[f]));
    fit.r.col(static_cast<Eigen::Index>(f)) =
        ColumnCorrelations(fold.prediction.predicted, fold.prediction.recorded);
    shares += fold.shares / static_cast<double>(count);
    fit.predictions.push_back(std::move(fold.prediction));
  }
  CrossValidated made;
  made.on = "the training stimuli of each fold";
  made.shares.assign(shares.begin(), shares.end());
  made.raw = walk.neuroids.pool.Score(fit.r);
  ResampledInterval resampled =
      EncodingInterval(made.raw, fit, walk.folds, static_cast<int>(walk.neuroids.responses.rows()),
                       walk.neuroids.pool, walk.options.interval, walk.seed, 0);
  made.interval = std::move(resampled.interval);
  made.resamples = std::move(resampled.resamples);
  return made;
}

}  // namespace ventral
