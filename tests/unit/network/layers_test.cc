// Every layer at every step, as PyTorch's own hooks see it.
#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "scoring/network/torch_network.h"
#include "tests/unit/network/fixtures.h"
#include "tests/unit/network/load.h"

namespace ventral {
namespace {

using testing::FixtureNetworks;

class LayersEqualPyTorch : public ::testing::TestWithParam<const char*> {};

TEST_P(LayersEqualPyTorch, AtEveryStep) {
  testing::ExpectEqualsReference(FixtureNetworks() / GetParam(), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Networks, LayersEqualPyTorch,
                         ::testing::Values("in_place", "through_view", "whole", "recurrent",
                                           "attention", "fixed"),
                         [](const auto& network) { return std::string(network.param); });

TEST(NetworkTest, StepsAreLayersOfTheirOwnInOrderOfExecution) {
  const auto network = testing::LoadNetwork(FixtureNetworks() / "recurrent/net.pt2");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  std::vector<std::string> names;
  for (const NetworkLayer& layer : network->layers()) names.push_back(layer.id.ToString());
  EXPECT_EQ(names, (std::vector<std::string>{"enter", "again", "again@1", "again@2"}));
}

TEST(NetworkTest, RunsTwiceWithTheSameResultThoughItWritesIntoABuffer) {
  const auto network = testing::LoadNetwork(FixtureNetworks() / "whole/net.pt2");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  const at::Tensor images = at::ones({2, 3, 9, 9});
  const auto first = Output(*network, images.clone());
  const auto second = Output(*network, images.clone());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(at::equal(first->front(), second->front()));
}

TEST(NetworkTest, OutputsWithoutSignaturesAreGuessedAndMarked) {
  const auto folder = FixtureNetworks();
  const auto guessed = testing::LoadNetwork(folder / "inferred.pt2");
  const auto stated = testing::LoadNetwork(folder / "whole/net.pt2");
  ASSERT_TRUE(guessed.ok()) << guessed.error().ToString();
  ASSERT_TRUE(stated.ok()) << stated.error().ToString();
  ASSERT_EQ(guessed->layers().size(), 5U);
  for (std::size_t layer = 0; layer < 5; ++layer) {
    const NetworkLayer& about = guessed->layers()[layer];
    SCOPED_TRACE(about.id.ToString());
    EXPECT_TRUE(about.inferred);
    at::Tensor taken[2];
    for (const auto* network : {&*guessed, &*stated}) {
      ASSERT_TRUE(Forward(*network, at::ones({2, 3, 9, 9}), std::vector{layer},
                          [&](std::size_t, const at::Tensor& x) {
                            taken[network == &*stated] = x.clone();
                            return Status(Ok{});
                          })
                      .ok());
    }
    EXPECT_TRUE(at::equal(taken[0], taken[1]));
  }
}

// Nothing in the archive says when a module without nodes returned: the layer is marked.
TEST(NetworkTest, AWriteThroughAViewMakesAModuleWithoutNodesAGuess) {
  const auto network = testing::LoadNetwork(FixtureNetworks() / "late_view/net.pt2");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  std::map<std::string, std::pair<at::Tensor, bool>> taken;
  ASSERT_TRUE(Forward(*network, at::ones({2, 3, 5, 5}), std::vector<std::size_t>{0, 1, 2},
                      [&](std::size_t layer, const at::Tensor& x) {
                        const NetworkLayer& about = network->layers()[layer];
                        taken[about.id.path] = {x.clone(), about.inferred};
                        return Status(Ok{});
                      })
                  .ok());
  EXPECT_FALSE(taken.at("conv").second);
  EXPECT_FALSE(taken.at("plain").second);
  EXPECT_TRUE(taken.at("same").second);
  EXPECT_TRUE(at::equal(taken.at("same").first, taken.at("conv").first.mul(2)));
}

TEST(NetworkTest, StatesHowManyImagesItTakesAtOnce) {
  const auto dynamic = testing::LoadNetwork(FixtureNetworks() / "whole/net.pt2");
  const auto fixed = testing::LoadNetwork(FixtureNetworks() / "fixed/net.pt2");
  ASSERT_TRUE(dynamic.ok() && fixed.ok());
  EXPECT_EQ(dynamic->batch_range().least, 1);
  EXPECT_GT(dynamic->batch_range().most, 1'000'000);
  EXPECT_EQ(fixed->batch_range().least, 16);
  EXPECT_EQ(fixed->batch_range().most, 16);
  const auto refused = Output(*fixed, at::ones({3, 3, 6, 6}));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("does not fit the network's input"), std::string::npos);
}

TEST(NetworkTest, AnErrorOfTheTapEndsTheRun) {
  const auto network = testing::LoadNetwork(FixtureNetworks() / "recurrent/net.pt2");
  ASSERT_TRUE(network.ok());
  int calls = 0;
  const Status status = Forward(
      *network, at::ones({1, 3, 12, 12}), std::vector<std::size_t>{0, 1, 2},
      [&](auto, const auto&) { return ++calls == 2 ? Status(Unavailable("full")) : Status(Ok{}); });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "full");
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace ventral
