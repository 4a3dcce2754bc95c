#include "scoring/metrics/rdm.h"

#include <gmock/gmock.h>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using ::testing::HasSubstr;
using testing::RandomMatrix;

// Reads like the formula: 1 − Pearson r of two rows.
double PlainCorrelationDistance(const Eigen::MatrixXd& x, int i, int j) {
  const Eigen::ArrayXd a = x.row(i).transpose().array() - x.row(i).mean();
  const Eigen::ArrayXd b = x.row(j).transpose().array() - x.row(j).mean();
  return 1 - (a * b).sum() / std::sqrt(a.square().sum() * b.square().sum());
}

TEST(LayerRdm, HandChecked) {
  Eigen::MatrixXd x(3, 3);
  x << 1, 2, 3,  //
      2, 4, 6,   // in step with the first
      3, 2, 1;   // against it
  const auto rdm = LayerRdm(GramOf(x), RdmKind::kCorrelation);
  ASSERT_TRUE(rdm.ok());
  EXPECT_NEAR(rdm->upper(0), 0, 1e-12);
  EXPECT_NEAR(rdm->upper(1), 2, 1e-12);
  EXPECT_NEAR(rdm->upper(2), 2, 1e-12);
  const auto euclidean = LayerRdm(GramOf(x), RdmKind::kEuclidean);
  EXPECT_NEAR(euclidean->upper(0), (1 + 4 + 9) / 3.0, 1e-12);
}

TEST(LayerRdm, FromTheGramEqualsFromTheActivations) {
  const Eigen::MatrixXd x = RandomMatrix(9, 50, 1);
  const auto rdm = LayerRdm(GramOf(x), RdmKind::kCorrelation);
  Eigen::Index k = 0;
  for (int i = 0; i < 9; ++i) {
    for (int j = i + 1; j < 9; ++j)
      EXPECT_NEAR(rdm->upper(k++), PlainCorrelationDistance(x, i, j), 1e-12);
  }
}

TEST(LayerRdm, CorrelationDistanceIgnoresEachRowsScaleAndShiftAndStaysWithinBounds) {
  const Eigen::MatrixXd x = RandomMatrix(8, 40, 2);
  Eigen::MatrixXd moved = x;
  for (int i = 0; i < 8; ++i) moved.row(i) = (x.row(i).array() * (1 + i) + 3 * i).matrix();
  const auto a = LayerRdm(GramOf(x), RdmKind::kCorrelation),
             b = LayerRdm(GramOf(moved), RdmKind::kCorrelation);
  EXPECT_TRUE(a->upper.isApprox(b->upper, 1e-9));
  EXPECT_GE(a->upper.minCoeff(), 0);
  EXPECT_LE(a->upper.maxCoeff(), 2);
}

TEST(LayerRdm, NamesLayerAndRowThatDoNotVary) {
  Eigen::MatrixXd x = RandomMatrix(5, 20, 3);
  x.row(3).setConstant(0.7);
  const auto rdm = LayerRdm(GramOf(x, "features.9"), RdmKind::kCorrelation);
  ASSERT_FALSE(rdm.ok());
  EXPECT_THAT(rdm.error().message, HasSubstr("features.9"));
  EXPECT_THAT(rdm.error().message, HasSubstr("row 3"));
}

TEST(SubjectRdms, AveragesOverSessions) {
  Recording recording;
  recording.kind = RecordingKind::kRdms;
  recording.axes = {Axis::kSubject, Axis::kSession, Axis::kStimulus, Axis::kStimulus};
  recording.shape = {1, 2, 3, 3};
  recording.values = {0, 1, 2, 1, 0, 3, 2, 3, 0, /* session 2 */ 0, 3, 4, 3, 0, 5, 4, 5, 0};
  const auto rdms = SubjectRdms(recording);
  ASSERT_TRUE(rdms.ok());
  EXPECT_EQ((*rdms)[0].upper, (Eigen::Vector3d(2, 3, 4)));
}

TEST(SubjectRdms, RefusesAConstantSubject) {
  Recording recording = testing::RdmsOf(2, 5, 1);
  for (std::size_t i = 25; i < 50; ++i) recording.values[i] = 1;
  EXPECT_THAT(SubjectRdms(recording).error().message, HasSubstr("subject 1"));
}

TEST(RdmOfPatterns, EqualsTheRdmOfTheGramMatrix) {
  const Eigen::MatrixXd x = testing::RandomMatrix(9, 14, 3);
  for (const RdmKind kind : {RdmKind::kCorrelation, RdmKind::kCosine, RdmKind::kEuclidean}) {
    EXPECT_TRUE(RdmOfPatterns(x, kind, "x")
                    ->upper.isApprox(LayerRdm(testing::GramOf(x), kind)->upper, 1e-12));
  }
}

// Patterns that differ by a hundred-millionth have the distances of their differences.
TEST(RdmOfPatterns, KeepsWhatPatternsThatAreNearlyAlikeDifferBy) {
  const Eigen::RowVectorXd mean = testing::RandomMatrix(1, 14, 1);
  const Eigen::MatrixXd difference = testing::RandomMatrix(9, 14, 3);
  const auto rdm = [&](double size) {
    const Eigen::MatrixXd x = (size * difference).rowwise() + mean;
    return Eigen::VectorXd(RdmOfPatterns(x, RdmKind::kCorrelation, "x")->upper / (size * size));
  };
  EXPECT_TRUE(rdm(1e-8).isApprox(rdm(1e-5), 1e-4));
  EXPECT_FALSE(RdmOfPatterns(mean.replicate(9, 1), RdmKind::kCorrelation, "x").ok());
}

}  // namespace
}  // namespace ventral
