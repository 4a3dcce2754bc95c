// What all encoding models share: neuroids predicted from a layer, on stimuli that the fit has not
// seen. A metric gives the fit of one fold; the walk over layers, folds and neuroids is here.
#ifndef VENTRAL_SCORING_METRICS_ENCODING_H_
#define VENTRAL_SCORING_METRICS_ENCODING_H_

#include <functional>
#include <span>
#include <string>

#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/metrics/centred_fold.h"
#include "scoring/metrics/metric.h"
#include "scoring/metrics/neuroids.h"
#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/resampled.h"
#include "scoring/metrics/split.h"

namespace ventral {

// Options of every encoding metric; docs/scoring.md says what they mean.
struct EncodingOptions {
  Split split;
  IntervalRule interval;
  int ceiling_splits = 0;
  double min_reliability = 0;
  bool pool_neuroids = false;  // of all subjects, in one median
  std::string layer_choice;
};

// `together`: what layer_choice calls a fit of all layers, where the metric has one.
// @error as ReadSplit; what else is wrong, reader.Finish() says.
Result<EncodingOptions> ReadEncodingOptions(OptionReader& reader, const char* together = nullptr);

// Of a fit: Σ_t gradient(t, c)·∂ŷ(t, c)/∂w(i), w(i) being how often training stimulus i counts, for
// `gradient` [test stimulus × neuroid]: [training stimulus × neuroid].
using Influence = std::function<Result<Eigen::MatrixXd>(const Eigen::MatrixXd& gradient)>;

inline constexpr int kLeastTraining = 3;  // stimuli, where a metric does not ask for more
// How a metric predicts; called for several layers and folds at once.
class FoldModel {
 public:
  struct Fit {
    Eigen::MatrixXd predicted;  // [test stimulus × neuroid]
    bool remarkable = false;    // Remark has something to say of this fold
    Influence influence = {};   // while what was given to Predict lives; empty: not known
  };

  virtual ~FoldModel() = default;
  // `subjects` has the neuroids of each subject, who is fitted alone. Starts up to `threads`
  // threads (0: all cores).
  // @error invalid_input if the layer cannot be fitted.
  virtual Result<Fit> Predict(const CentredGram& gram, const CentredResponses& responses,
                              const std::vector<std::vector<int>>& subjects,
                              unsigned threads) const = 0;
  // Stimuli that a fit needs at least.
  virtual int LeastTraining() const { return kLeastTraining; }
  // What a reader must know where `folds` of the headline layer's `of` folds were remarkable:
  // "took … in 6 of 10 folds". Empty where that is not worth a note.
  virtual std::string Remark(int folds, int of) const = 0;
};

class JointModel;  // encoding_together.h
class FoldSource;  // fold_source.h

// The neuroids and the folds of a question. @error as SelectNeuroids; as MakeFolds.
Result<Neuroids> NeuroidsOf(const Question& question, const EncodingOptions& options);
Result<std::vector<Fold>> EncodingFolds(const Question& question, const EncodingOptions& options);

// Everything that can be refused before there is a layer.
// @error invalid_input names the option, column or axes that do not fit.
Status CheckEncoding(const Question& question, const EncodingOptions& options);

// In each fold Pearson r per neuroid between predicted and recorded responses to held-out stimuli;
// the score pools these over neuroids, folds and subjects (pooled_score.h). Normalised by
// √reliability, pooled likewise. A layer whose activations or predictions do not vary is marked as
// undefined. "cross_validated": for each fold the layer is chosen that predicts best within its
// training stimuli, which are divided again (encoding_choice.h). Where `joint` is given, the
// headline is its prediction from all layers (encoding_together.h).
Result<BenchmarkScore> ScoreEncoding(const Question& question, std::span<const Gram> layers,
                                     const EncodingOptions& options, const FoldModel& model,
                                     const JointModel* joint = nullptr);
// The same where the folds are not fitted to Grams, of which only the names are used: `folds` has
// those of EncodingFolds, and of LayerChoiceFolds (encoding_choice.h).
Result<BenchmarkScore> ScoreEncoding(const Question& question, std::span<const Gram> layers,
                                     const EncodingOptions& options, const FoldSource& folds);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_ENCODING_H_
