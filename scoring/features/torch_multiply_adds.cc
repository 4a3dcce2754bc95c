#include "scoring/features/torch_multiply_adds.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

namespace ventral {
namespace {

using Values = std::vector<c10::IValue>;

double Count(const at::Tensor& tensor) { return static_cast<double>(tensor.numel()); }

double Size(const at::Tensor& tensor, std::int64_t axis) {
  return tensor.dim() == 0 ? 1 : static_cast<double>(tensor.size(axis));
}

// Each output value sums over one kernel: weight [out × in ÷ groups × kernel…].
double OfKernel(const at::Tensor& values, const at::Tensor& weight) {
  if (weight.dim() == 0 || weight.size(0) == 0) return 0;
  return Count(values) * Count(weight) / Size(weight, 0);
}

// [… × n × k] · [… × k × m]: k products for each value of the result.
double OfProduct(const c10::IValue& left, const Values& results) {
  return Count(results[0].toTensor()) * Size(left.toTensor(), -1);
}

double OfAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& values) {
  if (key.dim() < 2) return 0;
  const double keys = Size(key, -2);
  return Count(query) * keys + Count(values) * keys;
}

// The output's values times the sizes of the letters that are summed over.
double OfEinsum(const std::string& equation, const c10::IValue& operands,
                const at::Tensor& values) {
  std::string text;
  for (const char c : equation) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) text += c;
  }
  const std::size_t arrow = text.find("->");
  const std::string inputs = text.substr(0, arrow);
  std::map<char, double> sizes;
  std::map<char, int> seen;
  std::size_t begin = 0;
  for (const at::Tensor& operand : operands.toTensorVector()) {
    const std::string letters = inputs.substr(begin, inputs.find(',', begin) - begin);
    begin = std::min(inputs.size(), begin + letters.size() + 1);
    const std::size_t dots = letters.find("...");
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (letters[i] == '.') continue;
      ++seen[letters[i]];
      const bool after = dots != std::string::npos && i > dots;
      const auto axis =
          after ? static_cast<std::int64_t>(i) - std::ssize(letters) : static_cast<std::int64_t>(i);
      if (axis < operand.dim() && -axis <= operand.dim()) sizes[letters[i]] = Size(operand, axis);
    }
  }
  double summed = 1;
  for (const auto& [letter, size] : sizes) {
    const bool kept = arrow == std::string::npos
                          ? seen[letter] == 1
                          : text.find(letter, arrow + 2) != std::string::npos;
    if (!kept) summed *= size;
  }
  return Count(values) * summed;
}

// Each matrix of weights meets each element of the sequence once.
double OfRecurrent(const at::Tensor& input, const std::vector<at::Tensor>& weights) {
  double products = 0;
  for (const at::Tensor& weight : weights) products += weight.dim() == 2 ? Count(weight) : 0;
  return input.dim() == 0 ? 0 : products * Count(input) / std::max(1.0, Size(input, -1));
}

// input, state, w_ih, w_hh; the state of an lstm_cell is a list.
double OfCell(const Values& arguments) {
  return OfRecurrent(arguments[0].toTensor(), {arguments[2].toTensor(), arguments[3].toTensor()});
}

}  // namespace

double MultiplyAdds(std::string_view op, const Values& arguments, const Values& results) {
  const std::string_view name = op.substr(0, op.find('.'));
  const bool transposed =
      name.starts_with("conv_transpose") ||
      ((name == "convolution" || name == "_convolution") && arguments.at(6).toBool());
  if (transposed) return OfKernel(arguments[0].toTensor(), arguments[1].toTensor());
  if (name == "conv1d" || name == "conv2d" || name == "conv3d" || name == "convolution" ||
      name == "_convolution")
    return OfKernel(results[0].toTensor(), arguments[1].toTensor());
  if (name == "linear" || name == "mm" || name == "bmm" || name == "matmul" ||
      name == "linalg_matmul")
    return OfProduct(arguments[0], results);
  if (name == "addmm" || name == "baddbmm" || name == "addmv")
    return OfProduct(arguments[1], results);
  if (name == "scaled_dot_product_attention") {
    return OfAttention(arguments[0].toTensor(), arguments[1].toTensor(), results[0].toTensor());
  }
  if (name == "einsum")
    return OfEinsum(arguments[0].toStringRef(), arguments[1], results[0].toTensor());
  if (name == "lstm" || name == "gru" || name == "rnn_tanh" || name == "rnn_relu")
    return OfRecurrent(arguments[0].toTensor(), arguments[2].toTensorVector());
  if (name.ends_with("_cell")) return OfCell(arguments);
  return 0;
}

}  // namespace ventral
