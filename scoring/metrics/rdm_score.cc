#include "scoring/metrics/rdm_score.h"

#include <cmath>
#include <optional>

#include "scoring/base/parallel.h"
#include "scoring/metrics/layer_choice.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/metrics/rsa_ceiling.h"
#include "scoring/metrics/rsa_choice.h"
#include "scoring/metrics/split.h"

namespace ventral {
namespace {

// Those layers that have an RDM.
struct LayerRdms {
  std::vector<Rdm> rdms;
  std::vector<std::size_t> of;  // [RDM]: which layer's
};

LayerRdms MakeRdms(std::span<const Gram> layers, RdmKind kind, std::vector<LayerScore>& scores) {
  std::vector<Result<Rdm>> made(layers.size(), Internal("not made"));
  ParallelFor(layers.size(), 0, [&](std::size_t i) { made[i] = LayerRdm(layers[i], kind); });
  LayerRdms out;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    LayerScore& score = scores.emplace_back();
    score.layer = layers[l].layer;
    score.inferred = layers[l].inferred;
    if (!made[l].ok()) {
      score.undefined = made[l].error().message;
      continue;
    }
    out.rdms.push_back(std::move(made[l]).value());
    out.of.push_back(l);
  }
  return out;
}

// What a score that has its layers gets from resamples.
struct FromResamples {
  std::vector<Resamples> layers;
  std::optional<CrossValidated> headline;  // where a choice is made
};

// The headline by cross-validation, of a chosen layer or of mixtures; nullopt where RDMs hardly
// vary over the few stimuli of a fold.
std::optional<CrossValidated> HeadlineOf(const RsaChoice& choice, const LayerRdms& layers,
                                         const RsaNumbers& numbers, const Drawable& drawable,
                                         std::size_t all_layers) {
  CrossValidated made;
  made.raw = numbers(Eigen::VectorXd::Ones(drawable.stimuli))(
      Eigen::VectorXd::Ones(drawable.subjects))(numbers.headline());
  if (!std::isfinite(made.raw)) return std::nullopt;
  made.on = drawable.subjects > 1 ? "the training stimuli of each fold and the other subjects"
                                  : "the training stimuli of each fold";
  if (!choice.mixtures.empty()) {
    made.shares.assign(all_layers, 0);
    for (std::size_t i = 0; i < layers.of.size(); ++i) {
      made.shares[layers.of[i]] = choice.shares(static_cast<Eigen::Index>(i));
    }
    return made;
  }
  for (const std::vector<std::size_t>& fold : choice.layer) {
    for (const std::size_t rdm : fold) made.chosen.push_back(layers.of[rdm]);
  }
  return made;
}

FromResamples Resample(const RdmOptions& options, Seed seed, const LayerRdms& layers,
                       const std::vector<Rdm>& subjects, BenchmarkScore& score) {
  std::optional<RsaChoice> choice;
  if (options.layer_choice == "cross_validated" && layers.rdms.size() > 1) {
    choice = ChooseRsaLayers(layers.rdms, subjects, options.comparison, seed);
  }
  if (options.layer_choice == "weighted" && layers.rdms.size() > 1) {
    choice = WeighRsaLayers(layers.rdms, subjects, options.comparison, seed);
  }
  const RsaNumbers numbers(layers.rdms, subjects, options.comparison, choice);
  const Drawable drawable{0, static_cast<int>(subjects[0].stimuli),
                          static_cast<int>(subjects.size())};
  const Resampled resampled =
      Bootstrap(numbers, numbers.size(), drawable, options.interval, seed, 0);
  const auto interval = [&](double value, Eigen::Index number) {
    return IntervalOf(value, resampled, number, options.interval, drawable);
  };
  FromResamples made{std::vector<Resamples>(score.layers.size()), {}};
  for (std::size_t i = 0; i < layers.of.size(); ++i) {
    LayerScore& layer = score.layers[layers.of[i]];
    if (!layer.undefined.empty()) continue;
    layer.interval = interval(layer.raw, static_cast<Eigen::Index>(i));
    made.layers[layers.of[i]] = resampled.Row(static_cast<Eigen::Index>(i));
  }
  if (score.ceiling) {
    score.ceiling->lower_interval = interval(*score.ceiling->lower, numbers.lower());
    score.ceiling->interval = interval(score.ceiling->value, numbers.lower() + 1);
    score.ceiling_resamples = resampled.Row(numbers.lower());
  }
  if (choice) made.headline = HeadlineOf(*choice, layers, numbers, drawable, score.layers.size());
  if (!made.headline) return made;
  made.headline->interval = interval(made.headline->raw, numbers.headline());
  made.headline->resamples = resampled.Row(numbers.headline());
  score.split = "kfold(k=" + std::to_string(choice->folds.size()) + ", shuffled)";
  score.folds = Report(choice->folds, drawable.stimuli);
  return made;
}

// `raw` [layer that has an RDM × subject]
void PutScores(const Eigen::MatrixXd& raw, const LayerRdms& rdms, BenchmarkScore& score) {
  for (std::size_t i = 0; i < rdms.of.size(); ++i) {
    LayerScore& layer = score.layers[rdms.of[i]];
    const Eigen::RowVectorXd per_subject = raw.row(static_cast<Eigen::Index>(i));
    if (!per_subject.allFinite()) {
      layer.undefined = "its RDM cannot be compared with every subject's";
      continue;
    }
    layer.raw = per_subject.mean();
    layer.per_subject.assign(per_subject.begin(), per_subject.end());
    if (score.ceiling && score.ceiling->value > 0) {
      layer.normalised = layer.raw / score.ceiling->value;
    }
  }
}

}  // namespace

Status ReadRdmOptions(OptionReader& reader, RdmOptions& read) {
  read.layer_choice = ReadLayerChoice(reader, "weighted");
  VENTRAL_ASSIGN_OR_RETURN(
      read.interval,
      ReadIntervalRule(reader, {{"stimuli", "percentile"}, {"subjects", "t"}, {"both", "t"}}));
  return Ok{};
}

Status CheckRdms(const Question& question, const RdmOptions& options,
                 const std::vector<Rdm>& subjects) {
  const std::string& id = question.recording.id;
  if (subjects[0].stimuli < 4) {
    return InvalidInput("metric " + question.spec.metric + " needs at least 4 stimuli; recording " +
                        id + " has " + std::to_string(subjects[0].stimuli));
  }
  return CheckIntervalOver(options.interval, subjects.size(), id);
}

BenchmarkScore RdmFrameOf(const Question& question, const std::vector<Rdm>& subjects) {
  BenchmarkScore score;
  score.benchmark = question.spec.id;
  score.metric = question.spec.metric;
  score.seed = question.spec.seed.value;
  score.stimuli = subjects[0].stimuli;
  score.subjects = static_cast<std::int64_t>(subjects.size());
  return score;
}

Result<BenchmarkScore> ScoreRdms(const Question& question, std::span<const Gram> layers,
                                 const std::vector<Rdm>& subjects, const RdmOptions& options,
                                 const std::string& unit) {
  BenchmarkScore score = RdmFrameOf(question, subjects);
  score.ceiling = RsaCeiling(subjects, options.comparison);
  score.rule = score.ceiling ? unit + "/ceiling_upper" : unit;
  if (!score.ceiling) {
    score.notes.push_back(std::string(subjects.size() < 2 ? "one subject" : "subjects cancel out") +
                          ": no noise ceiling can be estimated");
  }
  const LayerRdms rdms = MakeRdms(layers, options.layer_rdm, score.layers);
  PutScores(CompareRdms(rdms.rdms, subjects, options.comparison), rdms, score);
  const FromResamples made = Resample(options, question.spec.seed, rdms, subjects, score);
  VENTRAL_RETURN_IF_ERROR(
      ChooseLayer(question, options.layer_choice, made.headline, made.layers, score));
  return score;
}

}  // namespace ventral
