#include "scoring/metrics/ridge.h"

#include <algorithm>

#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/encoding.h"
#include "scoring/metrics/option_reader.h"

namespace ventral {
namespace {

const std::vector<double> kDefaultPenalties = {0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

struct RidgeOptions {
  Penalties penalties;
  EncodingOptions encoding;
};

Result<RidgeOptions> ReadOptions(const Options& options, Seed seed) {
  OptionReader reader(options);
  RidgeOptions read;
  read.penalties.seed = Seed{seed.value + 1};  // other folds within than without
  if (reader.Has("penalty") && reader.Has("penalties")) {
    return InvalidInput("options penalty and penalties exclude each other");
  }
  read.penalties.values = reader.Positives("penalties", kDefaultPenalties);
  const double penalty = reader.Number("penalty", 1, 1e-12, 1e12);
  if (reader.Has("penalty")) read.penalties.values = {penalty};
  read.penalties.relative =
      reader.Choice("penalty_scale", "absolute", {"absolute", "relative"}) == "relative";
  read.penalties.per_neuroid =
      reader.Choice("penalty_for", "all", {"all", "each_neuroid"}) == "each_neuroid";
  const bool kfold =
      reader.Choice("penalty_by", "leave_one_out", {"leave_one_out", "kfold"}) == "kfold";
  const auto folds = static_cast<int>(reader.Integer("penalty_folds", 5, 2, 100));
  if (kfold) read.penalties.inner_folds = folds;
  for (const char* option : {"penalty_for", "penalty_by"}) {
    if (reader.Has(option) && reader.Has("penalty")) {
      return InvalidInput(std::string("option ") + option +
                          " means nothing where one penalty is given");
    }
  }
  if (reader.Has("penalty_folds") && !kfold) {
    return InvalidInput("option penalty_folds means nothing where penalty_by is leave_one_out");
  }
  VENTRAL_ASSIGN_OR_RETURN(read.encoding, ReadEncodingOptions(reader));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

class RidgeFold final : public FoldModel {
 public:
  explicit RidgeFold(const Penalties& penalties) : penalties_(penalties) {}

  Result<Fit> Predict(const CentredGram& gram, const CentredResponses& responses,
                      const std::vector<std::vector<int>>& subjects,
                      unsigned threads) const override {
    VENTRAL_ASSIGN_OR_RETURN(RidgeFit fit,
                             FitDualRidge(gram, responses, subjects, penalties_, threads));
    const std::size_t last = penalties_.values.size() - 1;
    const auto at_end = std::count_if(fit.chosen.begin(), fit.chosen.end(),
                                      [&](std::size_t c) { return c == 0 || c == last; });
    return Fit{std::move(fit.predicted),
               last > 0 && 2 * static_cast<std::size_t>(at_end) > fit.chosen.size()};
  }

  int LeastTraining() const override { return std::max(3, 2 * penalties_.inner_folds); }

  std::string Remark(int folds, int of) const override {
    if (2 * folds <= of) return "";
    return "took the least or greatest penalty in " + std::to_string(folds) + " of " +
           std::to_string(of) + " folds: a wider grid may score higher";
  }

 private:
  const Penalties& penalties_;
};

class Ridge final : public Metric {
 public:
  std::string_view name() const override { return "ridge"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options,
                             ReadOptions(question.spec.options, question.spec.seed));
    VENTRAL_RETURN_IF_ERROR(CheckEncoding(question, options.encoding));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Fold> folds,
                             EncodingFolds(question, options.encoding));
    const auto inner = static_cast<std::size_t>(options.penalties.inner_folds);
    for (const Fold& fold : folds) {
      if (fold.train.size() >= 2 * inner) continue;
      return InvalidInput("option penalty_folds: " + std::to_string(inner) +
                          " inner folds need at least " + std::to_string(2 * inner) +
                          " training stimuli, and a fold has " + std::to_string(fold.train.size()));
    }
    return Ok{};
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options,
                             ReadOptions(question.spec.options, question.spec.seed));
    return ScoreEncoding(question, layers, options.encoding, RidgeFold(options.penalties));
  }
};

}  // namespace

const Metric& RidgeMetric() {
  static const Ridge metric;
  return metric;
}

}  // namespace ventral
