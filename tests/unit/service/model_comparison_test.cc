#include "server/service/model_comparison.h"

#include <gmock/gmock.h>

#include <random>

namespace ventral::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A score whose resamples move with those of the others, and a little on their own.
ScoredModel Model(const std::string& id, double raw, unsigned seed = 1) {
  ScoredModel model;
  model.display_name = id;
  v1::Score& score = model.score;
  score.set_name("scores/" + id);
  score.set_checkpoint("models/" + id + "/checkpoints/abc");
  score.mutable_provenance()->set_pack("p");
  score.mutable_provenance()->set_pack_version("1.0.0");
  score.mutable_provenance()->set_scorer_version("3");
  v1::BenchmarkScore& result = *score.mutable_result();
  result.set_raw(raw);
  result.set_seed(7);
  result.set_stimuli(50);
  result.set_subjects(4);
  result.mutable_ceiling()->set_value(0.9);
  result.mutable_ceiling()->set_lower(0.8);
  result.mutable_interval()->set_level(0.95);
  result.mutable_interval()->set_method("bootstrap_stimuli_percentile");
  std::mt19937 common(99), own(seed + static_cast<unsigned>(1000 * raw));
  std::normal_distribution<double> normal, of_its_own;  // each keeps a number for its next call
  for (int i = 0; i < 400; ++i) {
    const double shared = 0.1 * normal(common);
    result.mutable_resamples()->mutable_raw()->add_one(raw + shared + 0.01 * of_its_own(own));
    result.mutable_resamples()->mutable_ceiling()->add_one(0.8 + shared);
  }
  return model;
}

std::vector<std::string> Names(const v1::ModelComparison& comparison) {
  std::vector<std::string> names;
  for (const auto& model : comparison.models()) names.push_back(model.model());
  return names;
}

TEST(CompareModels, PutsTheBestFirstAndTellsTiersApart) {
  const auto made = CompareModels(
      "p.r.rsa", {Model("low", 0.2), Model("best", 0.605), Model("near", 0.6), Model("mid", 0.4)},
      Correction::kFdr, true);
  ASSERT_TRUE(made.ok()) << made.error().ToString();
  EXPECT_THAT(Names(*made), ElementsAre("models/best", "models/near", "models/mid", "models/low"));
  EXPECT_THAT(TiersOf(*made), ElementsAre(std::pair("models/best", 1), std::pair("models/low", 3),
                                          std::pair("models/mid", 2), std::pair("models/near", 1)));
  EXPECT_EQ(made->pairs_size(), 6);
  EXPECT_EQ(made->pairs(0).model(), "models/best");
  EXPECT_EQ(made->pairs(0).other(), "models/near");
  EXPECT_NEAR(made->pairs(0).test().difference(), 0.005, 1e-12);
  for (const auto& pair : made->pairs()) EXPECT_GE(pair.test().adjusted_p(), pair.test().p());
  const v1::ComparedModel& best = made->models(0);
  EXPECT_LT(best.against_zero().adjusted_p(), 0.05);
  EXPECT_NEAR(best.against_ceiling().difference(), 0.605 - 0.8, 1e-12);  // the lower bound
  EXPECT_LT(best.against_ceiling().interval().upper(), 0);
  EXPECT_EQ(made->correction(), "fdr");
}

TEST(CompareModels, ScoresOfOtherDrawsAreLeftOutOrRefusedByName) {
  ScoredModel old = Model("old", 0.9);
  old.score.mutable_provenance()->set_scorer_version("2");
  ScoredModel none = Model("none", 0.8);
  none.score.mutable_result()->clear_resamples();
  const std::vector<ScoredModel> models = {old, Model("a", 0.3), none, Model("b", 0.2)};
  const auto some = CompareModels("p.r.rsa", models, Correction::kHolm, false);
  ASSERT_TRUE(some.ok());
  EXPECT_THAT(Names(*some), ElementsAre("models/a", "models/b"));
  EXPECT_THAT(some->notes(), ElementsAre(HasSubstr("old cannot be compared: its score has pack p "
                                                   "1.0.0, scorer version 2"),
                                         HasSubstr("none cannot be compared: its score has no")));
  const auto all = CompareModels("p.r.rsa", models, Correction::kHolm, true);
  ASSERT_FALSE(all.ok());
  EXPECT_EQ(all.error().code, ErrorCode::kConflict);
  EXPECT_THAT(all.error().message, HasSubstr("old cannot be compared"));
}

TEST(CompareModels, OfNoneOrOneIsNoError) {
  EXPECT_EQ(CompareModels("b", {}, Correction::kFdr, false)->models_size(), 0);
  const auto one = CompareModels("b", {Model("a", 0.3)}, Correction::kFdr, true);
  ASSERT_EQ(one->models_size(), 1);
  EXPECT_EQ(one->models(0).tier(), 1);
  EXPECT_EQ(one->pairs_size(), 0);
}

// Resamples of which some have no score for one model are left out of the pair.
TEST(CompareModels, LeavesOutResamplesWithoutAScore) {
  ScoredModel a = Model("a", 0.5), b = Model("b", 0.3);
  for (int i = 0; i < 15; ++i) {
    a.score.mutable_result()->mutable_resamples()->mutable_raw()->set_one(i, std::nan(""));
  }
  const auto made = CompareModels("b", {a, b}, Correction::kNone, true);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->pairs(0).test().interval().resamples(), 385);
  EXPECT_TRUE(std::isfinite(made->pairs(0).test().p()));
}

}  // namespace
}  // namespace ventral::service
