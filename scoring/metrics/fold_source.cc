#include "scoring/metrics/fold_source.h"

#include <utility>

#include "scoring/metrics/encoding_layer.h"
#include "scoring/metrics/encoding_scores.h"

namespace ventral {

std::vector<Piece> Pieces(const std::vector<Fold>& folds,
                          const std::vector<std::vector<Fold>>& choice_folds) {
  std::vector<Piece> pieces;
  for (std::size_t f = 0; f < folds.size(); ++f) pieces.push_back({&folds[f], f, false});
  for (std::size_t f = 0; f < choice_folds.size(); ++f) {
    for (const Fold& fold : choice_folds[f]) pieces.push_back({&fold, f, true});
  }
  return pieces;
}

Result<FoldScore> FittedFolds::ScoreFold(std::size_t layer, std::size_t, const Fold& fold,
                                         const EncodingWalk& walk, bool with_prediction) const {
  const Eigen::MatrixXd& responses = walk.neuroids.responses;
  VENTRAL_ASSIGN_OR_RETURN(const CentredGram centred, Centre(layers_[layer].inner, fold));
  const CentredResponses recorded = Centre(responses, fold.train);
  VENTRAL_ASSIGN_OR_RETURN(
      FoldModel::Fit fit,
      model_.Predict(centred, recorded, walk.neuroids.pool.subjects, walk.threads.fit));
  FoldScore score{{}, {std::move(fit.predicted), responses(fold.test, Eigen::all)}, fit.remarkable};
  score.r = ColumnCorrelations(score.prediction.predicted, score.prediction.recorded);
  if (!with_prediction) {
    score.prediction = {};
  } else if (fit.influence) {
    VENTRAL_ASSIGN_OR_RETURN(score.prediction.influence,
                             fit.influence(CorrelationGradient(score.prediction)));
  }
  return score;
}

}  // namespace ventral
