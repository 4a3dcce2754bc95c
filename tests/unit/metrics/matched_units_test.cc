// The nearest unit of each neuroid in one fold, against its definition.
#include "scoring/metrics/matched_units.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::ElementsAre;

// Pearson r as the textbook has it; NaN where one is constant.
double PlainR(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  const Eigen::VectorXd x = a.array() - a.mean(), y = b.array() - b.mean();
  if (a.maxCoeff() == a.minCoeff() || b.maxCoeff() == b.minCoeff())
    return std::numeric_limits<double>::quiet_NaN();
  return x.dot(y) / std::sqrt(x.dot(x) * y.dot(y));
}

struct Plain {
  std::int64_t unit = -1;
  double train_r = 0, held_out_r = 0;
};

// argmax over units of r on the training stimuli; r of that one on the others.
Plain PlainMatch(const Eigen::VectorXd& neuroid, const Fold& fold, const Eigen::MatrixXf& units) {
  Plain best;
  for (Eigen::Index u = 0; u < units.cols(); ++u) {
    const Eigen::VectorXd values = units.col(u).cast<double>();
    const double r = PlainR(values(fold.train), neuroid(fold.train));
    if (std::isnan(r) || (best.unit >= 0 && r <= best.train_r)) continue;
    best = {u, r, PlainR(values(fold.test), neuroid(fold.test))};
  }
  return best;
}

MatchedUnits Match(const Eigen::MatrixXd& responses, const Fold& fold, const Eigen::MatrixXf& units,
                   Eigen::Index part = 1000) {
  MatchedUnits matched(responses.cols());
  for (Eigen::Index first = 0; first < units.cols(); first += part) {
    MatchUnits(responses, fold, units.middleCols(first, std::min(part, units.cols() - first)),
               first, true, matched);
  }
  return matched;
}

Fold EveryThirdHeldOut(int stimuli) {
  Fold fold;
  for (int i = 0; i < stimuli; ++i) (i % 3 == 2 ? fold.test : fold.train).push_back(i);
  return fold;
}

TEST(MatchedUnits, OfThreeUnitsCountedByHand) {
  // Training rows 0, 1, 2: the neuroid is 1 2 6, centred −2 −1 3, squares 14.
  //   unit 0: 3 2 1, centred 1 0 −1: r = −5/√(14·2), the largest in absolute value but for unit 2
  //   unit 1: 0 1 1, centred −2 1 1 thirds: r = (4 − 1 + 3)/3 / √(14·6/9) = 2/√(28/3) = 0.6547
  //   unit 2: constant
  // Held out, rows 3, 4, 5: the neuroid is 1 2 3, unit 1 is 2 2 5: r = 3/√(2·6).
  Eigen::MatrixXd responses(6, 1);
  responses << 1, 2, 6, 1, 2, 3;
  Eigen::MatrixXf units(6, 3);
  units << 3, 0, 7,  //
      2, 1, 7,       //
      1, 1, 7,       //
      9, 2, 1,       //
      9, 2, 2,       //
      8, 5, 3;
  const MatchedUnits matched = Match(responses, {{0, 1, 2}, {3, 4, 5}}, units);
  EXPECT_THAT(matched.unit, ElementsAre(1));
  EXPECT_NEAR(matched.train_r(0), 2 / std::sqrt(28.0 / 3), 1e-15);
  EXPECT_NEAR(matched.held_out_r(0), 3 / std::sqrt(12.0), 1e-15);
  EXPECT_EQ(matched.held_out, (Eigen::Vector3f(2, 2, 5)));
}

TEST(MatchedUnits, EqualsItsDefinition) {
  for (const auto& [stimuli, neuroids, count] :
       {std::tuple(6, 1, 1), {7, 3, 2}, {31, 5, 600}, {90, 17, 257}, {50, 1, 1000}}) {
    const auto seed = static_cast<unsigned>(stimuli);
    const Eigen::MatrixXd responses = testing::RandomMatrix(stimuli, neuroids, seed);
    const Eigen::MatrixXf units = testing::RandomMatrix(stimuli, count, seed + 1).cast<float>();
    const Fold fold = EveryThirdHeldOut(stimuli);
    const MatchedUnits matched = Match(responses, fold, units);
    for (Eigen::Index n = 0; n < neuroids; ++n) {
      const Plain plain = PlainMatch(responses.col(n), fold, units);
      EXPECT_EQ(matched.unit[static_cast<std::size_t>(n)], plain.unit);
      EXPECT_NEAR(matched.train_r(n), plain.train_r, 1e-13);
      if (fold.test.size() > 1) {
        EXPECT_NEAR(matched.held_out_r(n), plain.held_out_r, 1e-13);
      }
      EXPECT_LE(matched.train_r(n), 1 + 1e-15);
      EXPECT_EQ(matched.held_out.col(n), units.col(plain.unit)(fold.test));
    }
  }
}

// Identical columns, at whatever place of a block and of memory, have the same r to the last bit.
TEST(MatchedUnits, TheFirstOfEqualsIsTaken) {
  const int stimuli = 37;
  const Eigen::MatrixXd responses = testing::RandomMatrix(stimuli, 4, 1);
  const Fold fold = EveryThirdHeldOut(stimuli);
  Eigen::MatrixXf units = testing::RandomMatrix(stimuli, 701, 2).cast<float>();
  const MatchedUnits before = Match(responses, fold, units);
  for (Eigen::Index n = 0; n < 4; ++n) {
    const auto best = before.unit[static_cast<std::size_t>(n)];
    Eigen::MatrixXf twice = units;
    for (const Eigen::Index at : {700, 513, 262, 259, 258, 4, 3}) twice.col(at) = units.col(best);
    EXPECT_EQ(Match(responses, fold, twice).unit[static_cast<std::size_t>(n)],
              std::min<std::int64_t>(best, 3));
  }
}

TEST(MatchedUnits, ThePartsInWhichUnitsComeChangeNoBit) {
  const int stimuli = 41;
  const Eigen::MatrixXd responses = testing::RandomMatrix(stimuli, 9, 3);
  const Eigen::MatrixXf units = testing::RandomMatrix(stimuli, 530, 4).cast<float>();
  const Fold fold = EveryThirdHeldOut(stimuli);
  const MatchedUnits whole = Match(responses, fold, units);
  for (const Eigen::Index part : {1, 5, 64, 255, 256, 257}) {
    const MatchedUnits parts = Match(responses, fold, units, part);
    EXPECT_EQ(parts.unit, whole.unit);
    EXPECT_EQ(parts.train_r, whole.train_r);
    EXPECT_EQ(parts.held_out_r, whole.held_out_r);
    EXPECT_EQ(parts.held_out, whole.held_out);
  }
}

// Powers of two, and shifts that float32 takes without rounding: not a bit changes.
TEST(MatchedUnits, ScaleAndOffsetOfAUnitDoNotMatter) {
  const int stimuli = 32;
  Eigen::MatrixXf units =
      (64 * testing::RandomMatrix(stimuli, 40, 6)).array().round().cast<float>();
  const Eigen::MatrixXd responses = testing::RandomMatrix(stimuli, 6, 5);
  const Fold fold = EveryThirdHeldOut(stimuli);
  const MatchedUnits before = Match(responses, fold, units);
  for (Eigen::Index u = 0; u < units.cols(); ++u) {
    units.col(u) =
        (units.col(u) * static_cast<float>(1 << (u % 5))).array() + static_cast<float>(100 * u);
  }
  const MatchedUnits after = Match(responses, fold, units);
  EXPECT_EQ(after.unit, before.unit);
  EXPECT_TRUE(after.train_r.isApprox(before.train_r, 1e-12));
  EXPECT_TRUE(after.held_out_r.isApprox(before.held_out_r, 1e-12));
}

TEST(MatchedUnits, TheOrderOfUnitsChangesTheirPlacesOnly) {
  const int stimuli = 30;
  const Eigen::MatrixXd responses = testing::RandomMatrix(stimuli, 6, 7);
  const Eigen::MatrixXf units = testing::RandomMatrix(stimuli, 300, 8).cast<float>();
  const Fold fold = EveryThirdHeldOut(stimuli);
  const MatchedUnits before = Match(responses, fold, units);
  const MatchedUnits after = Match(responses, fold, units.rowwise().reverse());
  for (std::size_t n = 0; n < 6; ++n) EXPECT_EQ(after.unit[n], 299 - before.unit[n]);
  EXPECT_EQ(after.train_r, before.train_r);
  EXPECT_EQ(after.held_out_r, before.held_out_r);
}

// A negative correlation, however strong, is none: signed r.
TEST(MatchedUnits, AnInvertedUnitIsNotNear) {
  const Eigen::MatrixXd responses = testing::RandomMatrix(20, 1, 9);
  Eigen::MatrixXf units = testing::RandomMatrix(20, 3, 10).cast<float>();
  units.col(1) = -responses.cast<float>();
  EXPECT_NE(Match(responses, EveryThirdHeldOut(20), units).unit[0], 1);
}

TEST(MatchedUnits, WhatDoesNotVaryIsSkipped) {
  const int stimuli = 24;
  const Fold fold = EveryThirdHeldOut(stimuli);
  Eigen::MatrixXd responses = testing::RandomMatrix(stimuli, 2, 11);
  for (const int row : fold.train) responses(row, 1) = 0.1;  // varies only where it is held out
  Eigen::MatrixXf units = Eigen::MatrixXf::Constant(stimuli, 5, 0.1f);
  // Rounding alone; only on held-out stimuli; a unit at last; numbers at the end of float32.
  units(0, 1) = std::nextafter(0.1f, 1.0f);
  units(fold.test[0], 2) = 5;
  units.col(3) = responses.col(0).cast<float>();
  units.col(4) = units.col(3) * 1e38f;
  const MatchedUnits none = Match(responses, fold, units.leftCols(3));
  EXPECT_FALSE(none.any_varies);
  EXPECT_THAT(none.unit, ElementsAre(-1, -1));
  const MatchedUnits some = Match(responses, fold, units);
  EXPECT_TRUE(some.any_varies);
  EXPECT_EQ(some.unit[1], -1);
  EXPECT_TRUE(std::isnan(some.held_out_r(1)));
  EXPECT_GE(some.unit[0], 3);
  EXPECT_NEAR(some.train_r(0), 1, 1e-7);
}

}  // namespace
}  // namespace ventral
