// Forward, ForwardObserved and Output of torch_network.h.
#include <numeric>

#include "scoring/network/torch_input.h"
#include "scoring/network/torch_network.h"

namespace ventral {
namespace {

// A mistake between preprocessing and network is named before an operator stumbles over it.
Status CheckBatch(const Network& network, const at::Tensor& batch) {
  const BatchRange range = network.batch_range();
  const Preprocessing& wanted = network.preprocessing();
  const std::int64_t stimuli = batch.dim() == 0 ? 0 : batch.size(0);
  if (batch.sizes() != at::IntArrayRef(InputSizes(wanted, stimuli)) ||
      batch.scalar_type() != InputType(wanted) || stimuli < range.least || stimuli > range.most) {
    return InvalidInput("a batch of " + c10::str(batch.sizes()) +
                        " does not fit the network's input");
  }
  return Ok{};
}

// What is no whole number becomes the network's precision.
at::Tensor AsPrecise(const Network& network, at::Tensor batch) {
  return batch.is_floating_point() ? batch.to(network.state().precision) : batch;
}

}  // namespace

Status Forward(const Network& network, at::Tensor batch, std::span<const std::size_t> layers,
               const Tap& tap) {
  VENTRAL_RETURN_IF_ERROR(CheckBatch(network, batch));
  return network.state().runnable->Run({AsPrecise(network, std::move(batch)), layers, tap});
}

Status ForwardObserved(const Network& network, at::Tensor batch, const Tap& tap,
                       const Observer& observer) {
  VENTRAL_RETURN_IF_ERROR(CheckBatch(network, batch));
  std::vector<std::size_t> all(network.layers().size());
  std::iota(all.begin(), all.end(), 0);
  return network.state().runnable->Run({AsPrecise(network, std::move(batch)), all, tap, &observer});
}

Result<std::vector<at::Tensor>> Output(const Network& network, at::Tensor batch) {
  VENTRAL_RETURN_IF_ERROR(CheckBatch(network, batch));
  std::vector<at::Tensor> outputs;
  const Tap none;
  VENTRAL_RETURN_IF_ERROR(network.state().runnable->Run(
      {AsPrecise(network, std::move(batch)), {}, none, nullptr, &outputs}));
  if (outputs.size() == 1) return outputs;
  return InvalidInput("the network returns " + std::to_string(outputs.size()) +
                      " tensors; which is its output is said by `output` of ventral.json");
}

}  // namespace ventral
