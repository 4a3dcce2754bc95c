// The allow-list: every operator exists, and none is of a kind that must never be on it.
#include "scoring/network/operators.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/enum_tag.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

namespace ventral {
namespace {

c10::OperatorHandle Find(std::string_view entry) {
  const std::size_t dot = entry.rfind('.');
  const std::string name = "aten::" + std::string(entry.substr(0, dot));
  const std::string overload(entry.substr(dot + 1));
  return c10::Dispatcher::singleton().findSchemaOrThrow(
      name.c_str(), overload == "default" ? "" : overload.c_str());
}

TEST(OperatorsTest, EachIsRegisteredOnceAndListedOnce) {
  const auto& operators = AllowedOperators();
  ASSERT_GT(operators.size(), 500U);
  EXPECT_EQ(std::adjacent_find(operators.begin(), operators.end()), operators.end());
  for (const std::string_view entry : operators) EXPECT_NO_THROW(Find(entry)) << entry;
}

TEST(OperatorsTest, OnlyInPlaceOperatorsWriteAndOnlyIntoTheirFirstArgument) {
  for (const std::string_view entry : AllowedOperators()) {
    const auto& arguments = Find(entry).schema().arguments();
    const bool in_place = entry[entry.rfind('.') - 1] == '_';
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const auto* alias = arguments[i].alias_info();
      const bool writes = alias != nullptr && alias->isWrite();
      EXPECT_TRUE(!writes || (in_place && i == 0))
          << entry << " writes into " << arguments[i].name();
      EXPECT_FALSE(arguments[i].is_out()) << entry;
    }
  }
}

TEST(OperatorsTest, NoneReachesFilesProcessesOrMemoryNotItsOwn) {
  const std::regex never(
      "from_file|save|load|print|set_|resize|as_strided|_reshape_alias|_unsafe|unsafe_|record_"
      "stream|empty|"
      "sparse|quantized|_cudnn|share|storage|data_ptr|out$|random|normal|uniform|multinomial");
  for (const std::string_view entry : AllowedOperators()) {
    const std::string name(entry);
    EXPECT_FALSE(std::regex_search(name, never)) << name;
  }
}

// LibTorch tags what may draw; scoring/network/torch_sampling.cc refuses it where no seed is
// stated.
TEST(OperatorsTest, WhatMayDrawRandomNumbersIsKnown) {
  std::vector<std::string_view> drawing;
  for (const std::string_view entry : AllowedOperators()) {
    if (Find(entry).hasTag(at::Tag::nondeterministic_seeded)) drawing.push_back(entry);
  }
  EXPECT_EQ(drawing,
            (std::vector<std::string_view>{
                "alpha_dropout.default", "bernoulli.default", "bernoulli.p", "dropout.default",
                "dropout_.default", "feature_alpha_dropout.default", "feature_dropout.default",
                "feature_dropout_.default", "gru.input", "lstm.input", "poisson.default",
                "rand.default", "rand_like.default", "randn.default", "randn_like.default",
                "rnn_relu.input", "rnn_tanh.input", "scaled_dot_product_attention.default"}));
}

TEST(OperatorsTest, NamesAreWholeNotPrefixes) {
  EXPECT_TRUE(IsAllowedOperator("conv2d.default"));
  EXPECT_FALSE(IsAllowedOperator("conv2d"));
  EXPECT_FALSE(IsAllowedOperator("conv2d.default "));
  EXPECT_FALSE(IsAllowedOperator("from_file.default"));
  EXPECT_FALSE(IsAllowedOperator(""));
  EXPECT_FALSE(IsAllowedOperator("# The operators that a checkpoint may use"));
}

}  // namespace
}  // namespace ventral
