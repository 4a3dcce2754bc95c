// How a benchmark wants its stimuli divided into those to fit on and those to predict.
#ifndef VENTRAL_SCORING_METRICS_SPLIT_H_
#define VENTRAL_SCORING_METRICS_SPLIT_H_

#include <string>
#include <vector>

#include "scoring/base/recording.h"
#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/base/units.h"
#include "scoring/metrics/folds.h"
#include "scoring/metrics/option_reader.h"

namespace ventral {

enum class SplitKind {
  kKFold,    // each stimulus is held out once
  kShuffle,  // random splits, again and again
  kColumn,   // as a column of stimuli.csv says
};

struct Split {
  SplitKind kind = SplitKind::kKFold;
  int folds = 0;         // of kKFold
  int splits = 0;        // of kShuffle
  Fraction train{0};     // of kShuffle
  std::string stratify;  // column whose values each fold has in their shares; may be empty
  std::string group;     // column whose values are never divided; may be empty
  std::string column;    // of kColumn
};

// Options split, folds, splits, train_share, stratify, group, split_column.
// @error invalid_input names an option that does not belong to the kind of split, or two that
//   exclude each other.
Result<Split> ReadSplit(OptionReader& reader);

// "kfold(k=10, shuffled)", "shuffle(10 splits, train 0.9, stratified by category)", "column(set)".
std::string Describe(const Split& split);

// At least one fold; of each, three stimuli at least to train on and three to predict.
// A column's values name the fold in which a stimulus is held out; or they are train, test and
// nothing (not used), which is one fold. `columns` may be nullptr.
// @error invalid_input names the column that is not there, or the fold that is too small.
Result<std::vector<Fold>> MakeFolds(const Split& split, int stimuli, const StimulusColumns* columns,
                                    Seed seed);

// [stimulus]: the number of its group, from 0; empty where the split has none, or no such column.
std::vector<int> GroupsOf(const Split& split, const StimulusColumns* columns);

std::vector<HeldOut> Report(const std::vector<Fold>& folds, int stimuli);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_SPLIT_H_
