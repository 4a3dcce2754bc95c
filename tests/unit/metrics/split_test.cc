#include "scoring/metrics/split.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "scoring/metrics/ridge.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// 7 of label 0, 14 of label 1, 21 of label 2, 3 of label 3, mixed.
std::vector<int> Labels() {
  std::vector<int> labels;
  for (int i = 0; i < 21; ++i) {
    if (i % 3 == 0) labels.push_back(0);
    if (i % 3 != 1) labels.push_back(1);
    labels.push_back(2);
    if (i % 7 == 0) labels.push_back(3);
  }
  return labels;
}

std::map<int, int> Count(const std::vector<int>& rows, const std::vector<int>& labels) {
  std::map<int, int> count;
  for (const int row : rows) ++count[labels[static_cast<std::size_t>(row)]];
  return count;
}

void ExpectNoneTwice(const Fold& fold, int stimuli) {
  std::set<int> all(fold.train.begin(), fold.train.end());
  all.insert(fold.test.begin(), fold.test.end());
  EXPECT_EQ(all.size(), fold.train.size() + fold.test.size());
  EXPECT_EQ(static_cast<int>(all.size()), stimuli);
  EXPECT_TRUE(std::is_sorted(fold.train.begin(), fold.train.end()));
  EXPECT_TRUE(std::is_sorted(fold.test.begin(), fold.test.end()));
}

void ExpectEachHeldOutOnce(const std::vector<Fold>& folds, int stimuli) {
  std::multiset<int> held_out;
  for (const Fold& fold : folds) {
    ExpectNoneTwice(fold, stimuli);
    held_out.insert(fold.test.begin(), fold.test.end());
  }
  EXPECT_EQ(static_cast<int>(held_out.size()), stimuli);
  EXPECT_EQ(static_cast<int>(std::set<int>(held_out.begin(), held_out.end()).size()), stimuli);
}

TEST(Folds, HoldEachStimulusOutOnce) {
  for (const int folds : {2, 5, 7}) {
    ExpectEachHeldOutOnce(ShuffledFolds(45, folds, Seed{1}), 45);
    ExpectEachHeldOutOnce(StratifiedFolds(Labels(), folds, Seed{1}), 45);
    std::vector<int> groups;
    for (int i = 0; i < 45; ++i) groups.push_back(i % 9);
    ExpectEachHeldOutOnce(GroupedFolds(groups, folds, Seed{1}), 45);
  }
}

TEST(Folds, StratifiedKeepTheShares) {
  const std::vector<int> labels = Labels();
  for (const Fold& fold : StratifiedFolds(labels, 5, Seed{2})) {
    EXPECT_EQ(fold.test.size(), 9u);
    for (const auto& [label, all] : Count(fold.test, labels)) {
      const double share = std::map<int, int>{{0, 7}, {1, 14}, {2, 21}, {3, 3}}.at(label) / 5.0;
      EXPECT_LE(std::abs(all - share), 1) << label;
    }
  }
}

TEST(Folds, GroupedNeverDivideAGroup) {
  std::vector<int> groups;
  for (int i = 0; i < 60; ++i) groups.push_back(i * i % 17);
  for (const auto& all :
       {GroupedFolds(groups, 4, Seed{3}), GroupedSplits(groups, 6, Fraction{0.7}, Seed{3})}) {
    for (const Fold& fold : all) {
      ExpectNoneTwice(fold, 60);
      const auto train = Count(fold.train, groups), test = Count(fold.test, groups);
      for (const auto& [label, unused] : test) EXPECT_EQ(train.count(label), 0u) << label;
    }
  }
}

TEST(Folds, ShuffleSplitsHaveTheSizesOfScikitLearn) {
  for (const auto& [stimuli, share, test] :
       {std::tuple{640, 0.9, 64}, {45, 0.8, 9}, {10, 0.75, 3}}) {
    const auto folds = ShuffleSplits(stimuli, 10, Fraction{share}, Seed{4});
    ASSERT_EQ(folds.size(), 10u);
    for (const Fold& fold : folds) {
      ExpectNoneTwice(fold, stimuli);
      EXPECT_EQ(static_cast<int>(fold.test.size()), test);
    }
    EXPECT_NE(folds[0].test, folds[1].test);
  }
}

TEST(Folds, StratifiedSplitsKeepTheShares) {
  const std::vector<int> labels = Labels();
  for (const Fold& fold : StratifiedSplits(labels, 20, Fraction{0.8}, Seed{5})) {
    ExpectNoneTwice(fold, 45);
    EXPECT_EQ(fold.test.size(), 9u);
    const auto held_out = Count(fold.test, labels);  // shares 1.4, 2.8, 4.2, 0.6
    EXPECT_THAT(held_out.at(0), ::testing::AllOf(::testing::Ge(1), ::testing::Le(2)));
    EXPECT_EQ(held_out.at(1), 3);
    EXPECT_EQ(held_out.at(2), 4);
  }
}

TEST(Folds, ComeFromTheSeed) {
  const auto tests = [](Seed seed) { return ShuffleSplits(50, 2, Fraction{0.9}, seed)[1].test; };
  EXPECT_EQ(tests(Seed{6}), tests(Seed{6}));
  EXPECT_NE(tests(Seed{6}), tests(Seed{7}));
}

Result<std::vector<Fold>> Make(const Options& options, const StimulusColumns& columns,
                               int stimuli = 12) {
  OptionReader reader(options);
  VENTRAL_ASSIGN_OR_RETURN(const Split split, ReadSplit(reader));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return MakeFolds(split, stimuli, &columns, Seed{1});
}

TEST(Split, OfAColumnThatSaysTrainAndTest) {
  const StimulusColumns columns = {
      {"set", {"train", "test", "", "train", "test", "train", "test", "", "train"}}};
  const auto folds =
      Make({{"split", std::string("column")}, {"split_column", std::string("set")}}, columns, 9);
  ASSERT_TRUE(folds.ok()) << folds.error().ToString();
  ASSERT_EQ(folds->size(), 1u);
  EXPECT_THAT((*folds)[0].test, ElementsAre(1, 4, 6));
  EXPECT_THAT((*folds)[0].train, ElementsAre(0, 3, 5, 8));
  const auto report = Report(*folds, 9);
  EXPECT_THAT(report[0].test, ElementsAre(1, 4, 6));
  EXPECT_THAT(report[0].unused, ElementsAre(2, 7));
}

TEST(Split, OfAColumnThatNamesFolds) {
  const StimulusColumns columns = {{"fold", {"b", "a", "b", "a", "b", "a", "c", "c", "c", "c"}}};
  const auto folds =
      Make({{"split", std::string("column")}, {"split_column", std::string("fold")}}, columns, 10);
  ASSERT_TRUE(folds.ok()) << folds.error().ToString();
  ASSERT_EQ(folds->size(), 3u);
  EXPECT_THAT((*folds)[0].test, ElementsAre(1, 3, 5));
  EXPECT_THAT((*folds)[1].test, ElementsAre(0, 2, 4));
  EXPECT_THAT((*folds)[2].train, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Split, RefusesWhatContradictsOrIsNotThere) {
  const StimulusColumns columns = {{"kind", {}}, {"set", std::vector<std::string>(12, "train")}};
  const std::string shuffle = "shuffle", column = "column", set = "set";
  const std::pair<Options, const char*> kCases[] = {
      {{{"splits", std::int64_t{3}}}, "option splits means nothing where split is kfold"},
      {{{"split", shuffle}, {"folds", std::int64_t{3}}},
       "option folds means nothing where split is shuffle"},
      {{{"split", column}}, "split_column must name"},
      {{{"split", column}, {"split_column", set}, {"group", set}},
       "option group means nothing where split is column"},
      {{{"split", column}, {"split_column", set}}, "no stimulus is marked 'test'"},
      {{{"stratify", set}, {"group", set}}, "exclude each other"},
      {{{"folds", std::int64_t{3}}, {"stratify", std::string("colour")}},
       "no column 'colour'; those that they have: kind, set"},
      {{{"folds", std::int64_t{3}}, {"group", set}}, "fold 1 has 0 stimuli to train on"},
      {{{"split", shuffle}, {"train_share", 0.9}}, "fold 1 has 2 stimuli to predict"},
      {{{"split", std::string("loo")}}, "one of: kfold, shuffle, column"},
      {{}, "10 folds need at least 30 stimuli"}};
  for (const auto& [options, message] : kCases) {
    const auto folds = Make(options, columns);
    ASSERT_FALSE(folds.ok()) << message;
    EXPECT_THAT(folds.error().message, HasSubstr(message));
  }
}

TEST(Split, SaysWhatItIs) {
  const auto describe = [](const Options& options) {
    OptionReader reader(options);
    return Describe(*ReadSplit(reader));
  };
  const std::string shuffle = "shuffle", kind = "kind";
  EXPECT_EQ(describe({}), "kfold(k=10, shuffled)");
  EXPECT_EQ(describe({{"group", kind}}), "kfold(k=10, grouped by kind)");
  EXPECT_EQ(describe({{"split", shuffle}, {"stratify", kind}}),
            "shuffle(10 splits, train 0.9, stratified by kind)");
  EXPECT_EQ(describe({{"split", std::string("column")}, {"split_column", kind}}), "column(kind)");
}

TEST(Split, StandsInTheReport) {
  StimulusColumns columns;
  for (int i = 0; i < 60; ++i) columns["set"].push_back(i < 40 ? "train" : i < 55 ? "test" : "");
  const BenchmarkSpec spec{"p.n.ridge",
                           "n",
                           "",
                           "ridge",
                           {{"split", std::string("column")}, {"split_column", std::string("set")}},
                           Seed{1}};
  const Eigen::MatrixXd x = testing::RandomMatrix(60, 8, 1);
  const Recording neurons = testing::ResponsesOf(x * testing::RandomMatrix(8, 3, 2));
  const auto score = RidgeMetric().Score({spec, neurons, nullptr, {}, &columns},
                                         std::vector<Gram>{testing::GramOf(x)});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->split, "column(set)");
  ASSERT_EQ(score->folds.size(), 1u);
  EXPECT_EQ(score->folds[0].test.size(), 15u);
  EXPECT_EQ(score->folds[0].test[0], 40);
  EXPECT_EQ(score->folds[0].unused.size(), 5u);
  EXPECT_THAT(RidgeMetric().Check({spec, neurons, nullptr, {}}).error().message,
              HasSubstr("no column 'set'"));
}

}  // namespace
}  // namespace ventral
