// FindDevice and FindPrecision of torch_network.h.
#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_network.h"

namespace ventral {

c10::ScalarType FindPrecision(const std::string& name) {
  if (name == "float32") return c10::kFloat;
  if (name == "bfloat16") return c10::kBFloat16;
  if (name == "float16") return c10::kHalf;
  throw Refusal("precision '" + name + "': 'float32', 'bfloat16' and 'float16' are supported");
}

Result<c10::Device> FindDevice(const std::string& name) {
  VENTRAL_ASSIGN_OR_RETURN(const c10::Device device,
                           Contained("device '" + name + "'", [&] { return c10::Device(name); }));
  if (device.is_cpu()) return c10::Device(c10::kCPU);
  if (!device.is_cuda())
    return InvalidInput("device '" + name + "': 'cpu' and 'cuda:N' are supported");
  if (!at::Context::hasCUDA()) {
    return InvalidInput(
        "device '" + name +
        "': this LibTorch finds no CUDA; build with a CUDA LibTorch on a machine that has a GPU");
  }
  const auto found =
      Contained("device '" + name + "'", [] { return at::detail::getCUDAHooks().deviceCount(); });
  if (!found.ok()) return Error(found.error());
  const int index = device.has_index() ? device.index() : 0;
  if (index >= *found) {
    return InvalidInput("device '" + name + "': this machine has " + std::to_string(*found) +
                        " CUDA devices, counted from 0");
  }
  return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
}

}  // namespace ventral
