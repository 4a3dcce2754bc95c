// bench_extraction NET.pt2 NET.ts.pt BATCH ROUNDS THREADS: seconds of one forward pass, by turns.
// Prints "variant seconds" lines:
//   bare         the interpreter, no layer looked at
//   tapped       the interpreter, every layer copied out and summed as extraction does
//   torchscript  torch::jit on the same network, traced
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/serialization/import.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>

#include "scoring/base/mapped_file.h"
#include "scoring/features/torch_pass.h"
#include "scoring/features/warm_up.h"
#include "scoring/network/network.h"
#include "scoring/network/torch_network.h"

namespace ventral {
namespace {

double SecondsOf(const std::function<void()>& run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Must(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.error().ToString().c_str());
  std::exit(1);
}

class Tapped {
 public:
  Tapped(const Network& network, std::int64_t batch) : network_(network), held_(layers().size()) {
    Run(at::zeros({batch, 3, network.preprocessing().height, network.preprocessing().width}));
  }
  std::vector<std::size_t> layers() const {
    std::vector<std::size_t> all(network_.layers().size());
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  void Run(const at::Tensor& images) {
    Must(Forward(network_, images, layers(), [this](std::size_t layer, const at::Tensor& x) {
      const at::Tensor rows = x.reshape({x.size(0), -1});
      if (!held_[layer].defined()) held_[layer] = at::empty_like(rows);
      CopyRows(rows, held_[layer]);
      return Status(Ok{});
    }));
  }

 private:
  const Network& network_;
  std::vector<at::Tensor> held_;
};

int Run(char** argv) {
  const std::int64_t batch = std::atoll(argv[3]);
  const int rounds = std::atoi(argv[4]);
  const c10::InferenceMode inference;
  KeepFreedMemory();
  at::set_num_threads(std::atoi(argv[5]));
  auto file = MappedFile::Open(argv[1]);
  if (!file.ok()) Must(Status(file.error()));
  auto network = Network::Load(file->view(), "cpu");
  if (!network.ok()) Must(Status(network.error()));
  auto script = torch::jit::load(argv[2]);
  const Preprocessing& about = network->preprocessing();
  const at::Tensor images = at::rand({batch, 3, about.height, about.width});
  Tapped tapped(*network, batch);
  const std::pair<const char*, std::function<void()>> variants[] = {
      {"bare",
       [&] { Must(Output(*network, images).ok() ? Status(Ok{}) : Status(Internal("output"))); }},
      {"tapped", [&] { tapped.Run(images); }},
      {"torchscript", [&] { script.forward({images}); }}};
  for (int round = -2; round < rounds; ++round) {
    for (const auto& [name, run] : variants) {
      const double seconds = SecondsOf(run);
      if (round >= 0) std::printf("%s %.6f\n", name, seconds);
    }
  }
  return 0;
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "bench_extraction NET.pt2 NET.ts.pt BATCH ROUNDS THREADS\n");
    return 2;
  }
  return ventral::Run(argv);
}
