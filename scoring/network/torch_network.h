// Private to network and features: a network as LibTorch runs it.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_NETWORK_H_
#define VENTRAL_SCORING_NETWORK_TORCH_NETWORK_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "scoring/network/card.h"
#include "scoring/network/network.h"
#include "scoring/network/torch_runnable.h"

namespace ventral {

struct Network::State {
  Card card;
  std::unique_ptr<Runnable> runnable;
  std::vector<NetworkLayer> layers;
  BatchRange batch;
  c10::Device device = c10::kCPU;
  c10::ScalarType precision = c10::kFloat;
  // Of LoadWhole.
  std::set<LayerId> scored;                       // layers that Load would give
  std::map<LayerId, std::string> without_output;  // module calls that are no layers, and why
  std::map<std::string, at::Tensor> parameters;   // by dotted path
};

// Runs the network on `batch` [stimulus × 3 × height × width], float32, preprocessed, on the
// network's device, as far as the last of `layers` (indices into network.layers()); its memory may
// be written into.
// @error invalid_input names operator, node and module where the network does not run on it; what
// `tap` returns.
// @error resource_limit if memory runs out.
Status Forward(const Network& network, at::Tensor batch, std::span<const std::size_t> layers,
               const Tap& tap);

// As Forward for all layers, and on to the last node; `observer` sees every ATen operator, too.
Status ForwardObserved(const Network& network, at::Tensor batch, const Tap& tap,
                       const Observer& observer);

// The network's output, one tensor.
// @error invalid_input if it returns several, and its card does not say which is its output.
Result<std::vector<at::Tensor>> Output(const Network& network, at::Tensor batch);

// What the network draws from here on is a function of `seed`. Throws c10::Error.
void Reseed(const Network& network, std::uint64_t seed);

// "float32", "bfloat16", "float16". Throws Refusal for what is none of them.
c10::ScalarType FindPrecision(const std::string& name);

// "cpu", "cuda:0" → device. @error invalid_input if it is no device of this build or machine (says
// which).
Result<c10::Device> FindDevice(const std::string& name);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_NETWORK_H_
