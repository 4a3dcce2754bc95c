// Patterns, and the rule by which a network's blocks are found.
#include "scoring/network/layer_selection.h"

#include <gtest/gtest.h>

#include <numeric>

namespace ventral {
namespace {

constexpr char kSequential[] = "torch.nn.modules.container.Sequential";
constexpr char kConv[] = "torch.nn.modules.conv.Conv2d";
constexpr char kRelu[] = "torch.nn.modules.activation.ReLU";

std::vector<std::string> Blocks(const std::vector<CalledModule>& modules) {
  std::vector<std::string> names;
  for (const std::size_t block : ChooseBlocks(modules)) names.push_back(modules[block].path);
  return names;
}

using Names = std::vector<std::string>;

TEST(MatchesLayerTest, WildcardsStayWithinOneName) {
  EXPECT_TRUE(MatchesLayer("features.*", "features.3"));
  EXPECT_FALSE(MatchesLayer("features.*", "features.3.squeeze"));
  EXPECT_FALSE(MatchesLayer("features.*", "features"));
  EXPECT_TRUE(MatchesLayer("*.squeeze", "fire.squeeze"));
  EXPECT_FALSE(MatchesLayer("*.squeeze", "features.3.squeeze"));
  EXPECT_TRUE(MatchesLayer("layer[12].?", "layer2.0"));
  EXPECT_FALSE(MatchesLayer("layer[12].?", "layer3.0"));
  EXPECT_TRUE(MatchesLayer("layer4", "layer4"));
  EXPECT_FALSE(MatchesLayer("layer4", "layer40"));
}

TEST(MatchesLayerTest, TwoStarsAreAllAndElementsAreNames) {
  EXPECT_TRUE(MatchesLayer("**", "a.b.c"));
  EXPECT_TRUE(MatchesLayer("lstm..*", "lstm..0"));
  EXPECT_FALSE(MatchesLayer("lstm.*", "lstm..0"));
  EXPECT_FALSE(MatchesLayer("*", "lstm..0"));
}

TEST(ChooseBlocksTest, ContainersAreOpenedAndWhatHasNoParametersIsNone) {
  EXPECT_EQ(Blocks({{"features.0", kConv, true},
                    {"features.1", kRelu, false},
                    {"features.2.0", kConv, true},
                    {"features.2", kSequential, true},
                    {"features", kSequential, true},
                    {"fc", "torch.nn.modules.linear.Linear", true}}),
            (Names{"features.0", "features.2.0", "fc"}));
}

TEST(ChooseBlocksTest, AModuleThatIsBuiltOfManyIsABlockAsAWhole) {
  EXPECT_EQ(Blocks({{"conv1", kConv, true},
                    {"layer1.0.conv1", kConv, true},
                    {"layer1.0.downsample.0", kConv, true},
                    {"layer1.0.downsample", kSequential, true},
                    {"layer1.0", "resnet.BasicBlock", true},
                    {"layer1", kSequential, true}}),
            (Names{"conv1", "layer1.0"}));
}

TEST(ChooseBlocksTest, AModuleAroundARepeatedOneIsOpened) {
  const std::vector<CalledModule> modules = {{"embed", kConv, true},
                                             {"encoder.layers.0.mlp.0", "Linear", true},
                                             {"encoder.layers.0", "Layer", true},
                                             {"encoder.layers.1.mlp.0", "Linear", true},
                                             {"encoder.layers.1", "Layer", true},
                                             {"encoder.norm", "LayerNorm", true},
                                             {"encoder", "Encoder", true}};
  EXPECT_EQ(Blocks(modules),
            (Names{"embed", "encoder.layers.0", "encoder.layers.1", "encoder.norm"}));
}

TEST(ChooseBlocksTest, ARepeatedModuleIsNotOpenedForWhatIsRepeatedInIt) {
  EXPECT_EQ(Blocks({{"a.conv.0", kConv, true},
                    {"a.conv", "ConvNorm", true},
                    {"a.next.0", kConv, true},
                    {"a.next", "ConvNorm", true},
                    {"a", "MBConv", true},
                    {"b.conv.0", kConv, true},
                    {"b.conv", "ConvNorm", true},
                    {"b", "MBConv", true}}),
            (Names{"a", "b"}));
}

TEST(ChooseBlocksTest, WeightsThatAreComputedAreNoModules) {
  EXPECT_EQ(
      Blocks({{"conv.parametrizations.weight.0", "_WeightNorm", true}, {"conv", kConv, true}}),
      (Names{"conv"}));
}

TEST(ChooseBlocksTest, AMillionNestedModulesAreNone) {
  std::string path = "a";
  for (int i = 0; i < 1'000'000; ++i) path += ".a";
  EXPECT_EQ(Blocks({{path, "Deep", true}, {"fc", "Linear", true}}), (Names{"fc"}));
}

TEST(PickEvenlyTest, AllWhereTheyFit) {
  const std::vector<std::int64_t> steps(32, 1);
  std::vector<std::size_t> all(32);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(PickEvenly(steps), all);
}

TEST(PickEvenlyTest, TheFirstTheLastAndEvenlyBetween) {
  for (const std::size_t count : {33U, 50U, 64U, 1000U}) {
    const auto picked = PickEvenly(std::vector<std::int64_t>(count, 1));
    ASSERT_EQ(picked.size(), 32U);
    EXPECT_EQ(picked.front(), 0U);
    EXPECT_EQ(picked.back(), count - 1);
    for (std::size_t i = 1; i < picked.size(); ++i) {
      const double gap = static_cast<double>(count - 1) / 31;
      EXPECT_NEAR(static_cast<double>(picked[i] - picked[i - 1]), gap, 1) << count << " at " << i;
    }
  }
}

TEST(PickEvenlyTest, StepsCount) {
  const std::vector<std::int64_t> steps = {1, 20, 20, 20};
  EXPECT_EQ(PickEvenly(steps), (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(PickEvenly(std::vector<std::int64_t>{40, 50}), (std::vector<std::size_t>{1}));
  EXPECT_TRUE(PickEvenly({}).empty());
}

}  // namespace
}  // namespace ventral
