// Private to features: G = X·Xᵀ in double, from slices of X, where they are.
#ifndef VENTRAL_SCORING_FEATURES_TORCH_GRAM_H_
#define VENTRAL_SCORING_FEATURES_TORCH_GRAM_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <Eigen/Core>

namespace ventral {

// Sums over features, so the slices may come in any number of parts. All members throw c10::Error.
class GramSum {
 public:
  GramSum(std::int64_t stimuli, c10::Device device);

  // `activations` [stimulus × feature], float32, finite. Only the upper triangle is computed.
  void Add(const at::Tensor& activations);
  // The whole matrix, exactly symmetric.
  Eigen::MatrixXd Finish() const;

 private:
  std::int64_t stimuli_;
  at::Tensor inner_;  // [stimulus × stimulus], double; valid in blocks on and above the diagonal
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_TORCH_GRAM_H_
