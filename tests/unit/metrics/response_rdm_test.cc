#include "scoring/metrics/response_rdm.h"

#include <gmock/gmock.h>

#include <Eigen/LU>

#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa.h"
#include "tests/unit/metrics/made_up.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;
using testing::RandomMatrix;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr NoiseEstimate kNoise = NoiseEstimate::kShrinkageDiagonal;

Rdm One(const Recording& recording, const Recording* trials, ResponseRdm kind,
        NoiseEstimate noise = kNoise) {
  auto rdms = ResponseRdms(recording, trials, kind, noise);
  EXPECT_TRUE(rdms.ok()) << rdms.error().ToString();
  return std::move(rdms).value()[0];
}

std::string Refused(const Recording& recording, const Recording* trials, ResponseRdm kind,
                    NoiseEstimate noise = kNoise) {
  const auto rdms = ResponseRdms(recording, trials, kind, noise);
  EXPECT_FALSE(rdms.ok());
  return rdms.ok() ? "" : rdms.error().message;
}

TEST(ResponseRdms, OfMeansAreThoseOfTheSameActivations) {
  const Eigen::MatrixXd y = RandomMatrix(9, 5, 1);
  const std::pair<ResponseRdm, RdmKind> kSame[] = {
      {ResponseRdm::kCorrelation, RdmKind::kCorrelation},
      {ResponseRdm::kCosine, RdmKind::kCosine},
      {ResponseRdm::kEuclidean, RdmKind::kEuclidean}};
  for (const auto& [ours, layers] : kSame) {
    EXPECT_TRUE(One(testing::ResponsesOf(y), nullptr, ours)
                    .upper.isApprox(LayerRdm(testing::GramOf(y), layers)->upper, 1e-12));
  }
}

TEST(ResponseRdms, NeuroidsThatNeverVaryAreLeftOut) {
  Eigen::MatrixXd y = RandomMatrix(9, 5, 1), more(9, 6);
  more << y, Eigen::VectorXd::Constant(9, 7);
  EXPECT_EQ(One(testing::ResponsesOf(more), nullptr, ResponseRdm::kEuclidean).upper,
            One(testing::ResponsesOf(y), nullptr, ResponseRdm::kEuclidean).upper);
}

// Rates 1 and 2 with the prior (1.1/1.1, 2.1/1.1); and of two neuroids, of which one does not
// differ.
TEST(ResponseRdms, PoissonIsHandChecked) {
  Eigen::MatrixXd y(3, 1);
  y << 1, 2, 5;
  const Rdm rdm = One(testing::ResponsesOf(y), nullptr, ResponseRdm::kPoisson);
  EXPECT_NEAR(rdm.upper(0), (1 / 1.1) * std::log(2.1 / 1.1), 1e-14);
  y(1) = -0.5;
  EXPECT_THAT(Refused(testing::ResponsesOf(y), nullptr, ResponseRdm::kPoisson),
              HasSubstr("subject 1: the response to stimulus row 1 is negative"));
}

struct Recorded {
  Recording mean, trials;
};

// Responses y with noise of this covariance factor.
Recorded Record(const Eigen::MatrixXd& y, int repeats, double noise, unsigned seed) {
  Recorded made;
  made.trials = testing::TrialsOf(testing::ResponsesOf(y), repeats, noise, seed);
  Eigen::MatrixXd mean = Eigen::MatrixXd::Zero(y.rows(), y.cols());
  for (std::size_t i = 0; i < made.trials.values.size(); ++i) {
    const auto cell = static_cast<Eigen::Index>(i) % y.size();
    mean(cell / y.cols(), cell % y.cols()) += made.trials.values[i] / repeats;
  }
  made.mean = testing::ResponsesOf(mean);
  return made;
}

// Leave one repeat out: the mean of the others times the one, averaged (rsatoolbox's crossnobis).
TEST(ResponseRdms, CrossnobisEqualsLeavingOneRepeatOut) {
  const int n = 6, p = 3, repeats = 4;
  const Recorded made = Record(RandomMatrix(n, p, 1), repeats, 0.5, 2);
  Eigen::MatrixXd all[repeats], sum = Eigen::MatrixXd::Zero(n, p);
  Eigen::MatrixXd residuals(n * repeats, p);
  for (int r = 0; r < repeats; ++r) {
    all[r].resize(n, p);
    for (int i = 0; i < n * p; ++i) {
      all[r](i / p, i % p) = made.trials.values[static_cast<std::size_t>(r * n * p + i)];
    }
    sum += all[r];
  }
  for (int r = 0; r < repeats; ++r) residuals.middleRows(r * n, n) = all[r] - sum / repeats;
  const Eigen::MatrixXd precision =
      NoiseCovariance(residuals, n * (repeats - 1), NoiseEstimate::kFull).inverse();
  const Rdm rdm = One(made.mean, &made.trials, ResponseRdm::kCrossnobis, NoiseEstimate::kFull);
  const Rdm squared = One(made.mean, &made.trials, ResponseRdm::kMahalanobis, NoiseEstimate::kFull);
  Eigen::Index k = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < n; ++j, ++k) {
      double expected = 0;
      for (const Eigen::MatrixXd& one : all) {
        const Eigen::MatrixXd others = (sum - one) / (repeats - 1);
        expected += (others.row(i) - others.row(j)).dot((one.row(i) - one.row(j)) * precision) /
                    (p * repeats);
      }
      EXPECT_NEAR(rdm.upper(k), expected, 1e-12);
      const Eigen::RowVectorXd difference = (sum.row(i) - sum.row(j)) / repeats;
      EXPECT_NEAR(squared.upper(k), difference.dot(difference * precision) / p, 1e-12);
    }
  }
}

// Responses that are nothing but noise: distances are about 0 where noise is crossed, and more
// else.
TEST(ResponseRdms, NoiseAddsNothingToCrossnobis) {
  const Recorded made = Record(Eigen::MatrixXd::Zero(40, 10), 6, 1, 3);
  const Rdm crossed = One(made.mean, &made.trials, ResponseRdm::kCrossnobis);
  const Rdm squared = One(made.mean, &made.trials, ResponseRdm::kMahalanobis);
  EXPECT_LT(std::abs(crossed.upper.mean()), 0.05);
  EXPECT_LT(crossed.upper.minCoeff(), 0);
  EXPECT_NEAR(squared.upper.mean(), 2.0 / 6, 0.08);
}

// A missing trial takes its repeat out of the pairs of its stimulus, and nothing else.
TEST(ResponseRdms, MissingTrialsAreLeftOut) {
  const Recorded full = Record(RandomMatrix(6, 3, 1), 4, 0.5, 2);
  Recorded holes = full;
  for (const std::size_t stimulus : {1u, 4u}) {
    holes.trials.values[3 * 18 + stimulus * 3 + 2] = kNaN;  // of the last repeat
  }
  const Rdm rdm =
      One(holes.mean, &holes.trials, ResponseRdm::kCrossnobis, NoiseEstimate::kDiagonal);
  Recorded three = full;
  three.trials.shape[0] = 3;
  three.trials.values.resize(3 * 18);
  // Σ differs, by what the last repeat's other trials say; the distances' directions do not.
  const Rdm shorter =
      One(three.mean, &three.trials, ResponseRdm::kCrossnobis, NoiseEstimate::kDiagonal);
  EXPECT_NEAR(rdm.upper(6) / shorter.upper(6), 1, 0.5);
  EXPECT_TRUE(rdm.upper.allFinite());
  for (std::size_t r = 1; r < 4; ++r) holes.trials.values[r * 18 + 3] = kNaN;
  EXPECT_THAT(Refused(holes.mean, &holes.trials, ResponseRdm::kCrossnobis),
              HasSubstr("fewer than two repeats have complete trials of both stimulus rows"));
}

TEST(ResponseRdms, SaysWhatIsMissing) {
  const Recorded made = Record(RandomMatrix(6, 3, 1), 4, 0.5, 2);
  EXPECT_THAT(Refused(made.mean, nullptr, ResponseRdm::kCrossnobis),
              HasSubstr("recording_rdm=crossnobis needs the benchmark to name a recording"));
  Recording silent = made.trials;
  for (std::size_t i = 0; i < silent.values.size(); i += 3) silent.values[i] = 2;
  EXPECT_THAT(Refused(made.mean, &silent, ResponseRdm::kMahalanobis),
              HasSubstr("the trials of neuroid 1 of those that vary never differ"));
  const Recorded wide = Record(RandomMatrix(4, 30, 1), 2, 0.5, 2);
  EXPECT_THAT(Refused(wide.mean, &wide.trials, ResponseRdm::kMahalanobis, NoiseEstimate::kFull),
              HasSubstr("30 neuroids from 8 trials has no inverse; use noise=shrinkage_diagonal"));
  Recording one = made.trials;
  one.shape[0] = 1;
  one.values.resize(18);
  EXPECT_THAT(Refused(made.mean, &one, ResponseRdm::kCrossnobis), HasSubstr("two repeats"));
}

TEST(Rsa, TakesResponsesToo) {
  const Eigen::MatrixXd x = RandomMatrix(20, 8, 1);
  const Recorded made = Record(x * RandomMatrix(8, 12, 2), 5, 0.3, 3);
  const std::vector<Gram> layers = {testing::GramOf(x, "truth"),
                                    testing::GramOf(RandomMatrix(20, 8, 9), "noise")};
  for (const std::string& kind : ResponseRdmNames()) {
    if (kind == "poisson") continue;  // some of these are negative
    const BenchmarkSpec spec{"p.n.rsa",
                             "n",
                             "t",
                             "rsa",
                             {{"recording_rdm", kind},
                              {"bootstrap", std::int64_t{20}},
                              {"layer_choice", std::string("best")}},
                             Seed{1}};
    const Question question{spec, made.mean, &made.trials, {}};
    ASSERT_TRUE(RsaMetric().Check(question).ok()) << RsaMetric().Check(question).error().message;
    const auto score = RsaMetric().Score(question, layers);
    ASSERT_TRUE(score.ok()) << score.error().ToString();
    EXPECT_EQ(score->layer.path, "truth") << kind;
    EXPECT_GT(score->raw, 0.3) << kind;
  }
  const BenchmarkSpec idle{"p.n.rsa", "n", "", "rsa", {{"noise", std::string("full")}}, Seed{1}};
  EXPECT_THAT(RsaMetric().Check({idle, made.mean, nullptr, {}}).error().message,
              HasSubstr("noise means nothing where"));
  const BenchmarkSpec twice{"p.r.rsa", "r", "", "rsa", {{"recording_rdm", std::string("cosine")}},
                            Seed{1}};
  EXPECT_THAT(RsaMetric().Check({twice, testing::RdmsOf(2, 9, 1), nullptr, {}}).error().message,
              HasSubstr("recording_rdm means nothing where the recording holds RDMs"));
}

}  // namespace
}  // namespace ventral
