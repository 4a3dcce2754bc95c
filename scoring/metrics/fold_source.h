// Where an encoding walk has its folds from: fitted to Grams, or scored before, as features passed
// by.
#ifndef VENTRAL_SCORING_METRICS_FOLD_SOURCE_H_
#define VENTRAL_SCORING_METRICS_FOLD_SOURCE_H_

#include <Eigen/Core>
#include <span>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "scoring/metrics/encoding.h"
#include "scoring/metrics/encoding_interval.h"

namespace ventral {

struct EncodingWalk;  // encoding_layer.h

// A fold of the score, or one of the folds that its training stimuli are divided into.
struct Piece {
  const Fold* fold;
  std::size_t of;
  bool choice;
};
// The folds of the score, then the others. Points into its arguments.
std::vector<Piece> Pieces(const std::vector<Fold>& folds,
                          const std::vector<std::vector<Fold>>& choice_folds);

// One piece of one layer.
struct FoldScore {
  Eigen::VectorXd r;          // [neuroid]
  FoldPrediction prediction;  // where it was asked for
  bool remarkable = false;
};

class FoldSource {
 public:
  virtual ~FoldSource() = default;
  // Of the layer and the piece at these places; with its prediction for folds of the score only,
  // and where stimuli are drawn. Called for several at once.
  // @error invalid_input if the layer cannot be fitted.
  virtual Result<FoldScore> ScoreFold(std::size_t layer, std::size_t piece, const Fold& fold,
                                      const EncodingWalk& walk, bool with_prediction) const = 0;
};

class FittedFolds final : public FoldSource {
 public:
  // References outlive it.
  FittedFolds(std::span<const Gram> layers, const FoldModel& model)
      : layers_(layers), model_(model) {}
  Result<FoldScore> ScoreFold(std::size_t layer, std::size_t piece, const Fold& fold,
                              const EncodingWalk& walk, bool with_prediction) const override;

 private:
  std::span<const Gram> layers_;
  const FoldModel& model_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_FOLD_SOURCE_H_
