// The folds that a penalty is chosen by.
#include "scoring/metrics/inner_folds.h"

#include <gmock/gmock.h>

#include <set>

#include "scoring/metrics/penalty_search.h"
#include "scoring/metrics/ridge.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

// Twelve groups of four stimuli, the last two groups held out.
std::vector<int> FoursOf(int stimuli) {
  std::vector<int> groups;
  for (int i = 0; i < stimuli; ++i) groups.push_back(i / 4);
  return groups;
}

Fold HoldOutFrom(int first, int stimuli) {
  Fold fold;
  for (int i = 0; i < stimuli; ++i) (i < first ? fold.train : fold.test).push_back(i);
  return fold;
}

CentredGram GramOver(const Fold& fold, int stimuli) {
  return Centre(testing::GramOf(testing::RandomMatrix(stimuli, 30, 1)).inner, fold).value();
}

TEST(InnerFolds, DivideNoGroup) {
  const CentredGram gram = GramOver(HoldOutFrom(40, 48), 48);
  const std::vector<Fold> folds =
      InnerFolds(gram, Penalties{{1, 2}, false, false, 5, Seed{3}, FoursOf(48)});
  ASSERT_EQ(folds.size(), 5u);
  std::set<int> held_out;
  for (const Fold& fold : folds) {
    EXPECT_EQ(fold.test.size(), 8u);
    std::set<int> train, test;
    for (const int row : fold.train) train.insert(row / 4);
    for (const int row : fold.test) test.insert(row / 4);
    for (const int group : test) EXPECT_EQ(train.count(group), 0u);
    held_out.insert(fold.test.begin(), fold.test.end());
  }
  EXPECT_EQ(held_out.size(), 40u);
}

// Rows are told apart by the stimuli that they are of, not by their place.
TEST(InnerFolds, KnowTheStimuliOfTheirRows) {
  Fold fold;
  for (int i = 0; i < 48; ++i) (i % 4 == 0 ? fold.test : fold.train).push_back(i);
  const CentredGram gram = GramOver(fold, 48);
  for (const Fold& inner :
       InnerFolds(gram, Penalties{{1, 2}, false, false, 4, Seed{3}, FoursOf(48)})) {
    std::set<int> train, test;
    for (const int row : inner.train) train.insert(fold.train[static_cast<std::size_t>(row)] / 4);
    for (const int row : inner.test) test.insert(fold.train[static_cast<std::size_t>(row)] / 4);
    for (const int group : test) EXPECT_EQ(train.count(group), 0u);
  }
}

TEST(InnerFolds, AreFewerWhereGroupsAreAndShuffledOfOne) {
  const CentredGram gram = GramOver(HoldOutFrom(12, 48), 48);
  Penalties penalties{{1, 2}, false, false, 5, Seed{3}, FoursOf(48)};
  EXPECT_EQ(InnerFolds(gram, penalties).size(), 3u);
  penalties.groups.assign(48, 0);
  EXPECT_EQ(InnerFolds(gram, penalties).size(), 5u);
  penalties.groups.clear();
  EXPECT_EQ(InnerFolds(gram, penalties).size(), 5u);
}

// Copies of a stimulus in another fold would let the least penalty win: they tell its answer.
TEST(InnerFolds, KeepCopiesFromChoosingThePenalty) {
  constexpr int kGroups = 20, kCopies = 4, kRows = kGroups * kCopies;
  const Eigen::MatrixXd of_groups = testing::RandomMatrix(kGroups, 60, 5);
  const Eigen::MatrixXd noise = testing::RandomMatrix(kGroups, 1, 6);
  Eigen::MatrixXd x(kRows, 60), y(kRows, 1);
  for (int i = 0; i < kRows; ++i) {
    x.row(i) = of_groups.row(i / kCopies) + 1e-3 * testing::RandomMatrix(1, 60, 100u + i);
    y(i, 0) = noise(i / kCopies, 0);  // the same for each copy, and nothing that x could know
  }
  const Fold fold = HoldOutFrom(kRows - 8, kRows);
  const CentredGram gram = Centre(testing::GramOf(x).inner, fold).value();
  const auto chosen = [&](const std::vector<int>& groups) {
    const Penalties penalties{{1e-4, 1e-2, 1, 100, 1e4}, false, false, 5, Seed{2}, groups};
    return FitDualRidge(gram, Centre(y, fold.train), {{0}}, penalties, 1).value().chosen[0];
  };
  EXPECT_LE(chosen({}), 1u);
  EXPECT_GE(chosen(FoursOf(kRows)), 3u);
}

TEST(InnerFolds, AreRefusedWhereGroupsAreTooFew) {
  const Eigen::MatrixXd y = testing::RandomMatrix(40, 3, 1);
  const Recording recording = testing::ResponsesOf(y);
  StimulusColumns columns;
  for (int i = 0; i < 40; ++i) columns["object"].push_back(std::to_string(i / 10));
  const std::map<std::string, std::string> none;
  const auto check = [&](std::int64_t inner) {
    const BenchmarkSpec spec{"p.r.ridge",
                             "neurons",
                             "",
                             "ridge",
                             {{"group", std::string("object")},
                              {"folds", std::int64_t{4}},
                              {"penalty_by", std::string("kfold")},
                              {"penalty_folds", inner}},
                             Seed{1}};
    return RidgeMetric().Check({spec, recording, nullptr, none, &columns});
  };
  EXPECT_TRUE(check(3).ok());
  EXPECT_THAT(check(4).error().message,
              HasSubstr("4 inner folds need as many groups of training stimuli, and a fold has 3"));
}

}  // namespace
}  // namespace ventral
