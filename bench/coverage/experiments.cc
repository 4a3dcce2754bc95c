#include "bench/coverage/experiments.h"

#include <random>

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

Gram GramOf(const Eigen::MatrixXd& x) {
  Eigen::MatrixXd inner = x * x.transpose();
  inner = ((inner + inner.transpose()) / 2).eval();
  return {{"layer", 0}, x.cols(), false, inner, x.rowwise().sum()};
}

}  // namespace

Seeds SeedsOf(const std::string& over, std::uint64_t experiment) {
  const bool both = over == "both";
  return {over == "stimuli" || both ? 1000 + experiment : 1,
          over == "subjects" || both ? 1'000'000'000 + experiment : 2,
          over == "neuroids" ? 2'000'000'000 + experiment : 3};
}

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

}  // namespace ventral
