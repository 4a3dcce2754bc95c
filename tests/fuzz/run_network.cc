#include "tests/fuzz/run_network.h"

#include <ATen/Functions.h>
#include <malloc.h>

#include "scoring/network/torch_input.h"
#include "scoring/network/torch_network.h"
#include "tests/fuzz/targets.h"

namespace ventral::fuzz {
namespace {

// An expanded tensor may have more elements than memory: of large ones the sizes count.
constexpr std::int64_t kMostCompared = 1 << 18;
constexpr std::int64_t kMostPixels = 64 * 64 * 16;

std::uint64_t Mixed(std::uint64_t hash, const void* data, std::size_t bytes) {
  const auto* at = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < bytes; ++i) hash = (hash ^ at[i]) * 1099511628211ull;  // FNV-1a
  return hash;
}

std::uint64_t NumberOf(const at::Tensor& tensor) {
  std::uint64_t hash = 14695981039346656037ull;
  hash = Mixed(hash, tensor.sizes().data(), tensor.sizes().size() * sizeof(std::int64_t));
  if (tensor.numel() == 0 || tensor.numel() > kMostCompared) return hash;
  const at::Tensor whole = tensor.resolve_conj().resolve_neg().contiguous();
  return Mixed(hash, whole.const_data_ptr(), whole.nbytes());
}

void Take(const c10::IValue& value, std::vector<std::uint64_t>& results) {
  if (value.isTensor() && value.toTensor().defined()) {
    results.push_back(NumberOf(value.toTensor()));
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) results.push_back(NumberOf(tensor));
  }
}

}  // namespace

void CheckError(const Error& error) {
  const bool known =
      error.code == ErrorCode::kInvalidInput || error.code == ErrorCode::kResourceLimit;
  if (!known || error.message.empty()) Fail("an error of another kind: " + error.ToString());
}

std::optional<at::Tensor> ImagesFor(const Network& network, std::int64_t stimuli) {
  const BatchRange range = network.batch_range();
  const std::int64_t count = std::max(range.least, std::min(range.most, stimuli));
  const auto sizes = InputSizes(network.preprocessing(), count);
  std::int64_t pixels = 1;
  for (const std::int64_t size : sizes) {
    pixels *= size;
    if (pixels > kMostPixels) return std::nullopt;
  }
  const at::Tensor steps = at::arange(pixels, at::kDouble).mul(0.7).sin();
  return steps.reshape(sizes).mul(3).to(InputType(network.preprocessing()));
}

Answer Run(const Network& network, const at::Tensor& images) {
  Answer answer;
  if (network.sampling()) Reseed(network, 7);
  const auto tap = [&](std::size_t, const at::Tensor& activation) -> Status {
    if (activation.numel() <= kMostCompared) answer.layers.push_back(activation.clone());
    return Ok{};
  };
  const auto observe = [&](const Step& step) {
    for (const c10::IValue& result : step.results) Take(result, answer.results);
    answer.operators.resize(answer.results.size(), std::string(step.op));
  };
  const Status status = ForwardObserved(network, images.clone(), tap, observe);
  if (status.ok()) return answer;
  CheckError(status.error());
  answer.error = status.error().message;
  return answer;
}

void RunTwice(const Network& network) {
  const auto images = ImagesFor(network, 4);
  if (!images) return;
  mallopt(M_PERTURB, 0x5a);
  const Answer first = Run(network, *images);
  mallopt(M_PERTURB, 0xe7);
  const Answer second = Run(network, *images);
  mallopt(M_PERTURB, 0);
  if (first.error != second.error)
    Fail("two runs end differently: '" + first.error + "', '" + second.error + "'");
  if (first.results != second.results) {
    std::size_t at = 0;
    while (at < first.results.size() && first.results[at] == second.results[at]) ++at;
    const std::string op = at < first.operators.size() ? first.operators[at] : "the end";
    Fail("two runs differ from result " + std::to_string(at) + " on, of " + op);
  }
}

}  // namespace ventral::fuzz
