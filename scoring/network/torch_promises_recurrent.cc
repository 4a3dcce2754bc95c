// CheckRecurrent of torch_promises.h. LibTorch's fused kernels take sizes from some of the tensors
// and read, and write, all of them by these.
#include <ATen/core/Tensor.h>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_promises.h"

namespace ventral {
namespace {

using Sizes = std::vector<std::int64_t>;

void Expect(const at::Tensor& tensor, const Sizes& sizes, c10::ScalarType type, const char* name) {
  if (tensor.sizes() == at::IntArrayRef(sizes) && tensor.scalar_type() == type) return;
  throw Refusal(std::string(name) + ": " + c10::str(tensor.sizes()) + " of " +
                c10::toString(tensor.scalar_type()) + " where " + c10::str(at::IntArrayRef(sizes)) +
                " of " + c10::toString(type) + " is needed");
}

struct Layout {
  std::int64_t gates, batch, hidden, output, directions, layers;
  bool biases;
  bool projects() const { return hidden != output; }
};

Layout LayoutOf(const Call& call, const at::Tensor& input, const std::vector<at::Tensor>& state) {
  Layout layout{};
  const std::string& name = call.schema.name();
  layout.gates = name == "aten::lstm" ? 4 : name == "aten::gru" ? 3 : 1;
  layout.batch = input.size(call["batch_first"].toBool() ? 0 : 1);
  layout.output = state.front().size(2);
  layout.hidden = state.back().size(2);
  layout.directions = call["bidirectional"].toBool() ? 2 : 1;
  layout.layers = call["num_layers"].toInt();
  layout.biases = call["has_biases"].toBool();
  return layout;
}

// The weights of one direction of one layer, from `at` on.
void CheckCell(const Layout& layout, std::int64_t input, c10::ScalarType type,
               const at::Tensor* at) {
  const std::int64_t rows = layout.gates * layout.hidden;
  Expect(*at++, {rows, input}, type, "params");
  Expect(*at++, {rows, layout.output}, type, "params");
  for (int i = 0; layout.biases && i < 2; ++i) Expect(*at++, {rows}, type, "params");
  if (layout.projects()) Expect(*at++, {layout.output, layout.hidden}, type, "params");
}

}  // namespace

void CheckRecurrent(const Call& call) {
  const at::Tensor& input = call["input"].toTensor();
  const auto state = call["hx"].isTensor() ? std::vector<at::Tensor>{call["hx"].toTensor()}
                                           : call["hx"].toTensorVector();
  const std::vector<at::Tensor> params = call["params"].toTensorVector();
  const bool two_states = call.schema.name() == "aten::lstm";
  if (state.size() != (two_states ? 2 : 1)) throw Refusal("hx: a state is missing, or too many");
  if (input.dim() != 3 || state.front().dim() != 3 || state.back().dim() != 3)
    throw Refusal("input and hx must have 3 axes");
  const Layout layout = LayoutOf(call, input, state);
  if (input.numel() == 0 || layout.hidden < 1 || layout.output < 1 || layout.hidden > 1 << 24)
    throw Refusal("input or hx: empty");
  const auto count = static_cast<std::int64_t>(params.size());
  const std::int64_t cell = 2 + (layout.biases ? 2 : 0) + (layout.projects() ? 1 : 0);
  if (layout.layers < 1 || layout.layers > count ||
      layout.layers * layout.directions * cell != count) {
    throw Refusal("params: " + std::to_string(count) + " for " + std::to_string(layout.layers) +
                  " layers");
  }
  const c10::ScalarType type = input.scalar_type();
  const std::int64_t states = layout.layers * layout.directions;
  Expect(state.front(), {states, layout.batch, layout.output}, type, "hx");
  Expect(state.back(), {states, layout.batch, layout.hidden}, type, "hx");
  for (std::int64_t i = 0; i < states; ++i) {
    const bool first = i < layout.directions;
    CheckCell(layout, first ? input.size(2) : layout.output * layout.directions, type,
              &params[static_cast<std::size_t>(i * cell)]);
  }
}

}  // namespace ventral
