// What LibTorch believes: a lie is refused before the call, the truth is not.
#include <ATen/Functions.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_promises.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;
using Named = std::map<std::string, c10::IValue>;

// "" or why the call is refused; arguments that are not named have their defaults.
std::string WhyRefused(const std::string& op, const Named& named) {
  const std::size_t dot = op.rfind('.');
  const std::string overload = op.substr(dot + 1);
  const auto& schema = c10::Dispatcher::singleton()
                           .findSchemaOrThrow(("aten::" + op.substr(0, dot)).c_str(),
                                              overload == "default" ? "" : overload.c_str())
                           .schema();
  std::vector<c10::IValue> arguments;
  std::size_t used = 0;
  for (const c10::Argument& argument : schema.arguments()) {
    const auto found = named.find(argument.name());
    used += found != named.end();
    arguments.push_back(found != named.end()       ? found->second
                        : argument.default_value() ? *argument.default_value()
                                                   : c10::IValue());
  }
  EXPECT_EQ(used, named.size()) << op;
  const PromiseCheck check = FindPromiseCheck(op, schema);
  if (check == nullptr) return "no check";
  try {
    check({schema, arguments});
  } catch (const Refusal& refusal) {
    return refusal.what();
  }
  return "";
}

at::Tensor Whole(std::vector<std::int64_t> values) { return at::tensor(values, at::kLong); }
at::Tensor Ones(std::vector<std::int64_t> sizes) { return at::ones(sizes); }
c10::List<std::int64_t> Sizes(std::vector<std::int64_t> sizes) {
  return c10::List<std::int64_t>(at::ArrayRef<std::int64_t>(sizes));
}
c10::List<at::Tensor> Tensors(std::vector<at::Tensor> tensors) {
  return c10::List<at::Tensor>(at::ArrayRef<at::Tensor>(tensors));
}

TEST(PromisesTest, RepeatsAreNeitherNegativeNorBeyondMemory) {
  const auto refused = [](at::Tensor repeats, c10::IValue size) {
    return WhyRefused("repeat_interleave.Tensor", {{"repeats", repeats}, {"output_size", size}});
  };
  EXPECT_EQ(refused(Whole({2, 0, 3}), std::int64_t{5}), "");
  EXPECT_EQ(refused(at::zeros({0}, at::kLong), {}), "");
  EXPECT_THAT(refused(Whole({100'000'000, 1 - 100'000'000}), std::int64_t{1}),
              HasSubstr("repeats: one is negative"));
  const std::int64_t quarter = std::int64_t{1} << 62;
  EXPECT_THAT(refused(Whole({quarter, quarter, quarter, quarter}), {}), HasSubstr("repeats"));
  EXPECT_THAT(
      WhyRefused("repeat_interleave.self_Tensor",
                 {{"self", Ones({2})}, {"repeats", Whole({3, -2})}, {"dim", std::int64_t{0}}}),
      HasSubstr("repeats"));
}

TEST(PromisesTest, AScaleSaysWhatTheSizesSay) {
  const auto refused = [](const std::string& op, std::int64_t out, c10::IValue scale) {
    return WhyRefused(op, {{"self", Ones({1, 1, 4, 4})},
                           {"output_size", Sizes({out, out})},
                           {"scales_h", scale},
                           {"scales_w", scale}});
  };
  for (const char* op : {"upsample_nearest2d.default", "upsample_bilinear2d.default",
                         "_upsample_bilinear2d_aa.default", "_upsample_nearest_exact2d.default"}) {
    EXPECT_EQ(refused(op, 64, {}), "") << op;
    EXPECT_EQ(refused(op, 8, 2.0), "") << op;
    EXPECT_EQ(refused(op, 6, 1.7), "") << op;  // ⌊6.8⌋
    EXPECT_EQ(refused(op, 64, -1.0), "") << op;
    EXPECT_EQ(refused(op, 64, std::numeric_limits<double>::quiet_NaN()), "") << op;
    EXPECT_THAT(refused(op, 64, 1e-30), HasSubstr("scales_h")) << op;
    EXPECT_THAT(refused(op, 64, 1e-5), HasSubstr("scales_h")) << op;
    EXPECT_THAT(refused(op, 1, 1e30), HasSubstr("scales_h")) << op;
    EXPECT_THAT(refused(op, 1, std::numeric_limits<double>::infinity()), HasSubstr("scales_h"));
  }
  EXPECT_THAT(WhyRefused("upsample_linear1d.default", {{"self", Ones({1, 1, 4})},
                                                       {"output_size", Sizes({64})},
                                                       {"align_corners", false},
                                                       {"scales", 1e-30}}),
              HasSubstr("scales"));
  EXPECT_THAT(WhyRefused("upsample_nearest3d.default", {{"self", Ones({1, 1, 4, 4, 4})},
                                                        {"output_size", Sizes({8, 8, 8})},
                                                        {"scales_d", 1e-5}}),
              HasSubstr("scales_d"));
}

// Its name is asked for in the error that says that it has none.
TEST(PromisesTest, AMemoryFormatIsOneThatThereIs) {
  const auto refused = [](const c10::IValue& format) {
    return WhyRefused("clone.default", {{"self", Ones({1, 3, 4, 4})}, {"memory_format", format}});
  };
  for (std::int64_t format = 0; format < 4; ++format) EXPECT_EQ(refused(format), "");
  EXPECT_EQ(refused({}), "");
  EXPECT_THAT(refused(std::int64_t{9}), HasSubstr("memory_format: there is none of number 9"));
  EXPECT_THAT(refused(std::int64_t{-1}), HasSubstr("memory_format: there is none of number -1"));
}

TEST(PromisesTest, AGridHasAModeThatThereIs) {
  const auto refused = [](std::int64_t interpolation, std::int64_t padding) {
    return WhyRefused("grid_sampler.default", {{"input", Ones({1, 1, 4, 4})},
                                               {"grid", Ones({1, 2, 2, 2})},
                                               {"interpolation_mode", interpolation},
                                               {"padding_mode", padding},
                                               {"align_corners", false}});
  };
  EXPECT_EQ(refused(2, 2), "");
  EXPECT_THAT(refused(77, 0), HasSubstr("interpolation_mode: 77"));
  EXPECT_THAT(refused(0, -1), HasSubstr("padding_mode: -1"));
}

TEST(PromisesTest, WeightNormHasANormForEachSlice) {
  const auto refused = [](std::vector<std::int64_t> g, std::int64_t dim) {
    return WhyRefused("_weight_norm.default", {{"v", Ones({3, 4})}, {"g", Ones(g)}, {"dim", dim}});
  };
  EXPECT_EQ(refused({3, 1}, 0), "");
  EXPECT_EQ(refused({1, 4}, 1), "");
  EXPECT_EQ(refused({}, -1), "");
  EXPECT_THAT(refused({1}, 0), HasSubstr("g: not one norm"));
  EXPECT_THAT(refused({3, 1}, 1), HasSubstr("g: not one norm"));
}

TEST(PromisesTest, BatchNormHasANumberForEachChannel) {
  const auto refused = [](c10::IValue mean, c10::IValue weight, bool training) {
    return WhyRefused("native_batch_norm.default", {{"input", Ones({1, 3, 4, 4})},
                                                    {"weight", weight},
                                                    {"running_mean", mean},
                                                    {"running_var", mean},
                                                    {"training", training},
                                                    {"momentum", 0.1},
                                                    {"eps", 1e-5}});
  };
  EXPECT_EQ(refused(Ones({3}), {}, false), "");
  EXPECT_EQ(refused({}, Ones({3}), true), "");
  EXPECT_THAT(refused({}, {}, false), HasSubstr("running_mean: missing"));
  EXPECT_THAT(refused(Ones({1}), {}, false), HasSubstr("running_mean: not one number"));
  EXPECT_THAT(refused(Ones({3}), Ones({1}), false), HasSubstr("weight: not one number"));
}

TEST(PromisesTest, PaddingIsNoNumberThatWraps) {
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  for (const char* op : {"reflection_pad1d.default", "replication_pad1d.default"}) {
    const auto refused = [op](std::int64_t left, std::int64_t right) {
      return WhyRefused(op, {{"self", Ones({2, 5})}, {"padding", Sizes({left, right})}});
    };
    EXPECT_EQ(refused(-2, 4), "");
    EXPECT_THAT(refused(least, least), HasSubstr("padding: -9223372036854775808 is beyond"));
    EXPECT_THAT(refused(0, std::numeric_limits<std::int64_t>::max()), HasSubstr("is beyond"));
  }
  EXPECT_EQ(WhyRefused("pad.default", {{"self", Ones({2, 5})}, {"pad", Sizes({1, 1})}}), "");
  EXPECT_THAT(WhyRefused("pad.default", {{"self", Ones({2, 5})}, {"pad", Sizes({least, 0})}}),
              HasSubstr("is beyond"));
}

TEST(PromisesTest, GroupNormHasTheSizesOfItsInput) {
  const auto refused = [](std::int64_t n, std::int64_t c, std::int64_t rest) {
    return WhyRefused("native_group_norm.default", {{"input", Ones({2, 8, 4, 3})},
                                                    {"N", n},
                                                    {"C", c},
                                                    {"HxW", rest},
                                                    {"group", std::int64_t{4}},
                                                    {"eps", 1e-5}});
  };
  EXPECT_EQ(refused(2, 8, 12), "");
  EXPECT_THAT(refused(1, 16, 12), HasSubstr("N: 1 where the input has 2"));
  EXPECT_THAT(refused(2, 4, 24), HasSubstr("C: 4 where the input has 8"));
  EXPECT_THAT(refused(2, 8, (std::int64_t{1} << 60) + 12), HasSubstr("HxW: "));
}

TEST(PromisesTest, TheLeastWholeNumberIsNotDividedByMinusOne) {
  const auto refused = [](at::Tensor self, at::Tensor other, const char* mode = "trunc") {
    return WhyRefused("div.Tensor_mode",
                      {{"self", self}, {"other", other}, {"rounding_mode", std::string(mode)}});
  };
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::int64_t least_int = std::numeric_limits<std::int32_t>::min();
  EXPECT_EQ(refused(Whole({least, 5}), Whole({2, 3})), "");
  EXPECT_EQ(refused(Whole({least}), Whole({-1}), "floor"), "");
  EXPECT_EQ(refused(Whole({least_int}), Whole({-1})), "");
  EXPECT_EQ(refused(at::full({1}, -1e300, at::kDouble), Whole({-1})), "");
  EXPECT_THAT(refused(Whole({5, least}), Whole({-1})), HasSubstr("divided by -1"));
  EXPECT_THAT(refused(Whole({least_int}).to(at::kInt), Whole({-1}).to(at::kInt)),
              HasSubstr("divided by -1"));
  EXPECT_THAT(WhyRefused("div.Scalar_mode", {{"self", Whole({least})},
                                             {"other", std::int64_t{-1}},
                                             {"rounding_mode", std::string("trunc")}}),
              HasSubstr("divided by -1"));
}

// One layer, three inputs, hidden size 4; [time 2 × batch 5 × 3].
Named Recurrent(std::int64_t gates, c10::IValue state, std::vector<at::Tensor> params) {
  if (params.empty()) params = {Ones({gates * 4, 3}), Ones({gates * 4, 4})};
  return {{"input", Ones({2, 5, 3})},
          {"hx", std::move(state)},
          {"params", Tensors(params)},
          {"has_biases", params.size() == 4},
          {"num_layers", std::int64_t{1}},
          {"dropout", 0.0},
          {"train", false},
          {"bidirectional", false},
          {"batch_first", false}};
}

TEST(PromisesTest, ARecurrentNetworksSizesFollowFromItsState) {
  const at::Tensor state = Ones({1, 5, 4});
  const auto pair = [&](const at::Tensor& h, const at::Tensor& c) { return Tensors({h, c}); };
  EXPECT_EQ(WhyRefused("lstm.input", Recurrent(4, pair(state, state), {})), "");
  EXPECT_EQ(WhyRefused("gru.input", Recurrent(3, state, {})), "");
  EXPECT_EQ(WhyRefused("rnn_tanh.input", Recurrent(1, state, {})), "");
  EXPECT_EQ(WhyRefused("gru.input",
                       Recurrent(3, state, {Ones({12, 3}), Ones({12, 4}), Ones({12}), Ones({12})})),
            "");
  const at::Tensor small = Ones({1, 5, 2});  // projected to 2
  EXPECT_EQ(WhyRefused("lstm.input", Recurrent(4, pair(small, state),
                                               {Ones({16, 3}), Ones({16, 2}), Ones({2, 4})})),
            "");

  EXPECT_THAT(WhyRefused("lstm.input", Recurrent(4, pair(Ones({1, 2, 4}), state), {})),
              HasSubstr("hx: [1, 2, 4]"));
  EXPECT_THAT(WhyRefused("lstm.input", Recurrent(4, Tensors({state}), {})),
              HasSubstr("hx: a state"));
  EXPECT_THAT(WhyRefused("gru.input", Recurrent(3, state, {Ones({4, 3}), Ones({4, 4})})),
              HasSubstr("params: [4, 3]"));
  EXPECT_THAT(
      WhyRefused("gru.input",
                 Recurrent(3, state, {Ones({12, 3}), Ones({12, 4}), Ones({1}), Ones({12})})),
      HasSubstr("params: [1]"));
  EXPECT_THAT(WhyRefused("gru.input", Recurrent(3, state.to(at::kLong), {})), HasSubstr("of Long"));
  Named layers = Recurrent(3, state, {});
  layers["num_layers"] = std::int64_t{1} << 62;
  EXPECT_THAT(WhyRefused("gru.input", layers),
              HasSubstr("params: 2 for 4611686018427387904 layers"));
  layers["num_layers"] = std::int64_t{-1};
  EXPECT_THAT(WhyRefused("gru.input", layers), HasSubstr("params"));
}

}  // namespace
}  // namespace ventral
