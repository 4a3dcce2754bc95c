#include "scoring/metrics/split.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace ventral {
namespace {

constexpr std::size_t kLeastStimuli = 3;  // that a correlation can say anything of

using Values = std::vector<std::string>;

Result<const Values*> FindColumn(const char* option, const std::string& name,
                                 const StimulusColumns* columns) {
  std::string names;
  if (columns != nullptr) {
    const auto found = columns->find(name);
    if (found != columns->end()) return &found->second;
    for (const auto& [column, values] : *columns) names += (names.empty() ? "" : ", ") + column;
  }
  return InvalidInput(std::string("option ") + option + ": the stimuli have no column '" + name +
                      "'" + (names.empty() ? "" : "; those that they have: " + names));
}

// One number a value, in the order in which values come first.
std::vector<int> Numbered(const Values& values) {
  std::map<std::string, int> number;
  std::vector<int> labels;
  for (const std::string& value : values) {
    labels.push_back(number.emplace(value, static_cast<int>(number.size())).first->second);
  }
  return labels;
}

std::vector<Fold> ColumnFolds(const Values& values) {
  const std::set<std::string> names(values.begin(), values.end());
  const std::set<std::string> one_fold = {"", "test", "train"};
  const bool one = std::includes(one_fold.begin(), one_fold.end(), names.begin(), names.end());
  std::vector<Fold> folds;
  for (const std::string& name : names) {
    if (name.empty() || (one && name != "test")) continue;
    Fold fold;
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (values[row].empty()) continue;
      (values[row] == name ? fold.test : fold.train).push_back(static_cast<int>(row));
    }
    folds.push_back(std::move(fold));
  }
  return folds;
}

Result<std::vector<Fold>> Divide(const Split& split, int stimuli, const StimulusColumns* columns,
                                 Seed seed) {
  const bool kfold = split.kind == SplitKind::kKFold;
  if (split.kind == SplitKind::kColumn) {
    VENTRAL_ASSIGN_OR_RETURN(const Values* values,
                             FindColumn("split_column", split.column, columns));
    return ColumnFolds(*values);
  }
  if (!split.stratify.empty()) {
    VENTRAL_ASSIGN_OR_RETURN(const Values* values, FindColumn("stratify", split.stratify, columns));
    const std::vector<int> labels = Numbered(*values);
    return kfold ? StratifiedFolds(labels, split.folds, seed)
                 : StratifiedSplits(labels, split.splits, split.train, seed);
  }
  if (!split.group.empty()) {
    VENTRAL_ASSIGN_OR_RETURN(const Values* values, FindColumn("group", split.group, columns));
    const std::vector<int> labels = Numbered(*values);
    return kfold ? GroupedFolds(labels, split.folds, seed)
                 : GroupedSplits(labels, split.splits, split.train, seed);
  }
  return kfold ? ShuffledFolds(stimuli, split.folds, seed)
               : ShuffleSplits(stimuli, split.splits, split.train, seed);
}

Status CheckFolds(const std::vector<Fold>& folds, const Split& split) {
  if (folds.empty()) {
    return InvalidInput("split " + Describe(split) + ": no stimulus is marked 'test'");
  }
  for (std::size_t f = 0; f < folds.size(); ++f) {
    const bool test = folds[f].test.size() < kLeastStimuli;
    if (!test && folds[f].train.size() >= kLeastStimuli) continue;
    return InvalidInput("split " + Describe(split) + ": fold " + std::to_string(f + 1) + " has " +
                        std::to_string((test ? folds[f].test : folds[f].train).size()) +
                        " stimuli to " + (test ? "predict" : "train on") + "; at least " +
                        std::to_string(kLeastStimuli) + " are needed");
  }
  return Ok{};
}

}  // namespace

Result<Split> ReadSplit(OptionReader& reader) {
  Split split;
  const std::string kind = reader.Choice("split", "kfold", {"kfold", "shuffle", "column"});
  split.folds = static_cast<int>(reader.Integer("folds", 10, 2, 1000));
  split.splits = static_cast<int>(reader.Integer("splits", 10, 1, 1000));
  split.train = Fraction{reader.Number("train_share", 0.9, 0.01, 0.99)};
  split.stratify = reader.ColumnName("stratify");
  split.group = reader.ColumnName("group");
  split.column = reader.ColumnName("split_column");
  split.kind = kind == "kfold"     ? SplitKind::kKFold
               : kind == "shuffle" ? SplitKind::kShuffle
                                   : SplitKind::kColumn;
  const std::map<std::string, std::set<std::string>> belongs = {{"folds", {"kfold"}},
                                                                {"splits", {"shuffle"}},
                                                                {"train_share", {"shuffle"}},
                                                                {"stratify", {"kfold", "shuffle"}},
                                                                {"group", {"kfold", "shuffle"}},
                                                                {"split_column", {"column"}}};
  for (const auto& [option, kinds] : belongs) {
    if (!reader.Has(option.c_str()) || kinds.contains(kind)) continue;
    return InvalidInput("option " + option + " means nothing where split is " + kind);
  }
  if (reader.Has("stratify") && reader.Has("group")) {
    return InvalidInput("options stratify and group exclude each other");
  }
  if (kind == "column" && !reader.Has("split_column")) {
    return InvalidInput("option split_column must name the column that says the split");
  }
  return split;
}

std::string Describe(const Split& split) {
  if (split.kind == SplitKind::kColumn) return "column(" + split.column + ")";
  std::ostringstream out;
  if (split.kind == SplitKind::kKFold) {
    out << "kfold(k=" << split.folds << ", ";
  } else {
    out << "shuffle(" << split.splits << " splits, train " << split.train.value << ", ";
  }
  if (!split.stratify.empty()) {
    out << "stratified by " << split.stratify;
  } else if (!split.group.empty()) {
    out << "grouped by " << split.group;
  } else {
    out << "shuffled";
  }
  return out.str() + ")";
}

Result<std::vector<Fold>> MakeFolds(const Split& split, int stimuli, const StimulusColumns* columns,
                                    Seed seed) {
  if (split.kind == SplitKind::kKFold && stimuli < 3 * split.folds) {
    return InvalidInput("option folds: " + std::to_string(split.folds) + " folds need at least " +
                        std::to_string(3 * split.folds) + " stimuli, there are " +
                        std::to_string(stimuli));
  }
  VENTRAL_ASSIGN_OR_RETURN(std::vector<Fold> folds, Divide(split, stimuli, columns, seed));
  VENTRAL_RETURN_IF_ERROR(CheckFolds(folds, split));
  return folds;
}

std::vector<int> GroupsOf(const Split& split, const StimulusColumns* columns) {
  if (split.group.empty()) return {};
  const auto values = FindColumn("group", split.group, columns);
  return values.ok() ? Numbered(**values) : std::vector<int>{};
}

std::vector<HeldOut> Report(const std::vector<Fold>& folds, int stimuli) {
  std::vector<HeldOut> report;
  for (const Fold& fold : folds) {
    HeldOut held{{fold.test.begin(), fold.test.end()}, {}};
    std::vector<bool> used(static_cast<std::size_t>(stimuli));
    for (const int row : fold.test) used[static_cast<std::size_t>(row)] = true;
    for (const int row : fold.train) used[static_cast<std::size_t>(row)] = true;
    for (int row = 0; row < stimuli; ++row) {
      if (!used[static_cast<std::size_t>(row)]) held.unused.push_back(row);
    }
    report.push_back(std::move(held));
  }
  return report;
}

}  // namespace ventral
