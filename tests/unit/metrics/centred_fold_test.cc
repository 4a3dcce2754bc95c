#include "scoring/metrics/centred_fold.h"

#include <gmock/gmock.h>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using ::testing::HasSubstr;
using testing::RandomMatrix;

TEST(Centre, IsTheGramOfCentredActivations) {
  const Eigen::MatrixXd x = RandomMatrix(20, 7, 1), y = RandomMatrix(20, 3, 2);
  for (const Fold& fold : ShuffledFolds(20, 4, Seed{3})) {
    const auto gram = Centre(GramOf(x).inner, fold);
    ASSERT_TRUE(gram.ok());
    const Eigen::RowVectorXd mean = x(fold.train, Eigen::all).colwise().mean();
    const Eigen::MatrixXd train = x(fold.train, Eigen::all).rowwise() - mean;
    const Eigen::MatrixXd test = x(fold.test, Eigen::all).rowwise() - mean;
    EXPECT_TRUE(gram->train.isApprox(train * train.transpose(), 1e-12));
    EXPECT_TRUE(gram->test.isApprox(test * train.transpose(), 1e-12));
    EXPECT_NEAR(gram->scale, train.rowwise().squaredNorm().mean(), 1e-12);
    const CentredResponses responses = Centre(y, fold.train);
    EXPECT_LT(responses.values.colwise().sum().norm(), 1e-12);
    EXPECT_TRUE((responses.values.rowwise() + responses.mean).isApprox(y(fold.train, Eigen::all)));
  }
}

TEST(Centre, RefusesALayerThatDoesNotVary) {
  const Eigen::MatrixXd x = Eigen::MatrixXd::Constant(20, 5, 0.3);
  EXPECT_THAT(Centre(GramOf(x).inner, ShuffledFolds(20, 4, Seed{1})[0]).error().message,
              HasSubstr("do not vary over the training stimuli"));
}

}  // namespace
}  // namespace ventral
