#include "scoring/metrics/cka.h"

#include <gmock/gmock.h>

#include <Eigen/QR>

#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using testing::GramOf;
using testing::RandomMatrix;

// tr(KHLH), H = I − 11ᵀ/n (Gretton et al. 2005), but for a factor.
double BiasedHsic(const Eigen::MatrixXd& k, const Eigen::MatrixXd& l) {
  const Eigen::Index n = k.rows();
  const Eigen::MatrixXd h = Eigen::MatrixXd::Identity(n, n) -
                            Eigen::MatrixXd::Constant(n, n, 1.0 / static_cast<double>(n));
  return (k * h * l * h).trace();
}

// Song et al. 2012, eq. 5.
double UnbiasedHsic(Eigen::MatrixXd k, Eigen::MatrixXd l) {
  const auto n = static_cast<double>(k.rows());
  k.diagonal().setZero();
  l.diagonal().setZero();
  return ((k * l).trace() + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (k * l).sum()) /
         (n * (n - 3));
}

template <typename Hsic>
double PlainCka(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Hsic& hsic) {
  const Eigen::MatrixXd k = x * x.transpose(), l = y * y.transpose();
  return hsic(k, l) / std::sqrt(hsic(k, k) * hsic(l, l));
}

double Score(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const char* estimator) {
  const BenchmarkSpec spec{"p.n.cka",
                           "n",
                           "",
                           "cka",
                           {{"estimator", std::string(estimator)}, {"bootstrap", std::int64_t{0}}},
                           Seed{1}};
  const Recording recording = testing::ResponsesOf(y);
  const Question question{spec, recording, nullptr, {}};
  EXPECT_TRUE(CkaMetric().Check(question).ok());
  return CkaMetric().Score(question, std::vector<Gram>{GramOf(x)}).value().raw;
}

TEST(Cka, EqualsTheFormulas) {
  for (const int stimuli : {4, 7, 40}) {
    const Eigen::MatrixXd x = RandomMatrix(stimuli, 30, 1),
                          y = x.leftCols(5) + 0.3 * RandomMatrix(stimuli, 5, 2);
    EXPECT_NEAR(Score(x, y, "biased"), PlainCka(x, y, BiasedHsic), 1e-12) << stimuli;
    EXPECT_NEAR(Score(x, y, "unbiased"), PlainCka(x, y, UnbiasedHsic), 1e-12) << stimuli;
  }
}

TEST(Cka, IsOneWithItselfAndBlindToRotationShiftAndScale) {
  const Eigen::MatrixXd x = RandomMatrix(30, 6, 1), y = RandomMatrix(30, 6, 2);
  const Eigen::MatrixXd rotation =
      Eigen::HouseholderQR<Eigen::MatrixXd>(RandomMatrix(6, 6, 3)).householderQ();
  Eigen::MatrixXd moved = 3 * x * rotation;
  moved.rowwise() += RandomMatrix(1, 6, 4).row(0);
  for (const char* estimator : {"biased", "unbiased"}) {
    EXPECT_NEAR(Score(x, x, estimator), 1, 1e-12);
    EXPECT_NEAR(Score(x, y, estimator), Score(moved, y, estimator), 1e-12);
    EXPECT_NEAR(Score(x, y, estimator), Score(y, x, estimator), 1e-12);
  }
}

// Many more neuroids than stimuli: the biased estimator sees likeness in noise (brainscore-vision's
// own case).
TEST(Cka, OfNoiseOnlyTheBiasedIsHigh) {
  const Eigen::MatrixXd x = RandomMatrix(60, 600, 1), y = RandomMatrix(60, 600, 2);
  EXPECT_LT(std::abs(Score(x, y, "unbiased")), 0.1);
  EXPECT_GT(Score(x, y, "biased"), 0.9);
}

TEST(Cka, SubjectsHaveACeilingAndAnInterval) {
  const Eigen::MatrixXd x = RandomMatrix(30, 6, 1);
  Recording both = testing::ResponsesOf(x + 0.3 * RandomMatrix(30, 6, 2));
  const Recording other = testing::ResponsesOf(x + 0.3 * RandomMatrix(30, 6, 3));
  both.values.insert(both.values.end(), other.values.begin(), other.values.end());
  both.axes.insert(both.axes.begin(), Axis::kSubject);
  both.shape.insert(both.shape.begin(), 2);
  const BenchmarkSpec spec{"p.n.cka", "n", "", "cka", {{"interval_over", std::string("both")}},
                           Seed{1}};
  const Question question{spec, both, nullptr, {}};
  const auto score = CkaMetric().Score(question, std::vector<Gram>{GramOf(x)});
  ASSERT_TRUE(score.ok()) << score.error().ToString();
  EXPECT_EQ(score->rule, "cka/ceiling_upper");
  EXPECT_EQ(score->ceiling->method, "nili2014_u_centred_unit_norm_mean");
  EXPECT_EQ(score->layers[0].per_subject.size(), 2u);
  EXPECT_EQ(score->interval->method, "bootstrap_both_t");
  EXPECT_GT(score->raw, *score->ceiling->lower);  // the truth, without their noise
}

TEST(Cka, RefusesRdmsAndUnknownEstimators) {
  const BenchmarkSpec spec{"p.n.cka", "n", "", "cka", {{"estimator", std::string("debiased")}},
                           Seed{1}};
  const Recording responses = testing::ResponsesOf(RandomMatrix(9, 3, 1));
  EXPECT_THAT(CkaMetric().Check({spec, responses, nullptr, {}}).error().message,
              ::testing::HasSubstr("one of: unbiased, biased"));
  const BenchmarkSpec plain{"p.n.cka", "n", "", "cka", {}, Seed{1}};
  EXPECT_THAT(CkaMetric().Check({plain, testing::RdmsOf(2, 9, 1), nullptr, {}}).error().message,
              ::testing::HasSubstr("metric rsa with comparator"));
}

}  // namespace
}  // namespace ventral
