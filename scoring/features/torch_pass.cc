#include "scoring/features/torch_pass.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "scoring/features/copy_rows.h"
#include "scoring/features/torch_images.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_network.h"

namespace ventral {
namespace {

struct Batch {
  std::int64_t first = 0;  // stimulus
  std::int64_t count = 0;  // stimuli; the tensor may have more rows
};

std::string NameOf(const Network& network, std::size_t layer) {
  return "layer " + network.layers()[layer].id.ToString();
}

struct Activations {
  std::size_t layer;
  at::Tensor rows;        // [stimulus of the batch × feature]
  at::IntArrayRef shape;  // as the network gave them, perhaps with more rows
  std::int64_t sample;
};
using Take = std::function<Status(const Activations&)>;

// Once, or once for each sample of a network that draws random numbers.
Status RunBatch(const Network& network, const Stimuli& stimuli, const Batch& batch,
                std::span<const std::size_t> layers, const Take& take) {
  const auto files = stimuli.files.subspan(static_cast<std::size_t>(batch.first),
                                           static_cast<std::size_t>(batch.count));
  VENTRAL_ASSIGN_OR_RETURN(at::Tensor images,
                           LoadImages(files, network.preprocessing(), network.batch_range().least));
  const std::int64_t rows = images.size(0);
  images = images.to(network.state().device);
  const std::int64_t samples = network.sampling() ? network.sampling()->samples : 1;
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    if (network.sampling()) Reseed(network, SeedOf(*network.sampling(), batch.first, sample));
    const bool last = sample + 1 == samples;
    VENTRAL_RETURN_IF_ERROR(Forward(
        network, last ? std::move(images) : images.clone(), layers,
        [&](std::size_t layer, const at::Tensor& activation) -> Status {
          VENTRAL_ASSIGN_OR_RETURN(const at::Tensor x,
                                   FeatureRows(network, layer, activation, rows, batch.count));
          return take({layer, x, activation.sizes(), sample});
        }));
  }
  return Ok{};
}

// The mean of the samples so far. A sum in double of finite float32 values is finite, so a sum that
// is not names the stimulus.
Status Hold(const Network& network, const Stimuli& stimuli, const Batch& batch, const at::Tensor& x,
            std::int64_t sample, HeldSlice& held) {
  if (x.size(1) < held.slice.first + held.slice.count) {
    return InvalidInput(NameOf(network, held.slice.layer) +
                        ": its size changes from batch to batch");
  }
  const at::Tensor part = x.narrow(1, held.slice.first, held.slice.count);
  const at::Tensor rows = held.activations.narrow(0, batch.first, batch.count);
  const auto before = static_cast<double>(sample);
  const at::Tensor mean = sample == 0 ? part : rows.mul(before).add_(part).div_(before + 1);
  const at::Tensor sums = CopyRows(mean, rows);
  held.row_sums.narrow(0, batch.first, batch.count).copy_(sums);
  for (std::int64_t i = 0; i < batch.count; ++i) {
    if (std::isfinite(sums.data_ptr<double>()[i])) continue;
    return InvalidInput(NameOf(network, held.slice.layer) +
                        ": NaN or infinite activations for stimulus " +
                        stimuli.files[static_cast<std::size_t>(batch.first + i)].name);
  }
  return Ok{};
}

std::vector<HeldSlice> Allocate(const Network& network, std::int64_t stimuli, const Pass& pass) {
  std::vector<HeldSlice> held;
  for (const Slice& slice : pass) {
    held.push_back({slice,
                    at::empty({stimuli, slice.count},
                              at::TensorOptions(at::kFloat).device(network.state().device)),
                    at::zeros({stimuli}, at::kDouble)});
  }
  return held;
}

}  // namespace

at::Tensor CopyRows(const at::Tensor& from, const at::Tensor& to) {
  if (!to.is_cpu()) return at::sum(to.copy_(from), {1}, false, at::kDouble).cpu();
  // As LibTorch holds most activations; what is not so is made so first.
  const at::Tensor values = from.to(at::kFloat);
  const at::Tensor read = values.stride(1) == 1 ? values : values.contiguous();
  at::Tensor sums = at::empty({to.size(0)}, at::kDouble);
  double* out = sums.data_ptr<double>();
  const float* source = read.const_data_ptr<float>();
  float* target = to.mutable_data_ptr<float>();
  at::parallel_for(0, to.size(0), 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
      out[row] = CopyAndSum(source + row * read.stride(0), target + row * to.stride(0), to.size(1));
    }
  });
  return sums;
}

Result<at::Tensor> FeatureRows(const Network& network, std::size_t layer,
                               const at::Tensor& activation, std::int64_t rows,
                               std::int64_t count) {
  if (!activation.is_floating_point()) {
    return InvalidInput(NameOf(network, layer) +
                        ": its output is not floating point, so it cannot be scored");
  }
  if (activation.dim() < 1 || activation.size(0) != rows) {
    return InvalidInput(NameOf(network, layer) + ": its output of shape " +
                        c10::str(activation.sizes()) + " has no row for each of the " +
                        std::to_string(rows) + " stimuli of the batch");
  }
  if (activation.numel() == 0)
    return InvalidInput(NameOf(network, layer) + ": its output is empty");
  return activation.reshape({rows, -1}).narrow(0, 0, count);
}

Result<std::vector<LayerShape>> MeasureLayers(const Network& network, const Stimuli& stimuli) {
  std::vector<std::size_t> all(network.layers().size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<LayerShape> shapes(all.size());
  const Batch batch{0, std::min(stimuli.batch_size, std::ssize(stimuli.files))};
  VENTRAL_RETURN_IF_ERROR(RunBatch(network, stimuli, batch, all, [&](const Activations& seen) {
    shapes[seen.layer] = seen.shape.slice(1).vec();
    if (shapes[seen.layer].empty()) shapes[seen.layer] = {1};  // one number a stimulus
    return Status(Ok{});
  }));
  return shapes;
}

Result<std::vector<HeldSlice>> RunPass(const Network& network, const Stimuli& stimuli,
                                       const Pass& pass,
                                       const std::function<Status(std::int64_t)>& done) {
  const c10::InferenceMode inference;
  const std::int64_t count = std::ssize(stimuli.files);
  auto held = Contained("activations", [&] { return Allocate(network, count, pass); });
  if (!held.ok()) return held;
  std::vector<std::size_t> layers;
  std::multimap<std::size_t, HeldSlice*> slices;
  for (HeldSlice& slice : *held) {
    layers.push_back(slice.slice.layer);
    slices.emplace(slice.slice.layer, &slice);
  }
  for (Batch batch; batch.first < count; batch.first += batch.count) {
    batch.count = std::min(stimuli.batch_size, count - batch.first);
    const auto take = [&](const Activations& seen) -> Status {
      const auto [begin, end] = slices.equal_range(seen.layer);
      for (auto at = begin; at != end; ++at) {
        VENTRAL_RETURN_IF_ERROR(Hold(network, stimuli, batch, seen.rows, seen.sample, *at->second));
      }
      return Ok{};
    };
    VENTRAL_RETURN_IF_ERROR(RunBatch(network, stimuli, batch, layers, take));
    VENTRAL_RETURN_IF_ERROR(done(batch.first + batch.count));
  }
  return held;
}

}  // namespace ventral
