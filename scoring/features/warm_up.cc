#include "scoring/features/warm_up.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <malloc.h>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_network.h"

namespace ventral {
namespace {

// Large enough that each operation is split among all threads. Results are not used.
void Touch(c10::Device device) {
  const c10::InferenceMode inference;
  const auto like = at::TensorOptions(at::kFloat).device(device);
  const at::Tensor images = at::ones({16, 3, 64, 64}, like);
  const at::Tensor features = at::conv2d(images, at::ones({8, 3, 3, 3}, like));
  const at::Tensor square = at::ones({512, 512}, like);
  at::matmul(square, square);
  at::matmul(square.to(at::kDouble), square.to(at::kDouble));
  at::rand({8}, like);  // the generator takes its first seed from the system
  at::softmax(at::exp(at::relu(features)), 1).sum().item<float>();
}

}  // namespace

void KeepFreedMemory() {
  mallopt(M_MMAP_THRESHOLD, 256 << 20);
  mallopt(M_TRIM_THRESHOLD, -1);  // never
}

Status WarmUpLibraries(const std::string& device) {
  VENTRAL_ASSIGN_OR_RETURN(const c10::Device place, FindDevice(device));
  auto done = Contained("starting LibTorch", [&] {
    at::set_num_threads(1);
    Touch(place);
    return 0;
  });
  return done.ok() ? Status(Ok{}) : Status(std::move(done).error());
}

Status StartThreads(int threads) {
  auto done = Contained("starting threads", [&] {
    at::set_num_threads(threads);
    Touch(c10::kCPU);
    at::parallel_for(0, 1 << 20, 1, [](std::int64_t, std::int64_t) {});
    return 0;
  });
  return done.ok() ? Status(Ok{}) : Status(std::move(done).error());
}

}  // namespace ventral
