// bench_growth METRIC STIMULI NEUROIDS SUBJECTS LAYERS RESAMPLES
// Scores LAYERS made-up layers with METRIC: rsa on SUBJECTS RDMs (NEUROIDS means nothing then); on
// NEUROIDS neuroids of one subject cka, ridge (five penalties, 5 folds) and pls (25 components, 5
// folds). Prints the seconds and the processor seconds that scoring took, and the process's peak
// memory in MiB.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "scoring/metrics/metric.h"

namespace ventral {
namespace {

constexpr int kFeatures = 60;

Eigen::MatrixXd Normal(Eigen::Index rows, Eigen::Index columns, std::mt19937_64& engine) {
  std::normal_distribution<double> normal;
  Eigen::MatrixXd x(rows, columns);
  for (double& value : x.reshaped()) value = normal(engine);
  return x;
}

struct Sizes {
  int stimuli, neuroids, subjects, layers, resamples;
};

// Each layer has the features mixed in a way of its own, and as many that are noise, so that its
// Gram matrix is of full rank as real ones are.
std::vector<Gram> MakeLayers(const Eigen::MatrixXd& x, int count, std::mt19937_64& engine) {
  std::vector<Gram> layers;
  for (int l = 0; l < count; ++l) {
    Eigen::MatrixXd features(x.rows(), kFeatures + x.rows());
    features << x * Normal(kFeatures, kFeatures, engine) / 8,
        0.3 * Normal(x.rows(), x.rows(), engine);
    const Eigen::MatrixXd inner = features * features.transpose();
    Gram& layer = layers.emplace_back();
    layer.layer.path = "layer" + std::to_string(l);
    layer.features = features.cols();
    layer.inner = (inner + inner.transpose()) / 2;
    layer.row_sums = features.rowwise().sum();
  }
  return layers;
}

// Of each subject the distances between its own mixture of the features.
Recording MakeRdms(const Eigen::MatrixXd& x, int subjects, std::mt19937_64& engine) {
  const Eigen::Index n = x.rows();
  Recording made;
  made.id = "rdms";
  made.kind = RecordingKind::kRdms;
  made.axes = {Axis::kSubject, Axis::kStimulus, Axis::kStimulus};
  made.shape = {subjects, n, n};
  for (int s = 0; s < subjects; ++s) {
    const Eigen::MatrixXd y = x + Normal(n, kFeatures, engine);
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index j = 0; j < n; ++j) {
        made.values.push_back((y.row(i) - y.row(j)).squaredNorm());
      }
    }
  }
  return made;
}

Recording MakeResponses(const Eigen::MatrixXd& x, int neuroids, std::mt19937_64& engine) {
  const Eigen::MatrixXd y =
      x * Normal(kFeatures, neuroids, engine) + 8 * Normal(x.rows(), neuroids, engine);
  Recording made;
  made.id = "neurons";
  made.axes = {Axis::kStimulus, Axis::kNeuroid};
  made.shape = {y.rows(), y.cols()};
  for (Eigen::Index i = 0; i < y.rows(); ++i) {
    for (Eigen::Index c = 0; c < y.cols(); ++c) made.values.push_back(y(i, c));
  }
  return made;
}

Options OptionsOf(const std::string& metric, int resamples) {
  Options options = {{"bootstrap", std::int64_t{resamples}}};
  const bool encoding = metric == "ridge" || metric == "pls";
  if (encoding) options["folds"] = std::int64_t{5};
  if (metric == "ridge") {
    options["penalties"] = std::vector<double>{0.001, 0.01, 0.1, 1, 10};
    options["penalty_scale"] = std::string("relative");
  }
  return options;
}

double ProcessorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// VmHWM: getrusage's figure has in it what the parent had when it started this program.
double PeakMib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kib = 0;
  while (status >> word) {
    if (word == "VmHWM:") status >> kib;
  }
  return kib / 1024;
}

int Run(const std::string& metric, const Sizes& sizes) {
  std::mt19937_64 engine(1);
  const Eigen::MatrixXd x = Normal(sizes.stimuli, kFeatures, engine);
  const std::vector<Gram> layers = MakeLayers(x, sizes.layers, engine);
  const Recording recording = metric == "rsa" ? MakeRdms(x, sizes.subjects, engine)
                                              : MakeResponses(x, sizes.neuroids, engine);
  const BenchmarkSpec spec{"b.r.m", recording.id, "", metric, OptionsOf(metric, sizes.resamples),
                           Seed{1}};
  const std::map<std::string, std::string> committed;
  const double before = ProcessorSeconds();
  const auto start = std::chrono::steady_clock::now();
  const auto score = FindMetric(metric)->Score({spec, recording, nullptr, committed}, layers);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  if (!score.ok()) {
    std::fprintf(stderr, "bench_growth: %s\n", score.error().ToString().c_str());
    return 1;
  }
  std::printf("%.6f %.6f %.1f\n", spent.count(), ProcessorSeconds() - before, PeakMib());
  return 0;
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  using namespace ventral;
  std::vector<int> numbers;
  for (int i = 2; i < argc; ++i) numbers.push_back(std::atoi(argv[i]));
  if (numbers.size() != 5 || FindMetric(argv[1]) == nullptr) {
    std::fprintf(stderr,
                 "usage: bench_growth METRIC STIMULI NEUROIDS SUBJECTS LAYERS RESAMPLES\n"
                 "example: bench_growth ridge 512 256 1 1 1000\n");
    return 2;
  }
  return Run(argv[1], {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]});
}
