// Files that are no network: each is refused by name, none is run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scoring/network/network.h"
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
    {"pickle.pt2", "a pickled or TorchScript file"},
    {"compressed.pt2", "is compressed or encrypted"},
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
    {"committed.pt2", "'elsewhere' is not one of the layers"},
    {"pickled_weight.pt2", "pickled, which is never read"},
    {"long_weight.pt2", "needs 400 elements, its record has"},
    {"huge_weight.pt2", "its sizes pass 64 bits"},
    {"negative_weight.pt2", "a size or stride is negative"},
    {"far_weight.pt2", "elements, its record has"},
    {"strange_dtype.pt2", "dtype 99 is not supported"},
    {"schema_9.pt2", "major version 9, this program reads version 8"},
    {"from_file.pt2",
     "node crafted (torch.ops.aten.from_file.default) in module inner: this operator is not "
     "allowed"},
    {"as_strided.pt2", "aten.as_strided.default) in module inner: this operator is not allowed"},
    {"other_namespace.pt2", "prims.empty.default) in module inner: this operator is not allowed"},
    {"out_variant.pt2", "aten.add.out) in module inner: this operator is not allowed"},
    {"undefined.pt2", "value 'nobody' is used before it is defined"},
    {"defined_twice.pt2", "value 'x' is defined twice"},
    {"wrong_type.pt2", "argument self: not of the type Tensor"},
    {"no_argument.pt2", "argument self is missing"},
    {"strange_argument.pt2", "the operator has no argument selves"},
    {"long_integer.pt2", "argument start_dim: integer: a whole number within 64 bits is needed"},
    {"list_output.pt2", "an output is a list where the operator returns none"},
    {"lying_signature.pt2", "the signature of layer inner names 'nobody'"},
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

TEST(RefusalTest, ANetworkCutAnywhereIsRefused) {
  const std::string whole = testing::ReadFile(FixtureNetworks() / "recurrent/net.pt2");
  const testing::ScratchFolder scratch;
  const auto file = scratch.path() / "cut.pt2";
  for (std::size_t bytes = 0; bytes < whole.size(); bytes += 997) {
    testing::WriteFile(file, std::string_view(whole).substr(0, bytes));
    EXPECT_FALSE(testing::LoadNetwork(file).ok()) << bytes << " of " << whole.size() << " bytes";
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
