// Private to network: parameters, buffers and constants, as raw little-endian storages.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_WEIGHTS_H_
#define VENTRAL_SCORING_NETWORK_TORCH_WEIGHTS_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <map>
#include <string>

#include "scoring/network/torch_archive.h"

namespace ventral {

struct Weights {
  std::map<std::string, at::Tensor> weights;    // parameters and persistent buffers, by dotted path
  std::map<std::string, at::Tensor> constants;  // other buffers, constants of the graph
};

// Tied tensors share one storage. Throws Refusal that names the tensor: a pickled payload, sizes
// that the record does not hold, strides that leave it, a dtype or layout that is not supported.
// Tensors of float32 become `precision`.
Weights ReadWeights(Archive& archive, c10::Device device, c10::ScalarType precision);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_WEIGHTS_H_
