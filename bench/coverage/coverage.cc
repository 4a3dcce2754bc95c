// bench_coverage EXPERIMENTS [SEED]
// How often the 95 % intervals hold the truth, in simulated experiments. What is drawn anew in each
// experiment is what the interval is over; all else is the same in all. The truth is the mean score
// over four times as many experiments of their own. Prints a Markdown table for bench/RESULTS.md.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "scoring/metrics/metric.h"
#include "scoring/metrics/parallel.h"

namespace ventral {
namespace {

using Engine = std::mt19937_64;

Eigen::MatrixXd Normal(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  Engine engine(seed);
  std::normal_distribution<double> normal;
  Eigen::MatrixXd x(rows, columns);
  for (double& value : x.reshaped()) value = normal(engine);
  return x;
}

// Seeds of what an experiment draws: of what is held fixed, that of all; of the rest, its own.
struct Seeds {
  std::uint64_t stimuli, subjects, neuroids;
};
Seeds SeedsOf(const std::string& over, std::uint64_t experiment) {
  const bool both = over == "both";
  return {over == "stimuli" || both ? 1000 + experiment : 1,
          over == "subjects" || both ? 1'000'000'000 + experiment : 2,
          over == "neuroids" ? 2'000'000'000 + experiment : 3};
}

struct Experiment {
  Gram layer;
  Recording recording;
};

Gram GramOf(const Eigen::MatrixXd& x) {
  Eigen::MatrixXd inner = x * x.transpose();
  inner = ((inner + inner.transpose()) / 2).eval();
  return {{"layer", 0}, x.cols(), false, inner, x.rowwise().sum()};
}

// The network has the features; each subject has the same, mixed in a way of its own, with noise
// for each stimulus that it sees.
Experiment RsaExperiment(int stimuli, int subjects, const Seeds& seeds) {
  constexpr int kFeatures = 12;
  const Eigen::MatrixXd x = Normal(stimuli, kFeatures, seeds.stimuli);
  Experiment made{GramOf(x), {}};
  made.recording.id = "rdms";
  made.recording.kind = RecordingKind::kRdms;
  made.recording.axes = {Axis::kSubject, Axis::kStimulus, Axis::kStimulus};
  made.recording.shape = {subjects, stimuli, stimuli};
  for (int s = 0; s < subjects; ++s) {
    const auto number = static_cast<std::uint64_t>(s);
    const Eigen::MatrixXd mixing = Eigen::MatrixXd::Identity(kFeatures, kFeatures) +
                                   0.4 * Normal(kFeatures, kFeatures, seeds.subjects * 64 + number);
    const Eigen::MatrixXd noise =
        Normal(stimuli, kFeatures, (seeds.stimuli * 7919 + seeds.subjects) * 64 + number);
    const Eigen::MatrixXd y = x * mixing + 0.8 * noise;
    for (int i = 0; i < stimuli; ++i) {
      for (int j = 0; j < stimuli; ++j) {
        made.recording.values.push_back((y.row(i) - y.row(j)).squaredNorm());
      }
    }
  }
  return made;
}

// Each neuroid reads the features in a way of its own, with noise for each stimulus.
Experiment EncodingExperiment(int stimuli, int neuroids, const Seeds& seeds) {
  constexpr int kFeatures = 20;
  const Eigen::MatrixXd x = Normal(stimuli, kFeatures, seeds.stimuli);
  const Eigen::MatrixXd noise = Normal(stimuli, neuroids, seeds.stimuli * 7919 + seeds.neuroids);
  const Eigen::MatrixXd strength = Normal(1, neuroids, seeds.neuroids + 17).cwiseAbs();
  Eigen::MatrixXd y = x * Normal(kFeatures, neuroids, seeds.neuroids);
  y = y * strength.row(0).asDiagonal() + 4 * noise;
  Experiment made{GramOf(x), {}};
  made.recording.id = "neurons";
  made.recording.axes = {Axis::kStimulus, Axis::kNeuroid};
  made.recording.shape = {stimuli, neuroids};
  for (int i = 0; i < stimuli; ++i) {
    for (int c = 0; c < neuroids; ++c) made.recording.values.push_back(y(i, c));
  }
  return made;
}

struct Case {
  std::string metric, what;
  Options options;
  std::function<Experiment(const Seeds&)> make;
};

BenchmarkScore Score(const Case& one, std::uint64_t experiment, std::int64_t resamples) {
  const std::string over = std::get<std::string>(one.options.at("interval_over"));
  const Experiment made = one.make(SeedsOf(over, experiment));
  BenchmarkSpec spec{"b.r.m", "r", "", one.metric, one.options, Seed{experiment + 1}};
  spec.options["bootstrap"] = resamples;
  const std::map<std::string, std::string> committed;
  auto score =
      FindMetric(one.metric)
          ->Score({spec, made.recording, nullptr, committed}, std::vector<Gram>{made.layer});
  if (!score.ok()) {
    std::fprintf(stderr, "bench_coverage: %s\n", score.error().ToString().c_str());
    std::exit(1);
  }
  return std::move(score).value();
}

void Run(const Case& one, std::uint64_t experiments, std::uint64_t seed) {
  const std::uint64_t of_truth = 4 * experiments;
  std::vector<double> raw(of_truth);
  ParallelFor(of_truth, 0,
              [&](std::size_t i) { raw[i] = Score(one, seed + 100'000'000 + i, 0).raw; });
  double truth = 0;
  for (const double value : raw) truth += value / static_cast<double>(of_truth);
  std::vector<double> held(experiments), width(experiments);
  ParallelFor(experiments, 0, [&](std::size_t i) {
    const Interval interval = Score(one, seed + i, 1000).interval.value();
    held[i] = interval.lower <= truth && truth <= interval.upper ? 1 : 0;
    width[i] = interval.upper - interval.lower;
  });
  double coverage = 0, mean_width = 0;
  for (std::size_t i = 0; i < experiments; ++i) {
    coverage += held[i] / static_cast<double>(experiments);
    mean_width += width[i] / static_cast<double>(experiments);
  }
  std::printf("| %s | %s | %.3f | %.3f | %.1f %% |\n", one.metric.c_str(), one.what.c_str(), truth,
              mean_width, 100 * coverage);
  std::fflush(stdout);
}

Case Rsa(int stimuli, int subjects, const std::string& over, const std::string& kind) {
  return {"rsa",
          std::to_string(stimuli) + " stimuli, " + std::to_string(subjects) + " subjects; over " +
              over + ", " + kind,
          {{"rdm", std::string("euclidean")}, {"interval_over", over}, {"interval", kind}},
          [=](const Seeds& seeds) { return RsaExperiment(stimuli, subjects, seeds); }};
}

Case Ridge(int stimuli, int neuroids, const std::string& over, const std::string& kind) {
  return {
      "ridge",
      std::to_string(stimuli) + " stimuli, " + std::to_string(neuroids) + " neuroids; over " +
          over + ", " + kind,
      {{"folds", std::int64_t{5}}, {"penalty", 1.0}, {"interval_over", over}, {"interval", kind}},
      [=](const Seeds& seeds) { return EncodingExperiment(stimuli, neuroids, seeds); }};
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  using namespace ventral;
  const std::uint64_t experiments = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const std::vector<Case> cases = {Rsa(40, 8, "stimuli", "percentile"),
                                   Rsa(40, 8, "stimuli", "t"),
                                   Rsa(40, 8, "subjects", "percentile"),
                                   Rsa(40, 8, "subjects", "t"),
                                   Rsa(40, 8, "both", "t"),
                                   Rsa(60, 20, "both", "t"),
                                   Ridge(100, 60, "neuroids", "percentile"),
                                   Ridge(100, 60, "neuroids", "t"),
                                   Ridge(100, 60, "stimuli", "percentile"),
                                   Ridge(100, 60, "stimuli", "t")};
  std::printf(
      "%llu experiments\n\n| metric | experiment, interval | truth | mean width | coverage "
      "|\n|---|---|---|---|---|\n",
      static_cast<unsigned long long>(experiments));
  for (const Case& one : cases) Run(one, experiments, seed);
}
