// Private to features: one pass of all stimuli through the network, holding some slices of its
// activations.
#ifndef VENTRAL_SCORING_FEATURES_TORCH_PASS_H_
#define VENTRAL_SCORING_FEATURES_TORCH_PASS_H_

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <vector>

#include "scoring/base/mapped_file.h"
#include "scoring/base/result.h"
#include "scoring/features/plan.h"
#include "scoring/network/network.h"

namespace ventral {

struct HeldSlice {
  Slice slice;
  at::Tensor activations;  // [stimulus × count], float32, on the network's device
  at::Tensor row_sums;     // [stimulus], double, on the CPU
};

// Of one stimulus.
using LayerShape = std::vector<std::int64_t>;

struct Stimuli {
  std::span<const FileView> files;
  std::int64_t batch_size =
      1;  // within the network's batch_range, or below its least: then filled up
};

// [count × feature] of `activation` [rows × …], without the rows that only fill the batch up.
// @error invalid_input: a layer's output is no floating-point tensor with a row a stimulus, or is
// empty (names the layer).
Result<at::Tensor> FeatureRows(const Network& network, std::size_t layer,
                               const at::Tensor& activation, std::int64_t rows, std::int64_t count);

// Copies `from` [row × feature] to `to`, float32, and returns the sums of the rows of `to`, double,
// on the CPU. The same to the last bit whatever the threads.
at::Tensor CopyRows(const at::Tensor& from, const at::Tensor& to);

// What one stimulus makes of each layer, from one batch.
// @error invalid_input: a layer's output is no floating-point tensor with a row a stimulus, or is
// empty.
Result<std::vector<LayerShape>> MeasureLayers(const Network& network, const Stimuli& stimuli);

// `done(n)` after each batch: n stimuli of this pass are through.
// @error invalid_input: a NaN or infinite activation (names layer and stimulus file), a layer whose
// size changes.
// @error resource_limit if memory runs out.
Result<std::vector<HeldSlice>> RunPass(const Network& network, const Stimuli& stimuli,
                                       const Pass& pass,
                                       const std::function<Status(std::int64_t)>& done);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_TORCH_PASS_H_
