#include "scoring/metrics/encoding_layer.h"

#include <cmath>
#include <limits>

#include "scoring/base/parallel.h"
#include "scoring/metrics/encoding_scores.h"

namespace ventral {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// [neuroid × piece] of those chosen by `wanted`.
template <typename Wanted>
Eigen::MatrixXd Correlations(const std::vector<Piece>& pieces,
                             const std::vector<Result<FoldScore>>& scored, Eigen::Index neuroids,
                             const Wanted& wanted) {
  Eigen::MatrixXd r(neuroids, 0);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!wanted(pieces[i])) continue;
    r.conservativeResize(Eigen::NoChange, r.cols() + 1);
    r.rightCols(1).setConstant(kNaN);
    if (scored[i].ok()) r.rightCols(1) = scored[i]->r;
  }
  return r;
}

// The first error of the folds of the score, or one of another kind than invalid_input anywhere.
Status FirstError(const std::vector<Piece>& pieces, std::vector<Result<FoldScore>>& scored) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (scored[i].ok()) continue;
    if (pieces[i].choice && scored[i].error().code == ErrorCode::kInvalidInput) continue;
    return std::move(scored[i]).error();
  }
  return Ok{};
}

// @error invalid_input if a score is not defined.
Status PutScore(const Eigen::MatrixXd& r, const Neuroids& neuroids, LayerScore& score) {
  score.raw = neuroids.pool.Score(r);
  if (!std::isfinite(score.raw)) {
    return InvalidInput("its predictions do not vary over the held-out stimuli");
  }
  if (neuroids.pool.subjects.size() > 1) {
    score.per_subject = neuroids.pool.SubjectScores(r);
    for (std::size_t s = 0; s < score.per_subject.size(); ++s) {
      if (std::isfinite(score.per_subject[s])) continue;
      return InvalidInput("its predictions for subject " + std::to_string(s + 1) +
                          " do not vary over the held-out stimuli");
    }
  }
  const std::optional<Ceiling>& ceiling = neuroids.ceiling;
  if (ceiling && ceiling->value > 0) score.normalised = score.raw / ceiling->value;
  score.per_neuroid = NeuroidMeans(r);
  return Ok{};
}

Result<LayerFit> FitLayer(std::size_t layer, const EncodingWalk& walk) {
  const std::vector<Piece> pieces = Pieces(walk.folds, walk.choice_folds);
  std::vector<Result<FoldScore>> scored(pieces.size(), Internal("not scored"));
  const bool draws_stimuli = DrawsStimuli(walk.options.interval);
  ParallelFor(pieces.size(), walk.threads.folds, [&](std::size_t i) {
    scored[i] =
        walk.source.ScoreFold(layer, i, *pieces[i].fold, walk, draws_stimuli && !pieces[i].choice);
  });
  VENTRAL_RETURN_IF_ERROR(FirstError(pieces, scored));
  const Eigen::Index neuroids = walk.neuroids.responses.cols();
  LayerFit out;
  out.r = Correlations(pieces, scored, neuroids, [](const Piece& piece) { return !piece.choice; });
  VENTRAL_RETURN_IF_ERROR(PutScore(out.r, walk.neuroids, out.score));
  EncodingFit fit{out.r, {}};
  for (std::size_t f = 0; f < walk.folds.size(); ++f) {
    out.remarkable.push_back(scored[f]->remarkable);
    fit.predictions.push_back(std::move(scored[f]->prediction));
  }
  for (std::size_t f = 0; f < walk.choice_folds.size(); ++f) {
    out.choice.push_back(
        walk.neuroids.pool.Score(Correlations(pieces, scored, neuroids, [&](const Piece& piece) {
          return piece.choice && piece.of == f;
        })));
  }
  ResampledInterval resampled = EncodingInterval(
      out.score.raw, fit, walk.folds, static_cast<int>(walk.neuroids.responses.rows()),
      walk.neuroids.pool, walk.options.interval, walk.seed, walk.threads.layers == 0 ? 1 : 0);
  out.score.interval = std::move(resampled.interval);
  out.resamples = std::move(resampled.resamples);
  return out;
}

}  // namespace

Threads Share(std::size_t layers, std::size_t folds) {
  Threads threads;
  (layers >= UsableCores()  ? threads.layers
   : folds >= UsableCores() ? threads.folds
                            : threads.fit) = 0;
  return threads;
}

Result<std::vector<LayerFit>> ScoreLayers(std::span<const Gram> layers, const EncodingWalk& walk) {
  std::vector<Result<LayerFit>> scored(layers.size(), Internal("not scored"));
  ParallelFor(layers.size(), walk.threads.layers,
              [&](std::size_t l) { scored[l] = FitLayer(l, walk); });
  std::vector<LayerFit> fits;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const std::string where = "layer " + layers[l].layer.ToString();
    LayerFit fit;
    if (scored[l].ok()) {
      fit = std::move(scored[l]).value();
    } else if (scored[l].error().code == ErrorCode::kInvalidInput) {
      fit.score.undefined = scored[l].error().message;
    } else {
      return std::move(scored[l]).error().Within(where);
    }
    fit.score.layer = layers[l].layer;
    fit.score.inferred = layers[l].inferred;
    fits.push_back(std::move(fit));
  }
  return fits;
}

}  // namespace ventral
