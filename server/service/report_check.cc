#include "server/service/report_check.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "scoring/inference/resamples.h"

namespace ventral::service {
namespace {

constexpr std::size_t kLongestVersion = 100;
constexpr int kMostResamples = 10'000;

using Named = std::map<std::string, const PackManifest::BenchmarkInfo*>;

Status CheckSame(const char* field, const std::string& said, const std::string& wanted) {
  if (said == wanted) return Ok{};
  return InvalidInput("report.provenance." + std::string(field) + " is '" + said.substr(0, 120) +
                      "', but the job's is '" + wanted + "'");
}

Status CheckProvenance(const v1::Provenance& said, const ReportSubject& subject) {
  VENTRAL_RETURN_IF_ERROR(
      CheckSame("checkpoint_sha256", said.checkpoint_sha256(), subject.checkpoint_sha256));
  VENTRAL_RETURN_IF_ERROR(CheckSame("pack", said.pack(), subject.pack));
  VENTRAL_RETURN_IF_ERROR(CheckSame("pack_version", said.pack_version(), subject.pack_version));
  VENTRAL_RETURN_IF_ERROR(CheckSame("pack_digest", said.pack_digest(), subject.pack_digest));
  if (said.scorer_version().empty()) {
    return InvalidInput("report.provenance.scorer_version is empty; no score could be redone");
  }
  if (said.scorer_version().size() > kLongestVersion) {
    return InvalidInput("report.provenance.scorer_version is longer than a version is");
  }
  return Ok{};
}

Status CheckLayers(const v1::BenchmarkScore& score) {
  std::set<std::pair<std::string, std::int64_t>> layers;
  const auto is_headline = [&](const v1::LayerScore& layer) {
    return layer.layer().path() == score.layer().path() &&
           layer.layer().step() == score.layer().step();
  };
  for (const auto& layer : score.layers()) {
    if (is_headline(layer) && !layer.undefined().empty()) {
      return InvalidInput("layer '" + score.layer().path() + "' has no score");
    }
    if (layers.emplace(layer.layer().path(), layer.layer().step()).second) continue;
    return InvalidInput("layers: '" + layer.layer().path() + "' is there twice");
  }
  if (layers.empty()) return InvalidInput("layers is empty");
  if (layers.contains({score.layer().path(), score.layer().step()})) return Ok{};
  return InvalidInput("layer '" + score.layer().path() + "' is not among layers");
}

Status CheckInterval(const v1::Interval& interval) {
  if (!RuleNamed(interval.method(), 0)) return InvalidInput("interval.method is not known");
  if (interval.lower() > interval.upper()) return InvalidInput("interval: lower is above upper");
  if (interval.level() > 0 && interval.level() < 1) return Ok{};
  return InvalidInput("interval.level is not between 0 and 1");
}

// As many of each series, or none, and no more than a report keeps.
Status CheckResamples(const v1::BenchmarkScore& score) {
  const v1::Resamples& raw = score.resamples().raw();
  const int wanted = raw.one_size();
  for (const v1::Resamples* resamples : {&raw, &score.resamples().ceiling()}) {
    for (const int size :
         {resamples->one_size(), resamples->subjects_size(), resamples->both_size()}) {
      if (size > kMostResamples) return InvalidInput("resamples: more than a report keeps");
      if (size != 0 && size != wanted) return InvalidInput("resamples: series of unequal length");
    }
  }
  return Ok{};
}

Status CheckFolds(const v1::BenchmarkScore& score) {
  const auto inside = [&](std::int64_t row) { return row >= 0 && row < score.stimuli(); };
  for (const auto& fold : score.folds()) {
    if (std::ranges::all_of(fold.test(), inside) && std::ranges::all_of(fold.unused(), inside)) {
      continue;
    }
    return InvalidInput("folds: a row is not among the " + std::to_string(score.stimuli()) +
                        " stimuli");
  }
  return Ok{};
}

Status CheckScore(const v1::BenchmarkScore& score, const PackManifest::BenchmarkInfo& stated) {
  if (score.metric() != stated.spec.metric) {
    return InvalidInput("metric is '" + score.metric() + "', but the pack states '" +
                        stated.spec.metric + "'");
  }
  if (score.seed() != stated.spec.seed.value) {
    return InvalidInput("seed is " + std::to_string(score.seed()) + ", but the pack states " +
                        std::to_string(stated.spec.seed.value));
  }
  for (const std::int64_t count :
       {score.stimuli(), score.subjects(), score.neuroids(), score.neuroids_left_out()}) {
    if (count < 0 || count > std::numeric_limits<std::int32_t>::max()) {
      return InvalidInput("a count of stimuli, subjects or neuroids is negative, or too large");
    }
  }
  if (score.has_normalised() && !score.has_ceiling()) {
    return InvalidInput("normalised is there without a ceiling");
  }
  if (score.has_interval()) VENTRAL_RETURN_IF_ERROR(CheckInterval(score.interval()));
  for (const v1::Interval* interval :
       {&score.ceiling().interval(), &score.ceiling().lower_interval()}) {
    if (interval->level() != 0) VENTRAL_RETURN_IF_ERROR(CheckInterval(*interval));
  }
  if (score.has_null() &&
      (score.null().permutations() < 1 || score.null().p() < 0 || score.null().p() > 1)) {
    return InvalidInput("null has no permutations, or its p is not between 0 and 1");
  }
  VENTRAL_RETURN_IF_ERROR(CheckResamples(score));
  VENTRAL_RETURN_IF_ERROR(CheckFolds(score));
  return CheckLayers(score);
}

}  // namespace

Status CheckReport(const v1::ScoreReport& report, const ReportSubject& subject) {
  VENTRAL_RETURN_IF_ERROR(CheckProvenance(report.provenance(), subject));
  Named missing;
  for (const auto& info : subject.manifest.benchmarks) missing.emplace(info.spec.id, &info);
  for (int i = 0; i < report.scores_size(); ++i) {
    const auto& score = report.scores(i);
    const auto found = missing.find(score.benchmark());
    const std::string where =
        "report.scores[" + std::to_string(i) + "] (" + score.benchmark() + ")";
    if (found == missing.end()) {
      return InvalidInput(where + " is no benchmark of pack " + subject.pack + " " +
                          subject.pack_version + ", or is there twice");
    }
    auto status = CheckScore(score, *found->second);
    if (!status.ok()) return std::move(status).error().Within(where);
    missing.erase(found);
  }
  if (missing.empty()) return Ok{};
  return InvalidInput("report.scores has none of benchmark " + missing.begin()->first);
}

}  // namespace ventral::service
