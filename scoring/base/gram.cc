#include "scoring/base/gram.h"

#include <Eigen/Cholesky>
#include <cmath>

namespace ventral {

std::string LayerId::ToString() const {
  return step == 0 ? path : path + "@" + std::to_string(step);
}

namespace {

// There are features with these inner products and sums: the Gram matrix of X with a row of ones
// below it, [G s; sᵀ p], is positive semidefinite. Within rounding: by Cholesky, the diagonal
// raised by what sums of products may be off. The row of ones is scaled to the others' length.
bool IsPossible(const Gram& gram, double scale) {
  if (scale == 0) return gram.inner.isZero(0) && gram.row_sums.isZero(0);
  constexpr double kRounding = 1e-9;
  const Eigen::Index n = gram.inner.rows();
  const double length = std::sqrt(scale / static_cast<double>(gram.features));
  Eigen::MatrixXd whole(n + 1, n + 1);
  whole.topLeftCorner(n, n) = gram.inner;
  whole.row(n).head(n) = length * gram.row_sums.transpose();
  whole(n, n) = scale;
  whole.diagonal().array() += kRounding * scale * static_cast<double>(n + 1);
  return Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>>(whole).info() == Eigen::Success;
}

}  // namespace

Status CheckGram(const Gram& gram, Eigen::Index stimuli) {
  const std::string who = "layer " + gram.layer.ToString();
  if (gram.features < 1) return InvalidInput(who + ": no features");
  if (gram.inner.rows() != stimuli || gram.inner.cols() != stimuli ||
      gram.row_sums.size() != stimuli) {
    return InvalidInput(who + ": Gram matrix is " + std::to_string(gram.inner.rows()) + " × " +
                        std::to_string(gram.inner.cols()) + ", the pack has " +
                        std::to_string(stimuli) + " stimuli");
  }
  for (Eigen::Index i = 0; i < stimuli; ++i) {
    if (!gram.inner.col(i).allFinite() || !std::isfinite(gram.row_sums(i))) {
      return InvalidInput(who + ": NaN or infinite activations for stimulus row " +
                          std::to_string(i));
    }
    if (gram.inner(i, i) < 0)
      return InvalidInput(who + ": negative diagonal in row " + std::to_string(i));
  }
  const double scale = stimuli > 0 ? gram.inner.diagonal().maxCoeff() : 0.0;
  const double skew =
      stimuli > 0 ? (gram.inner - gram.inner.transpose()).cwiseAbs().maxCoeff() : 0.0;
  if (skew > 1e-9 * scale) return InvalidInput(who + ": Gram matrix is not symmetric");
  if (!IsPossible(gram, scale))
    return InvalidInput(who + ": no activations have such a Gram matrix and such sums");
  return Ok{};
}

}  // namespace ventral
