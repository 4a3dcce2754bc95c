#include "scoring/base/gram.h"

#include <cmath>

namespace ventral {

std::string LayerId::ToString() const {
  return step == 0 ? path : path + "@" + std::to_string(step);
}

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
    if (gram.inner(i, i) < 0) return InvalidInput(who + ": negative diagonal in row " + std::to_string(i));
  }
  const double scale = stimuli > 0 ? gram.inner.diagonal().maxCoeff() : 0.0;
  const double skew = stimuli > 0 ? (gram.inner - gram.inner.transpose()).cwiseAbs().maxCoeff() : 0.0;
  if (skew > 1e-9 * scale) return InvalidInput(who + ": Gram matrix is not symmetric");
  return Ok{};
}

}  // namespace ventral
