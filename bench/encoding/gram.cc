// bench_gram FEATURES.npy
//   the Gram matrix of these features [stimulus × feature], as extraction makes it
// Prints the seconds, reading the file not counted, and the trace.
#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "scoring/features/torch_gram.h"
#include "scoring/pack/npy.h"

namespace ventral {
namespace {

void Run(const std::string& file) {
  const auto array = ReadNpyFile(file, 4ull << 30, file);
  if (!array.ok()) {
    std::fprintf(stderr, "bench_gram: %s\n", array.error().ToString().c_str());
    std::exit(1);
  }
  const c10::InferenceMode inference;
  const at::Tensor features = at::empty({array->shape.at(0), array->shape.at(1)}, at::kFloat);
  std::transform(array->values.begin(), array->values.end(), features.data_ptr<float>(),
                 [](double value) { return static_cast<float>(value); });
  const auto start = std::chrono::steady_clock::now();
  GramSum sum(features.size(0), at::kCPU);
  sum.Add(features);
  const double trace = sum.Finish().trace();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("%.6f %.9g\n", seconds.count(), trace);
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    ventral::Run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_gram: %s\n", error.what());
    return 1;
  }
}
