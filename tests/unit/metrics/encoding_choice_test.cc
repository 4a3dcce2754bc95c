#include "scoring/metrics/encoding_choice.h"

#include <gmock/gmock.h>

#include <set>

#include "scoring/metrics/ridge.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using ::testing::HasSubstr;
using testing::RandomMatrix;

Split KFold(int folds) {
  Split split;
  split.folds = folds;
  return split;
}

TEST(ChoiceFolds, DivideTheTrainingStimuliAndNothingElse) {
  const std::vector<Fold> folds = ShuffledFolds(40, 4, Seed{1});
  const auto choice = ChoiceFolds(folds, KFold(4), nullptr, Seed{1}, 3);
  ASSERT_EQ(choice.size(), 4u);
  for (std::size_t f = 0; f < 4; ++f) {
    ASSERT_EQ(choice[f].size(), 3u);
    std::multiset<int> tested;
    for (const Fold& part : choice[f]) {
      std::set<int> all(part.train.begin(), part.train.end());
      all.insert(part.test.begin(), part.test.end());
      EXPECT_EQ(all, std::set<int>(folds[f].train.begin(), folds[f].train.end()));
      tested.insert(part.test.begin(), part.test.end());
    }
    EXPECT_EQ(tested, std::multiset<int>(folds[f].train.begin(), folds[f].train.end()));
  }
}

TEST(ChoiceFolds, KeepGroupsTogether) {
  StimulusColumns columns;
  for (int i = 0; i < 60; ++i) columns["scene"].push_back(std::to_string(i / 4));
  Split split = KFold(5);
  split.group = "scene";
  const std::vector<Fold> folds = MakeFolds(split, 60, &columns, Seed{2}).value();
  for (const auto& parts : ChoiceFolds(folds, split, &columns, Seed{2}, 3)) {
    for (const Fold& part : parts) {
      for (const int a : part.train) {
        for (const int b : part.test) EXPECT_NE(a / 4, b / 4);
      }
    }
  }
}

TEST(ChoiceFolds, AreNoneWhereThereAreTooFewStimuli) {
  EXPECT_TRUE(ChoiceFolds(ShuffledFolds(9, 3, Seed{1}), KFold(3), nullptr, Seed{1}, 3).empty());
  const std::vector<Fold> folds = ShuffledFolds(40, 4, Seed{1});
  EXPECT_TRUE(ChoiceFolds(folds, KFold(4), nullptr, Seed{1}, 21).empty());
  EXPECT_FALSE(ChoiceFolds(folds, KFold(4), nullptr, Seed{1}, 20).empty());
}

BenchmarkSpec ChoiceSpec(Options options) {
  options["folds"] = std::int64_t{5};
  return {"p.n.ridge", "n", "", "ridge", std::move(options), Seed{1}};
}

BenchmarkScore Score(const Eigen::MatrixXd& y, const std::vector<Gram>& layers,
                     Options options = {}) {
  const BenchmarkSpec spec = ChoiceSpec(std::move(options));
  auto score = RidgeMetric().Score({spec, testing::ResponsesOf(y), nullptr, {}}, layers);
  EXPECT_TRUE(score.ok()) << score.error().ToString();
  return std::move(score).value();
}

TEST(CrossValidated, TakesTheLayerThatPredictsBest) {
  const Eigen::MatrixXd x = RandomMatrix(100, 10, 1);
  const Eigen::MatrixXd y = x * RandomMatrix(10, 8, 2) + 0.5 * RandomMatrix(100, 8, 3);
  const std::vector<Gram> layers = {GramOf(RandomMatrix(100, 10, 9), "noise"), GramOf(x, "teacher"),
                                    GramOf(RandomMatrix(100, 10, 8), "more")};
  for (const char* over : {"neuroids", "stimuli"}) {
    const BenchmarkScore score = Score(y, layers, {{"interval_over", std::string(over)}});
    EXPECT_EQ(score.layer_choice, "cross_validated");
    EXPECT_EQ(score.layer.path, "teacher");
    EXPECT_EQ(score.raw, score.layers[1].raw);  // chosen in every fold
    ASSERT_TRUE(score.interval && score.layers[1].interval);
    EXPECT_EQ(score.interval->lower, score.layers[1].interval->lower) << over;
    EXPECT_EQ(score.interval->upper, score.layers[1].interval->upper);
    EXPECT_THAT(score.notes,
                ::testing::Contains(
                    HasSubstr("chosen on the training stimuli of each fold: teacher in 5 of 5")));
  }
}

// Of layers that are all noise the best looks better than chance; the chosen ones do not.
TEST(CrossValidated, IsNotOptimisticOfNoise) {
  double best = 0, chosen = 0;
  constexpr int kTimes = 30;
  for (unsigned time = 0; time < kTimes; ++time) {
    std::vector<Gram> layers;
    for (unsigned l = 0; l < 12; ++l) {
      layers.push_back(GramOf(RandomMatrix(60, 20, 100 * time + l + 1), "l" + std::to_string(l)));
    }
    const Eigen::MatrixXd y = RandomMatrix(60, 3, 100 * time + 99);
    const Options none = {{"bootstrap", std::int64_t{0}}};
    Options with_best = none;
    with_best["layer_choice"] = std::string("best");
    best += Score(y, layers, with_best).raw / kTimes;
    chosen += Score(y, layers, none).raw / kTimes;
  }
  EXPECT_GT(best, 0.08);
  EXPECT_LT(chosen, 0.05);
}

// Whatever was recorded for a fold's held-out stimuli, the layer for that fold is the same.
TEST(CrossValidated, DoesNotSeeTheHeldOutStimuli) {
  std::vector<Gram> layers;
  for (unsigned l = 0; l < 6; ++l) {
    layers.push_back(GramOf(RandomMatrix(60, 20, l + 1), "l" + std::to_string(l)));
  }
  Eigen::MatrixXd y = RandomMatrix(60, 3, 50);
  const std::vector<Fold> folds = ShuffledFolds(60, 5, Seed{1});
  const auto choices = [&](const Eigen::MatrixXd& responses) {
    const BenchmarkSpec spec = ChoiceSpec({{"bootstrap", std::int64_t{0}}, {"penalty", 1.0}});
    const Recording recording = testing::ResponsesOf(responses);
    OptionReader reader(spec.options);
    const EncodingOptions options = ReadEncodingOptions(reader).value();
    const std::map<std::string, std::string> none;
    const Neuroids neuroids = SelectNeuroids({spec, recording, nullptr, none}, 1, 0, false).value();
    struct OnePenalty final : FoldModel {
      Result<Fit> Predict(const CentredGram& gram, const CentredResponses& of,
                          const std::vector<std::vector<int>>&, unsigned) const override {
        return Fit{(gram.test * of.values).rowwise() + of.mean, false};
      }
      std::string Remark(int, int) const override { return ""; }
    } const model;
    const FittedFolds fitted(layers, model);
    const EncodingWalk walk{
        neuroids, folds, ChoiceFolds(folds, options.split, nullptr, Seed{1}, 3), options, fitted,
        Seed{1},  {}};
    return CrossValidate(ScoreLayers(layers, walk).value(), walk).value().chosen;
  };
  const std::vector<std::size_t> before = choices(y);
  EXPECT_GT(std::set<std::size_t>(before.begin(), before.end()).size(), 1u);
  for (const int row : folds[3].test)
    y.row(row) = RandomMatrix(1, 3, 70 + static_cast<unsigned>(row));
  const std::vector<std::size_t> after = choices(y);
  EXPECT_EQ(before[3], after[3]);
  EXPECT_NE(before, after);
}

TEST(CrossValidated, FallsBackToTheBestAndSaysSo) {
  const BenchmarkSpec spec{"p.n.ridge", "n", "", "ridge", {{"folds", std::int64_t{2}}}, Seed{1}};
  const Recording few = testing::ResponsesOf(RandomMatrix(14, 3, 2));
  const std::vector<Gram> layers = {GramOf(RandomMatrix(14, 5, 3), "a"),
                                    GramOf(RandomMatrix(14, 5, 4), "b")};
  const auto score = RidgeMetric().Score({spec, few, nullptr, {}}, layers);
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->layer_choice, "best");
  EXPECT_THAT(score->notes, ::testing::Contains(HasSubstr(
                                "stimuli too few, or too much alike, to choose or fit layers")));
}

}  // namespace
}  // namespace ventral
