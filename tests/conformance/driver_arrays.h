// What the driver's operations share: arrays from .npy files, answers as JSON.
#ifndef VENTRAL_TESTS_CONFORMANCE_DRIVER_ARRAYS_H_
#define VENTRAL_TESTS_CONFORMANCE_DRIVER_ARRAYS_H_

#include <Eigen/Core>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/recording.h"
#include "scoring/pack/npy.h"

namespace ventral {

using nlohmann::json;
using Arguments = std::vector<std::string>;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().ToString());
  return std::move(result).value();
}

inline NpyArray Read(const std::string& file) { return Must(ReadNpyFile(file, 1ull << 30, file)); }

inline Eigen::MatrixXd ReadMatrix(const std::string& file) {
  const NpyArray array = Read(file);
  return Eigen::Map<const RowMajor>(array.values.data(), array.shape.at(0), array.shape.at(1));
}

inline json ToJson(const Eigen::MatrixXd& matrix) {  // NaN becomes null
  json rows = json::array();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    const Eigen::VectorXd row = matrix.row(i);
    rows.push_back(std::vector<double>(row.data(), row.data() + row.size()));
  }
  return rows;
}

inline Gram GramOf(const Eigen::MatrixXd& features, const std::string& path) {
  Gram gram{
      {path, 0}, features.cols(), false, features * features.transpose(), features.rowwise().sum()};
  gram.inner = ((gram.inner + gram.inner.transpose()) / 2).eval();
  Must(CheckGram(gram, features.rows()));
  return gram;
}

inline Recording ReadRecording(const std::string& file, RecordingKind kind,
                               std::vector<Axis> axes) {
  NpyArray array = Read(file);
  Recording recording;
  recording.id = file;
  recording.kind = kind;
  recording.axes = std::move(axes);
  recording.shape = array.shape;
  recording.values = std::move(array.values);
  return recording;
}

}  // namespace ventral

#endif  // VENTRAL_TESTS_CONFORMANCE_DRIVER_ARRAYS_H_
