#include "scoring/metrics/ridge.h"

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

Result<RidgeOptions> ReadOptions(const Options& options) {
  OptionReader reader(options);
  RidgeOptions read;
  if (reader.Has("penalty") && reader.Has("penalties")) {
    return InvalidInput("options penalty and penalties exclude each other");
  }
  read.penalties.values = reader.Positives("penalties", kDefaultPenalties);
  const double penalty = reader.Number("penalty", 1, 1e-12, 1e12);
  if (reader.Has("penalty")) read.penalties.values = {penalty};
  read.penalties.relative =
      reader.Choice("penalty_scale", "absolute", {"absolute", "relative"}) == "relative";
  VENTRAL_ASSIGN_OR_RETURN(read.encoding, ReadEncodingOptions(reader));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

class RidgeFold final : public FoldModel {
 public:
  explicit RidgeFold(const Penalties& penalties) : penalties_(penalties) {}

  Result<Fit> Predict(const CentredGram& gram, const CentredResponses& responses) const override {
    VENTRAL_ASSIGN_OR_RETURN(RidgeFit fit, FitDualRidge(gram, responses, penalties_));
    const std::size_t last = penalties_.values.size() - 1;
    return Fit{std::move(fit.predicted), last > 0 && (fit.chosen == 0 || fit.chosen == last)};
  }

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
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options, ReadOptions(question.spec.options));
    return CheckEncoding(question, options.encoding);
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options, ReadOptions(question.spec.options));
    return ScoreEncoding(question, layers, options.encoding, RidgeFold(options.penalties));
  }
};

}  // namespace

const Metric& RidgeMetric() {
  static const Ridge metric;
  return metric;
}

}  // namespace ventral
