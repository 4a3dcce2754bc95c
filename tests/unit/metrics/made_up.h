// Layers and recordings made from a seed.
#ifndef VENTRAL_TESTS_UNIT_METRICS_MADE_UP_H_
#define VENTRAL_TESTS_UNIT_METRICS_MADE_UP_H_

#include <Eigen/Core>
#include <random>
#include <string>

#include "scoring/base/gram.h"
#include "scoring/base/recording.h"

namespace ventral::testing {

inline Eigen::MatrixXd RandomMatrix(int rows, int columns, unsigned seed) {
  std::mt19937 random(seed);
  Eigen::MatrixXd x(rows, columns);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) x(i, j) = static_cast<double>(random()) / 4294967296.0 - 0.3;
  }
  return x;
}

inline Gram GramOf(const Eigen::MatrixXd& x, std::string path = "layer") {
  Eigen::MatrixXd inner = x * x.transpose();
  inner = ((inner + inner.transpose()) / 2).eval();
  return {{std::move(path), 0}, x.cols(), false, inner, x.rowwise().sum()};
}

// Responses [stimulus × neuroid].
inline Recording ResponsesOf(const Eigen::MatrixXd& y, std::string id = "neurons") {
  Recording recording;
  recording.id = std::move(id);
  recording.axes = {Axis::kStimulus, Axis::kNeuroid};
  recording.shape = {y.rows(), y.cols()};
  for (Eigen::Index i = 0; i < y.rows(); ++i) {
    for (Eigen::Index j = 0; j < y.cols(); ++j) recording.values.push_back(y(i, j));
  }
  return recording;
}

// About standard normal: twelve uniform numbers.
inline double Gaussian(std::mt19937& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(random()) / 4294967296.0;
  return sum;
}

// Trials [repeat × …] of these responses, each with noise of this standard deviation.
inline Recording TrialsOf(const Recording& responses, int repeats, double noise, unsigned seed) {
  std::mt19937 random(seed);
  Recording trials = responses;
  trials.id += "_trials";
  trials.axes.insert(trials.axes.begin(), Axis::kRepeat);
  trials.shape.insert(trials.shape.begin(), repeats);
  trials.values.clear();
  for (int repeat = 0; repeat < repeats; ++repeat) {
    for (const double value : responses.values) {
      trials.values.push_back(value + noise * Gaussian(random));
    }
  }
  return trials;
}

// RDMs [subject × stimulus × stimulus], Euclidean distances of random points near common ones.
inline Recording RdmsOf(int subjects, int stimuli, unsigned seed) {
  Recording recording;
  recording.id = "rdms";
  recording.kind = RecordingKind::kRdms;
  recording.axes = {Axis::kSubject, Axis::kStimulus, Axis::kStimulus};
  recording.shape = {subjects, stimuli, stimuli};
  const Eigen::MatrixXd common = RandomMatrix(stimuli, 3, seed);
  for (int s = 0; s < subjects; ++s) {
    const Eigen::MatrixXd x =
        common + 0.5 * RandomMatrix(stimuli, 3, seed + 100 + static_cast<unsigned>(s));
    for (int i = 0; i < stimuli; ++i) {
      for (int j = 0; j < stimuli; ++j) recording.values.push_back((x.row(i) - x.row(j)).norm());
    }
  }
  return recording;
}

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_METRICS_MADE_UP_H_
