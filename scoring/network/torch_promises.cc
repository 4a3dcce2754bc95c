#include "scoring/network/torch_promises.h"

#include <ATen/Functions.h>
#include <c10/core/MemoryFormat.h>

#include <algorithm>
#include <limits>
#include <map>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

constexpr char kMemoryFormat[] = "memory_format";
// An index beyond this is no index into memory, and sums of fewer stay exact in double precision.
constexpr double kMostRepeats = 1e15;
constexpr std::int64_t kMostPadding = std::int64_t{1} << 40;

// LibTorch looks for negative repeats only where no output_size is given, and never for a sum that
// passes 64 bits; it writes as far as the partial sums reach.
void CheckRepeats(const Call& call) {
  const at::Tensor& repeats = call["repeats"].toTensor();
  if (repeats.numel() == 0) return;
  if (at::lt(repeats, 0).any().item().toBool()) throw Refusal("repeats: one is negative");
  if (!(repeats.to(at::kDouble).sum().item().toDouble() < kMostRepeats))
    throw Refusal("repeats: their sum passes what memory can hold");
}

// A scale says again what input and output sizes say: ⌊input·scale⌋ = output, up to rounding.
// LibTorch multiplies by it to find where to read. It takes no heed of one that is not positive.
void CheckScale(const c10::IValue& scale, std::int64_t input, std::int64_t output,
                const std::string& name) {
  if (scale.isNone() || !(scale.toDouble() > 0)) return;
  const double wanted = static_cast<double>(input) * scale.toDouble();
  const auto given = static_cast<double>(output);
  if (!(wanted > given - 0.5 && wanted < given + 1.5)) {
    throw Refusal(name + ": " + std::to_string(scale.toDouble()) + " does not make " +
                  std::to_string(output) + " of " + std::to_string(input));
  }
}

// Of upsample_….default: the last axes of `self` become output_size.
void CheckScales(const Call& call) {
  const at::Tensor& self = call["self"].toTensor();
  const std::vector<std::int64_t> output = call["output_size"].toIntVector();
  const auto axes = static_cast<std::int64_t>(output.size());
  if (axes < 1 || axes > 3 || self.dim() != axes + 2)
    throw Refusal("output_size: " + std::to_string(axes) + " sizes for a tensor of " +
                  std::to_string(self.dim()) + " axes");
  if (axes == 1) return CheckScale(call["scales"], self.size(2), output[0], "scales");
  static constexpr const char* kNames[] = {"scales_d", "scales_h", "scales_w"};
  for (std::int64_t axis = 0; axis < axes; ++axis) {
    const char* name = kNames[3 - axes + axis];
    CheckScale(call[name], self.size(2 + axis), output[static_cast<std::size_t>(axis)], name);
  }
}

// A mode that is none computes nothing, and what is returned is what stood in memory.
void CheckGridModes(const Call& call) {
  for (const char* name : {"interpolation_mode", "padding_mode"}) {
    const std::int64_t mode = call[name].toInt();
    if (mode < 0 || mode > 2) throw Refusal(std::string(name) + ": " + std::to_string(mode));
  }
}

// The fused kernel takes as many norms from `g` as `v` has along `dim`.
void CheckWeightNorm(const Call& call) {
  const at::Tensor &v = call["v"].toTensor(), &g = call["g"].toTensor();
  const std::int64_t dim = call["dim"].toInt();
  if (v.dim() == 0 || (dim != 0 && dim != v.dim() - 1)) return;  // broadcast, with checks
  std::vector<std::int64_t> wanted(static_cast<std::size_t>(v.dim()), 1);
  wanted[static_cast<std::size_t>(dim)] = v.size(dim);
  if (v.numel() == 0 || g.sizes() != at::IntArrayRef(wanted))
    throw Refusal("g: not one norm for each slice of v along axis " + std::to_string(dim));
}

// One number a channel in each, and the running ones where they are read.
void CheckBatchNorm(const Call& call) {
  const at::Tensor& input = call["input"].toTensor();
  if (input.dim() < 2) throw Refusal("input: fewer than 2 axes");
  for (const char* name : {"weight", "bias", "running_mean", "running_var"}) {
    const c10::IValue& value = call[name];
    const bool needed = name[0] == 'r' && !call["training"].toBool();
    if (value.isNone() || !value.toTensor().defined()) {
      if (needed) throw Refusal(std::string(name) + ": missing outside of training");
    } else if (value.toTensor().dim() != 1 || value.toTensor().size(0) != input.size(1)) {
      throw Refusal(std::string(name) + ": not one number for each of " +
                    std::to_string(input.size(1)) + " channels");
    }
  }
}

// N, C and HxW say again what the sizes of `input` say; LibTorch compares their product alone, which
// may wrap, and steps through memory by each.
void CheckGroupNorm(const Call& call) {
  const at::Tensor& input = call["input"].toTensor();
  if (input.dim() < 2) throw Refusal("input: fewer than 2 axes");
  std::int64_t rest = 1;
  for (std::int64_t axis = 2; axis < input.dim(); ++axis) rest *= input.size(axis);
  const std::pair<const char*, std::int64_t> sizes[] = {
      {"N", input.size(0)}, {"C", input.size(1)}, {"HxW", rest}};
  for (const auto& [name, size] : sizes) {
    if (call[name].toInt() != size) {
      throw Refusal(std::string(name) + ": " + std::to_string(call[name].toInt()) +
                    " where the input has " + std::to_string(size));
    }
  }
}

// LibTorch reckons the places that it reads with sums of these, which wrap for the largest ones.
void CheckPadding(const c10::IValue& padding) {
  for (const std::int64_t size : padding.toIntVector()) {
    if (size < -kMostPadding || size > kMostPadding)
      throw Refusal("padding: " + std::to_string(size) + " is beyond any size");
  }
}

void CheckPad(const Call& call) { CheckPadding(call["pad"]); }
void CheckMirroredPad(const Call& call) { CheckPadding(call["padding"]); }

at::Tensor AsTensor(const c10::IValue& value) {
  return value.isTensor() ? value.toTensor() : at::scalar_tensor(value.toScalar(), at::kLong);
}

// The processor ends the process for the least whole number divided by -1: there is no such number.
void CheckTruncatedDivision(const Call& call) {
  if (call["rounding_mode"].isNone() || call["rounding_mode"].toStringRef() != "trunc") return;
  if (!call["other"].isTensor() && !call["other"].toScalar().isIntegral(true)) return;
  const at::Tensor self = call["self"].toTensor(), other = AsTensor(call["other"]);
  const c10::ScalarType type = at::result_type(self, other);
  if (type != at::kInt && type != at::kLong) return;  // shorter ones are computed as kInt
  const std::int64_t least = type == at::kInt ? std::numeric_limits<std::int32_t>::min()
                                              : std::numeric_limits<std::int64_t>::min();
  if (at::eq(other, -1).any().item().toBool() && at::eq(self.to(type), least).any().item().toBool())
    throw Refusal("other: the least whole number is divided by -1");
}

// LibTorch's words for one that there is not ask for its name, whose words ask for its name, …
// until there is no stack left.
void CheckMemoryFormat(const Call& call) {
  const c10::IValue& format = call[kMemoryFormat];
  if (format.isNone()) return;
  const std::int64_t number = format.toInt();
  if (number < 0 || number >= static_cast<std::int64_t>(c10::MemoryFormat::NumOptions))
    throw Refusal("memory_format: there is none of number " + std::to_string(number));
}

const std::map<std::string_view, PromiseCheck>& Checks() {
  static const std::map<std::string_view, PromiseCheck> checks = {
      {"_upsample_bicubic2d_aa.default", CheckScales},
      {"_upsample_bilinear2d_aa.default", CheckScales},
      {"_upsample_nearest_exact1d.default", CheckScales},
      {"_upsample_nearest_exact2d.default", CheckScales},
      {"_upsample_nearest_exact3d.default", CheckScales},
      {"_weight_norm.default", CheckWeightNorm},
      {"constant_pad_nd.default", CheckPad},
      {"div.Scalar_mode", CheckTruncatedDivision},
      {"div.Tensor_mode", CheckTruncatedDivision},
      {"div_.Scalar_mode", CheckTruncatedDivision},
      {"div_.Tensor_mode", CheckTruncatedDivision},
      {"divide.Scalar_mode", CheckTruncatedDivision},
      {"divide.Tensor_mode", CheckTruncatedDivision},
      {"grid_sampler.default", CheckGridModes},
      {"grid_sampler_2d.default", CheckGridModes},
      {"grid_sampler_3d.default", CheckGridModes},
      {"gru.input", CheckRecurrent},
      {"lstm.input", CheckRecurrent},
      {"native_batch_norm.default", CheckBatchNorm},
      {"native_group_norm.default", CheckGroupNorm},
      {"pad.default", CheckPad},
      {"reflection_pad1d.default", CheckMirroredPad},
      {"reflection_pad2d.default", CheckMirroredPad},
      {"reflection_pad3d.default", CheckMirroredPad},
      {"repeat_interleave.Tensor", CheckRepeats},
      {"repeat_interleave.self_Tensor", CheckRepeats},
      {"replication_pad1d.default", CheckMirroredPad},
      {"replication_pad2d.default", CheckMirroredPad},
      {"replication_pad3d.default", CheckMirroredPad},
      {"rnn_relu.input", CheckRecurrent},
      {"rnn_tanh.input", CheckRecurrent},
      {"upsample_bicubic2d.default", CheckScales},
      {"upsample_bilinear2d.default", CheckScales},
      {"upsample_linear1d.default", CheckScales},
      {"upsample_nearest1d.default", CheckScales},
      {"upsample_nearest2d.default", CheckScales},
      {"upsample_nearest3d.default", CheckScales},
      {"upsample_trilinear3d.default", CheckScales},
  };
  return checks;
}

}  // namespace

const c10::IValue& Call::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (schema.arguments()[i].name() == name) return arguments[i];
  }
  throw Refusal("the operator has no argument " + std::string(name));
}

PromiseCheck FindPromiseCheck(std::string_view name_and_overload,
                              const c10::FunctionSchema& schema) {
  const auto found = Checks().find(name_and_overload);
  if (found != Checks().end()) return found->second;
  const auto takes_format = [](const c10::Argument& argument) {
    return argument.name() == kMemoryFormat;
  };
  const bool takes =
      std::any_of(schema.arguments().begin(), schema.arguments().end(), takes_format);
  return takes ? CheckMemoryFormat : nullptr;
}

}  // namespace ventral
