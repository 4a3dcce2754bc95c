// Private to network and features: what runs a network on a batch, whatever its file is.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_RUNNABLE_H_
#define VENTRAL_SCORING_NETWORK_TORCH_RUNNABLE_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/result.h"

namespace ventral {

// The output of network.layers()[layer] for the batch, as the module returned it. Consume it during
// the call: the network may write into its memory later.
using Tap = std::function<Status(std::size_t layer, const at::Tensor& activation)>;

// One operator of a run.
struct Step {
  std::string_view op;                        // "conv2d.default", of ATen
  std::span<const LayerId> modules;           // the module calls that it lies in, outermost first
  const std::vector<c10::IValue>& arguments;  // in the schema's order
  const std::vector<c10::IValue>& results;
};
using Observer = std::function<void(const Step& step)>;

struct RunRequest {
  at::Tensor batch;                     // as the network takes it; may be written into
  std::span<const std::size_t> layers;  // those that `tap` gets; the run may end after the last
  const Tap& tap;
  const Observer* observer = nullptr;          // then the run goes to its end
  std::vector<at::Tensor>* outputs = nullptr;  // gets the network's output; so does this one
};

// The seam behind Network: a verified graph of torch.export (torch_execute.cc), or TorchScript
// (torch_script_run.cc). Laws, tested for both:
//  1. each layer asked for reaches `tap` once, in the order of execution, or the run fails;
//  2. the same batch gives the same activations, whatever ran before;
//  3. nothing is thrown: operator and module are named where a run fails.
class Runnable {
 public:
  virtual ~Runnable() = default;
  // @error as Forward of torch_network.h.
  virtual Status Run(const RunRequest& request) const = 0;
};

// Of a layer that a batch does not reach.
Error NotReached(const LayerId& layer);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_RUNNABLE_H_
