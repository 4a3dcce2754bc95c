#include "scoring/metrics/ridge.h"

#include <algorithm>

#include "scoring/metrics/banded_ridge.h"
#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/encoding.h"
#include "scoring/metrics/encoding_together.h"
#include "scoring/metrics/inner_folds.h"
#include "scoring/metrics/option_reader.h"
#include "scoring/metrics/penalty_options.h"
#include "scoring/metrics/ridge_influence.h"

namespace ventral {
namespace {

constexpr char kBanded[] = "banded";

struct RidgeOptions {
  Penalties penalties;
  int bands = 0;  // groups of neighbouring layers; 0: each layer is one
  int candidates = 100;
  EncodingOptions encoding;
};

Result<RidgeOptions> ReadRidgeOptions(const Question& question) {
  OptionReader reader(question.spec.options);
  RidgeOptions read;
  VENTRAL_ASSIGN_OR_RETURN(read.penalties, ReadPenalties(reader, question.spec.seed, true));
  read.bands = static_cast<int>(reader.Integer("bands", 0, 0, 10'000));
  read.candidates = static_cast<int>(reader.Integer("band_candidates", 100, 1, 100'000));
  VENTRAL_ASSIGN_OR_RETURN(read.encoding, ReadEncodingOptions(reader, kBanded));
  read.penalties.groups = GroupsOf(read.encoding.split, question.columns);
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  for (const char* option : {"bands", "band_candidates"}) {
    if (reader.Has(option) && read.encoding.layer_choice != kBanded) {
      return InvalidInput(std::string("option ") + option +
                          " means nothing where layer_choice is not banded");
    }
  }
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
    std::vector<double> alphas;
    for (const std::size_t choice : fit.chosen) alphas.push_back(fit.alphas[choice]);
    const std::size_t last = penalties_.values.size() - 1;
    const auto at_end = std::count_if(fit.chosen.begin(), fit.chosen.end(),
                                      [&](std::size_t c) { return c == 0 || c == last; });
    return Fit{std::move(fit.predicted),
               last > 0 && 2 * static_cast<std::size_t>(at_end) > fit.chosen.size(),
               [&gram, &responses, alphas = std::move(alphas)](const Eigen::MatrixXd& gradient) {
                 return RidgeInfluence(gram, responses, alphas, gradient);
               }};
  }

  int LeastTraining() const override { return LeastTrainingFor(penalties_); }

  std::string Remark(int folds, int of) const override {
    if (2 * folds <= of) return "";
    return "took the least or greatest penalty in " + std::to_string(folds) + " of " +
           std::to_string(of) + " folds: a wider grid may score higher";
  }

 private:
  const Penalties& penalties_;
};

class BandedFold final : public JointModel {
 public:
  explicit BandedFold(const RidgeOptions& options) : options_(options) {}

  Result<Fit> PredictTogether(std::span<const CentredGram> layers,
                              const CentredResponses& responses,
                              const std::vector<std::vector<int>>& subjects,
                              unsigned threads) const override {
    const auto count = static_cast<int>(layers.size());
    const int bands = options_.bands == 0 ? count : std::min(options_.bands, count);
    const Eigen::MatrixXd of_bands = BandWeights(options_.candidates, bands, BandSeed());
    Eigen::MatrixXd weights(of_bands.rows(), count);
    for (int l = 0; l < count; ++l) weights.col(l) = of_bands.col(l * bands / count);
    VENTRAL_ASSIGN_OR_RETURN(BandedFit fit, FitBandedRidge(layers, responses, subjects,
                                                           options_.penalties, weights, threads));
    return Fit{std::move(fit.predicted), std::move(fit.shares)};
  }

 private:
  Seed BandSeed() const { return Seed{options_.penalties.seed.value + 1}; }

  const RidgeOptions& options_;
};

class Ridge final : public Metric {
 public:
  std::string_view name() const override { return "ridge"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options, ReadRidgeOptions(question));
    VENTRAL_RETURN_IF_ERROR(CheckEncoding(question, options.encoding));
    VENTRAL_ASSIGN_OR_RETURN(const std::vector<Fold> folds,
                             EncodingFolds(question, options.encoding));
    return CheckInnerFolds(options.penalties, folds);
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const RidgeOptions options, ReadRidgeOptions(question));
    const BandedFold banded(options);
    return ScoreEncoding(question, layers, options.encoding, RidgeFold(options.penalties),
                         options.encoding.layer_choice == kBanded ? &banded : nullptr);
  }
};

}  // namespace

const Metric& RidgeMetric() {
  static const Ridge metric;
  return metric;
}

}  // namespace ventral
