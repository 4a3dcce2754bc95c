// bench_coverage [EXPERIMENTS [SEED [CASE…]]]
// bench_coverage --help: the cases
// How often the 95 % intervals hold the truth, in simulated experiments. What is drawn anew in each
// experiment is what the interval is over; all else is the same in all. The truth is the mean score
// over four times as many experiments of their own. Prints a Markdown table for bench/RESULTS.md.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "bench/coverage/experiments.h"
#include "scoring/base/parallel.h"
#include "scoring/metrics/metric.h"

namespace ventral {
namespace {

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

std::vector<Case> Cases() {
  return {Rsa(40, 8, "stimuli", "percentile"),
          Rsa(40, 8, "stimuli", "t"),
          Rsa(40, 8, "subjects", "percentile"),
          Rsa(40, 8, "subjects", "t"),
          Rsa(40, 8, "both", "t"),
          Rsa(60, 20, "both", "t"),
          Ridge(100, 60, "neuroids", "percentile"),
          Ridge(100, 60, "neuroids", "t"),
          Ridge(100, 60, "stimuli", "percentile"),
          Ridge(100, 60, "stimuli", "t")};
}

struct Wanted {
  std::uint64_t experiments = 1000, seed = 0;
  std::vector<std::size_t> cases;  // from 1
};

// @error invalid_input names the argument that is no number, or no number of a case.
Result<Wanted> Read(const std::vector<std::string>& arguments, std::size_t cases) {
  Wanted wanted;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const char* end = argument.data() + argument.size();
    std::uint64_t number = 0;
    const auto [read, error] = std::from_chars(argument.data(), end, number);
    const bool counts = i != 1;  // the seed may be 0
    const std::uint64_t most = i < 2 ? std::numeric_limits<std::uint64_t>::max() : cases;
    if (error != std::errc() || read != end || (counts && number == 0) || number > most) {
      const char* names[] = {"EXPERIMENTS", "SEED", "CASE"};
      return InvalidInput(std::string(names[std::min<std::size_t>(i, 2)]) + " '" + argument +
                          "': write a whole number" + (counts ? " from 1" : "") +
                          (i < 2 ? "" : " to " + std::to_string(cases)));
    }
    if (i == 0) wanted.experiments = number;
    if (i == 1) wanted.seed = number;
    if (i >= 2) wanted.cases.push_back(number);
  }
  if (wanted.cases.empty()) {
    wanted.cases.resize(cases);
    std::iota(wanted.cases.begin(), wanted.cases.end(), 1);
  }
  return wanted;
}

void PrintUsage(const std::vector<Case>& cases, std::FILE* out) {
  std::fprintf(out,
               "usage: bench_coverage [EXPERIMENTS [SEED [CASE…]]]\n"
               "EXPERIMENTS is 1000 and SEED 0 unless given; CASE is one of these, and all run "
               "where none is given:\n");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::fprintf(out, "  %2zu  %s, %s\n", i + 1, cases[i].metric.c_str(), cases[i].what.c_str());
  }
  std::fprintf(out, "example, ridge over neuroids by percentiles: bench_coverage 500 0 7\n");
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  using namespace ventral;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::vector<Case> cases = Cases();
  if (arguments == std::vector<std::string>{"--help"}) {
    PrintUsage(cases, stdout);
    return 0;
  }
  const Result<Wanted> wanted = Read(arguments, cases.size());
  if (!wanted.ok()) {
    std::fprintf(stderr, "bench_coverage: %s\n", wanted.error().message.c_str());
    PrintUsage(cases, stderr);
    return 2;
  }
  std::printf(
      "%llu experiments\n\n| metric | experiment, interval | truth | mean width | coverage "
      "|\n|---|---|---|---|---|\n",
      static_cast<unsigned long long>(wanted->experiments));
  for (const std::size_t number : wanted->cases) {
    Run(cases[number - 1], wanted->experiments, wanted->seed);
  }
}
