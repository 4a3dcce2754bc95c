// bench_encoding pls GRAM.npy RESPONSES.npy SPLITS
//   metric pls, 25 components, SPLITS random splits (train 0.9), no interval
// bench_encoding ridge GRAM.npy RESPONSES.npy TEST PENALTY…
//   ridge fitted on all but the last TEST stimuli, each neuroid's penalty by five inner folds, and
//   the last TEST predicted
// Prints the seconds, reading the files not counted, and a number that a peer can hold itself
// against.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "scoring/metrics/dual_ridge.h"
#include "scoring/metrics/metric.h"
#include "scoring/pack/npy.h"

namespace ventral {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Clock = std::chrono::steady_clock;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "bench_encoding: %s\n", result.error().ToString().c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

Eigen::MatrixXd ReadMatrix(const std::string& file) {
  const NpyArray array = Must(ReadNpyFile(file, 4ull << 30, file));
  return Eigen::Map<const RowMajor>(array.values.data(), array.shape.at(0), array.shape.at(1));
}

void Print(Clock::time_point start, double number) {
  std::printf("%.6f %.9g\n", std::chrono::duration<double>(Clock::now() - start).count(), number);
}

void Pls(const Eigen::MatrixXd& inner, const RowMajor& responses, std::int64_t splits) {
  const Recording recording{"responses",
                            RecordingKind::kResponses,
                            {Axis::kStimulus, Axis::kNeuroid},
                            {responses.rows(), responses.cols()},
                            {responses.data(), responses.data() + responses.size()},
                            "",
                            "",
                            "",
                            ""};
  const Options options = {
      {"split", std::string("shuffle")}, {"splits", splits}, {"bootstrap", std::int64_t{0}}};
  const BenchmarkSpec spec{"b.r.pls", "responses", "", "pls", options, Seed{1}};
  const std::map<std::string, std::string> committed;
  std::vector<Gram> layers(1);
  layers[0].layer.path = "layer";
  layers[0].features = 1;
  layers[0].inner = inner;
  const auto start = Clock::now();
  const auto score = Must(FindMetric("pls")->Score({spec, recording, nullptr, committed}, layers));
  Print(start, score.raw);
}

void Ridge(const Eigen::MatrixXd& inner, const Eigen::MatrixXd& responses, int test,
           const std::vector<double>& penalties) {
  Fold fold;
  const int n = static_cast<int>(inner.rows());
  for (int row = 0; row < n; ++row) (row < n - test ? fold.train : fold.test).push_back(row);
  std::vector<int> neuroids(static_cast<std::size_t>(responses.cols()));
  std::iota(neuroids.begin(), neuroids.end(), 0);
  const auto start = Clock::now();
  const RidgeFit fit = Must(FitDualRidge(Must(Centre(inner, fold)), Centre(responses, fold.train),
                                         {neuroids}, {penalties, false, true, 5, Seed{1}}, 0));
  Print(start, fit.predicted.cwiseAbs2().mean());
}

void Run(const std::vector<std::string>& arguments) {
  const Eigen::MatrixXd inner = ReadMatrix(arguments.at(1)),
                        responses = ReadMatrix(arguments.at(2));
  if (arguments.at(0) == "pls") return Pls(inner, responses, std::stoll(arguments.at(3)));
  std::vector<double> penalties;
  for (std::size_t i = 4; i < arguments.size(); ++i) penalties.push_back(std::stod(arguments[i]));
  Ridge(inner, responses, std::stoi(arguments.at(3)), penalties);
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  try {
    ventral::Run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_encoding: %s\n", error.what());
    return 1;
  }
}
