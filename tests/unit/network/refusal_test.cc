// Files that are no network: each is refused by name, none is run.
#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scoring/network/network.h"
#include "scoring/network/torch_network.h"
#include "tests/support/files.h"
#include "tests/unit/network/fixtures.h"
#include "tests/unit/network/load.h"

namespace ventral {
namespace {

using ::testing::AllOf;
using testing::FixtureNetworks;
using ::testing::HasSubstr;

struct BadFile {
  const char* name;
  const char* reason;
};

constexpr BadFile kBadFiles[] = {
    {"empty.pt2", "not a zip archive"},
    {"text.pt2", "not a zip archive"},
    {"truncated.pt2", "truncated"},
    {"no_end.pt2", "truncated"},
    {"flipped_bit.pt2", "record data/weights/weight_0 is damaged (wrong CRC)"},
    {"pickle.pt2", "a pickle of torch.save"},
    {"compressed.pt2", "is compressed or encrypted"},
    {"traversal.pt2", "has a name that leaves the archive"},
    {"nested.pt2", "not an archive of PyTorch (no record version)"},
    {"claims_4_gb.pt2", "with another size than it has"},
    {"stored_size.pt2", "with another size than it has"},
    {"overlap.pt2", "two of its records overlap"},
    {"no_header.pt2", "has no header where the directory says"},
    {"outside.pt2", "lies outside the file"},
    {"no_card.pt2", "no extra/ventral.json"},
    {"no_model.pt2", "no record models/model.json"},
    {"no_weight.pt2", "no record data/weights/weight_0"},
    {"not_json.pt2", "models/model.json: not JSON"},
    {"deep_json.pt2", "nested deeper than 64"},
    {"big_endian.pt2", "not little-endian"},
    {"unknown_layer.pt2",
     "layer 'inner.missing' of ventral.json is no module that the network calls"},
    {"no_layers.pt2", "layers: no layer is named"},
    {"wrong_shape.pt2",
     "takes an input of [any × 3 × 9 × 9], the stated preprocessing gives [stimulus × 3 × 64 × 9]"},
    {"huge_image.pt2", "preprocessing.height: not between 1 and 8192 pixels"},
    {"zero_std.pt2", "preprocessing.std: must be positive"},
    {"card_format.pt2", "format 2, this program reads format 1"},
    {"unknown_element.pt2", "layer 'inner..0' is none: module inner returns inner"},
    {"unknown_output.pt2", "output 'logits' is none"},
    {"strange_input.pt2", "input.dtype: 'float32', 'uint8', 'int32' or 'int64', not 'complex64'"},
    {"normalised_bytes.pt2", "whole numbers are not normalised"},
    {"no_time.pt2", "input.time_steps: not between 1 and 1024"},
    {"time_axis.pt2", "the stated preprocessing gives [stimulus × 4 × 3 × 9 × 9]"},
    {"whole_numbers.pt2", "the network's input is not int64"},
    {"committed.pt2", "'elsewhere' is not one of the layers"},
    {"pickled_weight.pt2", "pickled, which is never read"},
    {"long_weight.pt2", "needs 400 elements, its record has"},
    {"huge_weight.pt2", "its sizes pass 64 bits"},
    {"negative_weight.pt2", "a size or stride is negative"},
    {"far_weight.pt2", "elements, its record has"},
    {"ten_terabytes.pt2", "elements, its record has"},
    {"no_stride.pt2", "elements, more than its record's"},
    {"many_axes.pt2", "more than 16 axes"},
    {"symbolic_weight.pt2", "a size is not a plain number"},
    {"strange_dtype.pt2", "dtype 99 is not supported"},
    {"schema_9.pt2", "major version 9, this program reads version 8"},
    {"from_file.pt2",
     "node crafted (torch.ops.aten.from_file.default) in module inner: this operator is not "
     "allowed"},
    {"as_strided.pt2", "aten.as_strided.default) in module inner: this operator is not allowed"},
    {"other_namespace.pt2", "prims.empty.default) in module inner: this operator is not allowed"},
    {"out_variant.pt2", "aten.add.out) in module inner: this operator is not allowed"},
    {"map.pt2", "higher_order.map_impl) in module inner: this operator is not allowed"},
    {"subgraph_from_file.pt2", "aten.from_file.default) in module inner: this operator is not"},
    {"subgraph_undefined.pt2", "value 'nobody' is used before it is defined"},
    {"subgraph_outside.pt2", "value 'x' is used before it is defined"},
    {"subgraph_operands.pt2", "a subgraph with 2 values is handed 1"},
    {"subgraph_no_graph.pt2", "an argument is no graph"},
    {"subgraph_predicate.pt2", "a value of kind as_string cannot enter or leave a subgraph"},
    {"subgraph_deep.pt2", "nested deeper than 64"},
    {"undefined.pt2", "value 'nobody' is used before it is defined"},
    {"defined_twice.pt2", "value 'x' is defined twice"},
    {"wrong_type.pt2", "argument self: not of the type Tensor"},
    {"no_argument.pt2", "argument self is missing"},
    {"strange_argument.pt2", "the operator has no argument selves"},
    {"long_integer.pt2", "argument start_dim: integer: a whole number within 64 bits is needed"},
    {"list_output.pt2", "an output is a list where the operator returns none"},
    {"lying_signature.pt2", "the signature of layer inner names 'nobody'"},
    {"own_output.pt2", "value 'crafted' is used before it is defined"},
    {"cycle.pt2", "value 'b' is used before it is defined"},
    {"recursive.pt2", "as_graph: no field 'graph'"},
    {"many_nodes.pt2", "nodes, at most 500000 are allowed"},
    {"gigabyte_of_nodes.pt2",
     "record models/model.json has 1073741824 bytes, at most 268435456 are allowed"},
    {"impossible_batch.pt2", "between 10 and 5 images at once, which cannot be"},
    {"huge_batch.pt2", "images at once, which cannot be"},
    {"symbolic_width.pt2", "takes an input of [any × 3 × 9 × any]"},
    {"set_.pt2", "aten.set_.source_Storage_storage_offset) in module inner: this operator is not"},
    {"resize_.pt2", "aten.resize_.default) in module inner: this operator is not allowed"},
    {"reshape_alias.pt2", "aten._reshape_alias.default) in module inner: this operator is not"},
    {"as_strided_in_place.pt2", "aten.as_strided_.default) in module inner: this operator is not"},
    {"out_argument.pt2", "aten.relu.out) in module inner: this operator is not allowed"},
    {"custom_namespace.pt2", "torchvision.nms.default) in module inner: this operator is not"},
    {"backend_namespace.pt2", "(torch.ops.mkldnn._linear_pointwise.default) in module inner: this"},
    {"collective.pt2", "_c10d_functional.all_reduce.default) in module inner: this operator"},
    {"profiler.pt2", "_record_function_enter_new.default) in module inner: this operator"},
    {"eval.pt2", "(builtins.eval) in module inner: this operator is not allowed"},
    {"system.pt2", "(os.system) in module inner: this operator is not allowed"},
    {"no_overload.pt2", "(torch.ops.aten.relu) in module inner: this operator is not allowed"},
    {"text_as_axis.pt2", "argument start_dim: not of the type int"},
    {"tensor_as_size.pt2", "argument size: not of the type"},
    {"sizes_as_tensor.pt2", "argument self: not of the type Tensor"},
    {"none_as_tensor.pt2", "argument self: not of the type Tensor"},
    {"truth_as_number.pt2", "argument dim: not of the type int"},
    {"unknown_dtype.pt2", "argument dtype: dtype 99 is not supported"},
    {"sparse_layout.pt2", "argument layout: layout 1; only strided tensors are supported"},
    {"unknown_memory_format.pt2", "argument memory_format: memory format 9"},
    {"number_as_memory_format.pt2", "argument memory_format: not of the type"},
    {"number_as_dtype.pt2", "argument dtype: not of the type"},
    {"number_as_layout.pt2", "argument layout: not of the type"},
    {"custom_object.pt2", "argument self: kind as_custom_obj is not supported"},
    {"argument_twice.pt2", "argument self is given twice"},
    {"two_kinds.pt2", "argument: an object of one member is needed"},
    {"absolute.pt2", "record '/etc/passwd' has a name that leaves the archive"},
    {"backslash.pt2", "has a name that leaves the archive"},
    {"zero_in_name.pt2", "has a name that leaves the archive"},
    {"two_folders.pt2", "does not lie in the one folder of a PyTorch archive"},
    {"twice.pt2", "record net/byteorder stands twice in the archive"},
    {"encrypted.pt2", "is compressed or encrypted"},
    {"zip64_lie.pt2", "claims 1152921504606846976 bytes, more than the file has"},
    {"far_directory.pt2", "its directory lies outside the file (truncated?)"},
    {"more_entries.pt2", "broken zip archive: a field is cut off (truncated?)"},
};

TEST(RefusalTest, EveryBadFileIsNamedWithItsReason) {
  const auto folder = FixtureNetworks() / "bad";
  for (const BadFile& bad : kBadFiles) {
    SCOPED_TRACE(bad.name);
    const auto network = testing::LoadNetwork(folder / bad.name);
    ASSERT_FALSE(network.ok());
    EXPECT_EQ(network.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(
        network.error().message,
        AllOf(HasSubstr(std::string(bad.name) + " is no network: "), HasSubstr(bad.reason)));
  }
}

TEST(RefusalTest, TheTableHasEveryBadFile) {
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator(FixtureNetworks() / "bad"))
    ++files;
  EXPECT_EQ(files, std::size(kBadFiles));
}

struct GreedyFile {
  const char* name;
  ErrorCode code;
  const char* reason;
};

// Only a run can tell that these ask for too much: an error that names the node, never a crash.
TEST(RefusalTest, WhatCannotRunIsAnErrorThatNamesTheNode) {
  constexpr GreedyFile kFiles[] = {
      {"clone_of_expand.pt2", ErrorCode::kResourceLimit, "not enough memory"},
      {"zeros_10_12.pt2", ErrorCode::kResourceLimit, "not enough memory"},
      {"slow_repeat.pt2", ErrorCode::kResourceLimit, "not enough memory"},
      {"size_overflow.pt2", ErrorCode::kInvalidInput, "aten.zeros.default"},
      {"negative_size.pt2", ErrorCode::kInvalidInput, "aten.zeros.default"},
      {"index_outside.pt2", ErrorCode::kInvalidInput, "out of range"},
      {"size_outside_range.pt2", ErrorCode::kInvalidInput,
       "size 'lie' is 2, the archive says between 100 and 200"},
      {"negative_repeats.pt2", ErrorCode::kInvalidInput, "repeats: one is negative"},
      {"huge_repeats.pt2", ErrorCode::kInvalidInput, "repeats: their sum passes"},
      {"lying_scale.pt2", ErrorCode::kInvalidInput, "scales_h: 0.000010 does not make 64 of 4"},
      {"no_such_mode.pt2", ErrorCode::kInvalidInput, "interpolation_mode: 77"},
      {"short_norm.pt2", ErrorCode::kInvalidInput, "g: not one norm for each slice"},
      {"no_statistics.pt2", ErrorCode::kInvalidInput, "running_mean: missing"},
      {"wrapping_norm.pt2", ErrorCode::kInvalidInput,
       "HxW: 2305843009213693968 where the input has 16"},
      {"least_by_minus_one.pt2", ErrorCode::kInvalidInput, "least whole number is divided by -1"},
      {"short_state.pt2", ErrorCode::kInvalidInput, "hx: [1, 2, 4]"},
  };
  for (const GreedyFile& file : kFiles) {
    SCOPED_TRACE(file.name);
    const auto network = testing::LoadNetwork(FixtureNetworks() / "greedy" / file.name);
    ASSERT_TRUE(network.ok()) << network.error().ToString();
    const auto output = Output(*network, at::ones({2, 3, 9, 9}));
    ASSERT_FALSE(output.ok());
    EXPECT_EQ(output.error().code, file.code);
    EXPECT_THAT(output.error().message,
                AllOf(HasSubstr("the network does not run: node "), HasSubstr(file.reason)));
  }
}

// 10⁶ records of one byte, as zip64 counts them: refused by their number, before any is read.
TEST(RefusalTest, AMillionRecordsAreRefusedByTheirNumber) {
  std::string file(100'000'000, '\0');
  const auto number = [&file](std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.push_back(static_cast<char>(value >> (8 * i)));
  };
  const std::uint64_t end = file.size();
  file += "PK\x06\x06";
  number(44, 8);
  number(45, 2);
  number(45, 2);
  number(0, 8);
  number(1'000'000, 8);
  number(1'000'000, 8);
  number(50'000'000, 8);
  number(0, 8);
  file += "PK\x06\x07";
  number(0, 4);
  number(end, 8);
  number(1, 4);
  file += "PK\x05\x06";
  number(0, 4);
  number(0xffff, 2);
  number(0xffff, 2);
  number(0xffffffff, 4);
  number(0xffffffff, 4);
  number(0, 2);
  const auto network = Network::Load({"many.pt2", file}, "cpu");
  ASSERT_FALSE(network.ok());
  EXPECT_THAT(network.error().message, HasSubstr("1000000 records, at most 200000 are allowed"));
}

TEST(RefusalTest, ANetworkCutAnywhereIsRefused) {
  const std::string whole = testing::ReadFile(FixtureNetworks() / "recurrent/net.pt2");
  const testing::ScratchFolder scratch;
  const auto file = scratch.path() / "cut.pt2";
  for (std::size_t bytes = 0; bytes < whole.size(); bytes += 1000) {
    testing::WriteFile(file, std::string_view(whole).substr(0, bytes));
    const auto network = testing::LoadNetwork(file);
    ASSERT_FALSE(network.ok()) << bytes << " of " << whole.size() << " bytes";
    EXPECT_EQ(network.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(network.error().message, HasSubstr("cut.pt2 is no network: not a zip archive"));
  }
}

TEST(RefusalTest, AChangedByteIsRefusedOrHarmless) {
  const std::string whole = testing::ReadFile(FixtureNetworks() / "recurrent/net.pt2");
  const testing::ScratchFolder scratch;
  const auto file = scratch.path() / "changed.pt2";
  std::size_t refused = 0, tried = 0;
  for (std::size_t at = 0; at < whole.size(); at += 331, ++tried) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    testing::WriteFile(file, changed);
    refused += !testing::LoadNetwork(file).ok();
  }
  EXPECT_GT(refused, tried / 4);  // the rest is padding, and fields that nobody reads
}

TEST(RefusalTest, LimitsAreHeldBeforeReading) {
  const auto file = FixtureNetworks() / "whole/net.pt2";
  NetworkLimits limits;
  limits.nodes = 3;
  EXPECT_THAT(testing::LoadNetwork(file, "cpu", limits).error().message,
              HasSubstr("nodes, at most 3 are allowed"));
  limits = {};
  limits.json_bytes = 1000;
  EXPECT_THAT(testing::LoadNetwork(file, "cpu", limits).error().message,
              HasSubstr("at most 1000 are allowed"));
  limits = {};
  limits.records = 2;
  EXPECT_THAT(testing::LoadNetwork(file, "cpu", limits).error().message,
              HasSubstr("records, at most 2 are allowed"));
  limits = {};
  limits.archive_bytes = 10;
  EXPECT_THAT(testing::LoadNetwork(file, "cpu", limits).error().message,
              HasSubstr("bytes, at most 10 are allowed"));
}

TEST(RefusalTest, ADeviceThatIsNotThereIsNamed) {
  const auto file = FixtureNetworks() / "whole/net.pt2";
  for (const char* device : {"cuda:63", "nowhere", "meta", ""}) {
    const auto network = testing::LoadNetwork(file, device);
    ASSERT_FALSE(network.ok()) << device;
    EXPECT_EQ(network.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(network.error().message, HasSubstr(std::string("device '") + device + "'"));
  }
}

}  // namespace
}  // namespace ventral
