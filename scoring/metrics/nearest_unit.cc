#include "scoring/metrics/nearest_unit.h"

#include <algorithm>
#include <utility>

#include "scoring/base/parallel.h"
#include "scoring/metrics/encoding.h"
#include "scoring/metrics/encoding_choice.h"
#include "scoring/metrics/encoding_layer.h"
#include "scoring/metrics/matched_units.h"

namespace ventral {
namespace {

Result<EncodingOptions> ReadUnitOptions(const Options& options) {
  OptionReader reader(options);
  VENTRAL_ASSIGN_OR_RETURN(EncodingOptions read, ReadEncodingOptions(reader));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

class UnitReading final : public FeatureReading, private FoldSource {
 public:
  UnitReading(EncodingOptions options, Neuroids neuroids, std::vector<Fold> folds,
              std::vector<std::vector<Fold>> choice_folds)
      : options_(std::move(options)),
        neuroids_(std::move(neuroids)),
        folds_(std::move(folds)),
        choice_folds_(std::move(choice_folds)),
        pieces_(Pieces(folds_, choice_folds_)) {}
  UnitReading(const UnitReading&) = delete;  // the pieces point into it
  UnitReading& operator=(const UnitReading&) = delete;

  // What is kept of a layer.
  std::uint64_t LayerBytes() const {
    std::uint64_t values = 0;
    for (const Piece& piece : pieces_) values += KeepsValues(piece) ? piece.fold->test.size() : 0;
    const std::uint64_t numbers = pieces_.size() * (sizeof(std::int64_t) + 2 * sizeof(double));
    return static_cast<std::uint64_t>(neuroids_.responses.cols()) *
           (numbers + values * sizeof(float));
  }
  void Begin(std::size_t layers) {
    const std::vector<MatchedUnits> none(pieces_.size(), MatchedUnits(neuroids_.responses.cols()));
    matched_.assign(layers, none);
  }

  void Take(std::size_t layer, std::int64_t first, const Eigen::MatrixXf& features) override {
    ParallelFor(pieces_.size(), 0, [&](std::size_t i) {
      MatchUnits(neuroids_.responses, *pieces_[i].fold, features, first, KeepsValues(pieces_[i]),
                 matched_[layer][i]);
    });
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    if (layers.size() != matched_.size())
      return Internal("the layers are not those that were read");
    return ScoreEncoding(question, layers, options_, *this);
  }

 private:
  bool KeepsValues(const Piece& piece) const {
    return !piece.choice && DrawsStimuli(options_.interval);
  }

  Result<FoldScore> ScoreFold(std::size_t layer, std::size_t piece, const Fold& fold,
                              const EncodingWalk& walk, bool with_prediction) const override {
    const MatchedUnits& matched = matched_[layer][piece];
    if (!matched.any_varies) {
      return InvalidInput(
          "its units do not vary over the training stimuli, so none can be chosen; leave this "
          "layer out");
    }
    FoldScore score{matched.held_out_r, {}, false};
    if (with_prediction) {
      score.prediction = {matched.held_out.cast<double>(),
                          walk.neuroids.responses(fold.test, Eigen::all)};
    }
    return score;
  }

  const EncodingOptions options_;
  const Neuroids neuroids_;
  const std::vector<Fold> folds_;
  const std::vector<std::vector<Fold>> choice_folds_;
  const std::vector<Piece> pieces_;
  std::vector<std::vector<MatchedUnits>> matched_;  // [layer][piece]
};

class NearestUnit final : public Metric {
 public:
  std::string_view name() const override { return "nearest_unit"; }
  bool NeedsFeatures() const override { return true; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const EncodingOptions options, ReadUnitOptions(question.spec.options));
    return CheckEncoding(question, options);
  }

  Result<BenchmarkScore> Score(const Question&, std::span<const Gram>) const override {
    return InvalidInput("metric nearest_unit needs the units of each layer, and Grams have none");
  }

  Result<std::unique_ptr<FeatureReading>> ReadFeatures(const Question& question,
                                                       std::span<const ComingLayer> coming,
                                                       Bytes most) const override {
    const std::size_t layers = coming.size();
    VENTRAL_ASSIGN_OR_RETURN(EncodingOptions options, ReadUnitOptions(question.spec.options));
    VENTRAL_ASSIGN_OR_RETURN(Neuroids neuroids, NeuroidsOf(question, options));
    VENTRAL_ASSIGN_OR_RETURN(std::vector<Fold> folds, EncodingFolds(question, options));
    std::vector<std::vector<Fold>> choice_folds =
        LayerChoiceFolds(question, options, folds, layers, kLeastTraining);
    auto reading = std::make_unique<UnitReading>(std::move(options), std::move(neuroids),
                                                 std::move(folds), std::move(choice_folds));
    if (reading->LayerBytes() > most.value / std::max<std::size_t>(1, layers)) {
      return ResourceLimit("what metric nearest_unit keeps of " + std::to_string(layers) +
                           " layers needs " + std::to_string(reading->LayerBytes() >> 10) +
                           " KiB a layer, at most " + std::to_string(most.value >> 20) +
                           " MiB are allowed for all; export fewer layers with layers=[…]");
    }
    reading->Begin(layers);
    return std::unique_ptr<FeatureReading>(std::move(reading));
  }
};

}  // namespace

const Metric& NearestUnitMetric() {
  static const NearestUnit metric;
  return metric;
}

}  // namespace ventral
