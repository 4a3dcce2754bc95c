// Neuroids predicted from all layers at once.
#ifndef VENTRAL_SCORING_METRICS_ENCODING_TOGETHER_H_
#define VENTRAL_SCORING_METRICS_ENCODING_TOGETHER_H_

#include <Eigen/Core>
#include <span>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "scoring/metrics/encoding_layer.h"
#include "scoring/metrics/layer_choice.h"

namespace ventral {

// How a metric predicts from several layers; called for several folds at once.
class JointModel {
 public:
  struct Fit {
    Eigen::MatrixXd predicted;  // [test stimulus × neuroid]
    Eigen::VectorXd shares;     // [layer], Σ = 1: each layer's part in it
  };
  virtual ~JointModel() = default;
  // Layers in the network's order, those that do not vary in this fold left out; at least one.
  // `subjects` as FoldModel::Predict. @error as FoldModel::Predict.
  virtual Result<Fit> PredictTogether(std::span<const CentredGram> layers,
                                      const CentredResponses& responses,
                                      const std::vector<std::vector<int>>& subjects,
                                      unsigned threads) const = 0;
};

// The headline of all layers that have a score; its shares are the mean over folds.
// @error as JointModel; of a fold in which no layer varies.
Result<CrossValidated> FitTogether(std::span<const Gram> layers, const std::vector<LayerFit>& fits,
                                   const EncodingWalk& walk, const JointModel& model);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ENCODING_TOGETHER_H_
