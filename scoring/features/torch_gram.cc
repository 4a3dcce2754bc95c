#include "scoring/features/torch_gram.h"

#include <ATen/Functions.h>

#include <algorithm>

namespace ventral {
namespace {

// A block of features in double: 32 MiB, but never narrower than a matrix product likes.
std::int64_t FeaturesAtOnce(std::int64_t stimuli) {
  return std::max<std::int64_t>(512, (std::int64_t{1} << 22) / stimuli);
}

}  // namespace

GramSum::GramSum(std::int64_t stimuli, c10::Device device)
    : stimuli_(stimuli),
      inner_(at::zeros({stimuli, stimuli}, at::TensorOptions(at::kDouble).device(device))) {}

void GramSum::Add(const at::Tensor& activations) {
  const std::int64_t width = FeaturesAtOnce(stimuli_);
  const std::int64_t rows = std::max<std::int64_t>(128, (stimuli_ + 7) / 8);
  // One for all blocks: fresh memory costs the kernel as much time as the conversion does.
  const at::Tensor doubles =
      at::empty({stimuli_, std::min(width, activations.size(1))}, inner_.options());
  for (std::int64_t first = 0; first < activations.size(1); first += width) {
    const std::int64_t count = std::min(width, activations.size(1) - first);
    const at::Tensor x = doubles.narrow(1, 0, count);
    x.copy_(activations.narrow(1, first, count));
    for (std::int64_t row = 0; row < stimuli_; row += rows) {
      const std::int64_t height = std::min(rows, stimuli_ - row), rest = stimuli_ - row;
      inner_.narrow(0, row, height)
          .narrow(1, row, rest)
          .addmm_(x.narrow(0, row, height), x.narrow(0, row, rest).t());
    }
  }
}

Eigen::MatrixXd GramSum::Finish() const {
  const at::Tensor inner = inner_.cpu().contiguous();
  // Row-major upper is column-major lower.
  const Eigen::Map<const Eigen::MatrixXd> blocks(inner.data_ptr<double>(), stimuli_, stimuli_);
  return blocks.selfadjointView<Eigen::Lower>();
}

}  // namespace ventral
