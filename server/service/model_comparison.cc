#include "server/service/model_comparison.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "scoring/inference/paired.h"
#include "server/service/convert.h"
#include "server/service/names.h"

namespace ventral::service {
namespace {

constexpr double kLevel = 0.05;  // of adjusted p values

Resamples FromProto(const v1::Resamples& message) {
  return {{message.one().begin(), message.one().end()},
          {message.subjects().begin(), message.subjects().end()},
          {message.both().begin(), message.both().end()}};
}

v1::Interval ToProto(const Interval& interval) {
  v1::Interval message;
  message.set_lower(interval.lower);
  message.set_upper(interval.upper);
  message.set_level(interval.level);
  message.set_method(interval.method);
  message.set_resamples(interval.resamples);
  return message;
}

v1::PairedTest ToProto(const Difference& difference) {
  v1::PairedTest message;
  message.set_difference(difference.value);
  *message.mutable_interval() = ToProto(difference.interval);
  message.set_p(difference.p);
  message.set_adjusted_p(difference.p);
  return message;
}

// What must be the same for resamples to have the same draws; empty where there are none.
std::string DrawsOf(const v1::Score& score) {
  const v1::BenchmarkScore& result = score.result();
  const int resamples = result.resamples().raw().one_size();
  if (resamples == 0 || !result.has_interval()) return "";
  return "pack " + score.provenance().pack() + " " + score.provenance().pack_version() +
         ", scorer version " + score.provenance().scorer_version() + ", seed " +
         std::to_string(result.seed()) + ", " + std::to_string(resamples) + " resamples, " +
         result.interval().method() + " of " + std::to_string(result.stimuli()) + " stimuli, " +
         std::to_string(result.subjects()) + " subjects, " + std::to_string(result.neuroids()) +
         " neuroids";
}

std::string MostCommon(const std::vector<ScoredModel>& models) {
  std::map<std::string, int> times;
  for (const ScoredModel& model : models) ++times[DrawsOf(model.score)];
  times.erase("");
  std::string most;
  for (const ScoredModel& model : models) {
    const std::string draws = DrawsOf(model.score);
    if (!draws.empty() && (most.empty() || times[draws] > times[most])) most = draws;
  }
  return most;
}

ResampledScore ScoreOf(const v1::BenchmarkScore& score) {
  return {score.raw(), FromProto(score.resamples().raw())};
}

// A number that no resample changes.
ResampledScore Fixed(double value, const ResampledScore& like) {
  const auto as_many = [&](const std::vector<double>& values) {
    return std::vector<double>(values.size(), value);
  };
  return {value,
          {as_many(like.resamples.one), as_many(like.resamples.subjects),
           as_many(like.resamples.both)}};
}

std::optional<ResampledScore> CeilingOf(const v1::BenchmarkScore& score) {
  if (!score.has_ceiling() || !score.resamples().has_ceiling()) return std::nullopt;
  const v1::Ceiling& ceiling = score.ceiling();
  return ResampledScore{ceiling.has_lower() ? ceiling.lower() : ceiling.value(),
                        FromProto(score.resamples().ceiling())};
}

// Writes adjusted values into tests of one kind.
void AdjustAll(const std::vector<v1::PairedTest*>& tests, Correction correction) {
  std::vector<double> p;
  for (const v1::PairedTest* test : tests) p.push_back(test->p());
  const std::vector<double> adjusted = Adjust(p, correction);
  for (std::size_t i = 0; i < tests.size(); ++i) tests[i]->set_adjusted_p(adjusted[i]);
}

class Comparing {
 public:
  // `models` have the same draws, best first.
  Comparing(const std::vector<const ScoredModel*>& models, v1::ModelComparison& into)
      : into_(into) {
    for (const ScoredModel* model : models) {
      const v1::BenchmarkScore& result = model->score.result();
      scores_.push_back(ScoreOf(result));
      auto* row = into.add_models();
      row->set_model(ModelName(ModelOf(model->score)));
      row->set_display_name(model->display_name);
      row->set_score(model->score.name());
      row->set_raw(result.raw());
      if (result.has_normalised()) row->set_normalised(result.normalised());
      *row->mutable_interval() = result.interval();
      if (!rule_) {
        rule_ = RuleNamed(result.interval().method(), result.resamples().raw().one_size());
        drawable_ = {static_cast<int>(result.neuroids()), static_cast<int>(result.stimuli()),
                     static_cast<int>(result.subjects())};
      }
      ceilings_.push_back(CeilingOf(result));
    }
  }

  bool possible() const { return rule_.has_value(); }

  void AgainstEachOther(Correction correction) {
    std::vector<v1::PairedTest*> tests;
    for (std::size_t a = 0; a < scores_.size(); ++a) {
      for (std::size_t b = a + 1; b < scores_.size(); ++b) {
        const auto difference = DifferenceOf(scores_[a], scores_[b], *rule_, drawable_);
        if (!difference) continue;
        auto* pair = into_.add_pairs();
        pair->set_model(into_.models(static_cast<int>(a)).model());
        pair->set_other(into_.models(static_cast<int>(b)).model());
        *pair->mutable_test() = ToProto(*difference);
      }
    }
    for (v1::ComparedPair& pair : *into_.mutable_pairs()) tests.push_back(pair.mutable_test());
    AdjustAll(tests, correction);
    SetTiers();
  }

  void AgainstZeroAndCeiling(Correction correction) {
    std::vector<v1::PairedTest*> zero, ceiling;
    for (std::size_t m = 0; m < scores_.size(); ++m) {
      v1::ComparedModel* row = into_.mutable_models(static_cast<int>(m));
      if (const auto made = DifferenceOf(scores_[m], Fixed(0, scores_[m]), *rule_, drawable_)) {
        *row->mutable_against_zero() = ToProto(*made);
        zero.push_back(row->mutable_against_zero());
      }
      if (!ceilings_[m]) continue;
      if (const auto made = DifferenceOf(scores_[m], *ceilings_[m], *rule_, drawable_)) {
        *row->mutable_against_ceiling() = ToProto(*made);
        ceiling.push_back(row->mutable_against_ceiling());
      }
    }
    AdjustAll(zero, correction);
    AdjustAll(ceiling, correction);
  }

 private:
  static std::string ModelOf(const v1::Score& score) {
    const std::string& name = score.checkpoint();  // models/{id}/checkpoints/{sha256}
    const std::size_t begin = name.find('/') + 1;
    return name.substr(begin, name.find('/', begin) - begin);
  }

  void SetTiers() {
    std::map<std::pair<std::string, std::string>, double> adjusted;
    for (const v1::ComparedPair& pair : into_.pairs()) {
      adjusted[{pair.model(), pair.other()}] = pair.test().adjusted_p();
    }
    const auto name = [&](std::size_t m) { return into_.models(static_cast<int>(m)).model(); };
    const std::vector<int> tiers = Tiers(scores_.size(), [&](std::size_t a, std::size_t b) {
      const auto found = adjusted.find({name(a), name(b)});
      return found != adjusted.end() && found->second < kLevel;
    });
    for (std::size_t m = 0; m < tiers.size(); ++m) {
      into_.mutable_models(static_cast<int>(m))->set_tier(tiers[m]);
    }
  }

  v1::ModelComparison& into_;
  std::vector<ResampledScore> scores_;
  std::vector<std::optional<ResampledScore>> ceilings_;
  std::optional<IntervalRule> rule_;
  Drawable drawable_;
};

}  // namespace

Result<std::vector<ScoredModel>> WithResamples(
    const std::vector<store::LeaderboardEntry>& entries,
    const std::map<std::string, std::string>& resamples) {
  std::vector<ScoredModel> models;
  for (const store::LeaderboardEntry& entry : entries) {
    ScoredModel& model = models.emplace_back();
    model.display_name = entry.display_name;
    VENTRAL_ASSIGN_OR_RETURN(model.score, ToProto(entry.score));
    const auto found = resamples.find(entry.score.id);
    if (found == resamples.end()) continue;
    auto made = ResamplesFromJson(found->second);
    if (!made.ok()) return std::move(made).error().Within("stored score " + entry.score.id);
    *model.score.mutable_result()->mutable_resamples() = std::move(made).value();
  }
  return models;
}

Result<v1::ModelComparison> CompareModels(const std::string& benchmark,
                                          const std::vector<ScoredModel>& models,
                                          Correction correction, bool all_or_none) {
  v1::ModelComparison comparison;
  comparison.set_benchmark(benchmark);
  comparison.set_correction(CorrectionNames()[static_cast<std::size_t>(correction)]);
  const std::string draws = MostCommon(models);
  std::vector<const ScoredModel*> alike;
  for (const ScoredModel& model : models) {
    const std::string own = DrawsOf(model.score);
    if (own == draws && !own.empty()) {
      alike.push_back(&model);
      continue;
    }
    const std::string why =
        model.display_name + " cannot be compared: " +
        (own.empty()
             ? "its score has no resamples (none or more than 10,000 were asked for, or the "
               "scorer was older)"
             : "its score has " + own + "; others have " + draws);
    if (all_or_none) return Conflict(why);
    comparison.add_notes(why);
  }
  std::stable_sort(alike.begin(), alike.end(), [](const ScoredModel* a, const ScoredModel* b) {
    return a->score.result().raw() > b->score.result().raw();
  });
  Comparing comparing(alike, comparison);
  if (!comparing.possible()) return comparison;
  comparing.AgainstEachOther(correction);
  comparing.AgainstZeroAndCeiling(correction);
  return comparison;
}

std::map<std::string, int> TiersOf(const v1::ModelComparison& comparison) {
  std::map<std::string, int> tiers;
  for (const v1::ComparedModel& model : comparison.models()) tiers[model.model()] = model.tier();
  return tiers;
}

}  // namespace ventral::service
