// TorchScript: the same layers, steps and errors as a graph of torch.export.
#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scoring/network/operators.h"
#include "scoring/network/torch_network.h"
#include "tests/unit/network/fixtures.h"
#include "tests/unit/network/load.h"

namespace ventral {
namespace {

std::filesystem::path Scripts() { return testing::FixtureNetworks() / "scripts"; }

Result<Network> LoadScriptFile(const std::filesystem::path& file, NetworkLimits limits = {}) {
  limits.torchscript = true;
  return testing::LoadNetwork(file, "cpu", limits);
}

std::string NamesOf(const Network& network) {
  std::string names;
  for (const NetworkLayer& layer : network.layers())
    names += (names.empty() ? "" : " ") + layer.id.ToString();
  return names;
}

class ScriptEqualsPyTorch : public ::testing::TestWithParam<const char*> {};

TEST_P(ScriptEqualsPyTorch, AtEveryStep) {
  const auto folder = Scripts() / GetParam();
  const auto network = LoadScriptFile(folder / "net.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  testing::ExpectEqualsReference(folder, 1e-5, *network);
}

INSTANTIATE_TEST_SUITE_P(Networks, ScriptEqualsPyTorch,
                         ::testing::Values("in_place-scripted", "in_place-traced",
                                           "through_view-scripted", "through_view-traced",
                                           "late_view-scripted", "late_view-traced",
                                           "whole-scripted", "whole-traced", "recurrent-scripted",
                                           "recurrent-traced", "attention-scripted",
                                           "attention-traced", "pair-scripted", "pair-traced",
                                           "loops"),
                         [](const auto& network) {
                           std::string name = network.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ScriptTest, StepsAreCallsInOneRun) {
  const auto network = LoadScriptFile(Scripts() / "loops/net.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  EXPECT_EQ(NamesOf(*network),
            "enter again.0 again.1 again.0@1 again.1@1 again.0@2 again.1@2 rows..0 rows..1.0");
}

TEST(ScriptTest, BlocksAreChosenWhereNoneAreNamed) {
  const auto network = LoadScriptFile(Scripts() / "blocks.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  EXPECT_EQ(NamesOf(*network),
            "enter again.0 again.1 again.0@1 again.1@1 again.0@2 again.1@2 rows..0");
  NetworkLimits patterns;
  patterns.layers = {"again.*"};
  const auto again = LoadScriptFile(Scripts() / "blocks.pt", patterns);
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  EXPECT_EQ(NamesOf(*again), "again.0 again.1 again.0@1 again.1@1 again.0@2 again.1@2");
}

TEST(ScriptTest, RunsTwiceWithTheSameResultThoughItWritesIntoABuffer) {
  const auto network = LoadScriptFile(Scripts() / "pair-scripted/net.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  const at::Tensor images = at::ones({2, 3, 9, 9});
  const auto first = Output(*network, images.clone());
  const auto second = Output(*network, images.clone());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(at::equal(first->front(), second->front()));
}

TEST(ScriptTest, EndsWithTheLastLayerThatIsAskedFor) {
  const auto network = LoadScriptFile(Scripts() / "loops/net.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  std::vector<std::size_t> taken;
  const std::vector<std::size_t> wanted{2};
  const Status status =
      Forward(*network, at::ones({2, 3, 11, 11}), wanted, [&](std::size_t layer, const auto&) {
        taken.push_back(layer);
        return Status(Ok{});
      });
  ASSERT_TRUE(status.ok()) << status.error().ToString();
  EXPECT_EQ(taken, wanted);
}

TEST(ScriptTest, WhatTheTapSaysEndsTheRun) {
  const auto network = LoadScriptFile(Scripts() / "loops/net.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  const std::vector<std::size_t> wanted{0, 1};
  const Status status =
      Forward(*network, at::ones({2, 3, 11, 11}), wanted,
              [](std::size_t, const auto&) { return Status(InvalidInput("not this one")); });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "not this one");
}

TEST(ScriptTest, OneThatWasTracedForOneStimulusTakesOne) {
  const auto network = LoadScriptFile(Scripts() / "one.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  EXPECT_EQ(network->batch_range().most, 1);
}

TEST(ScriptTest, ObservesOperatorsAndTheModulesThatTheyLieIn) {
  const auto file = MappedFile::Open(Scripts() / "loops/net.pt");
  ASSERT_TRUE(file.ok());
  NetworkLimits limits;
  limits.torchscript = true;
  const auto network = Network::LoadWhole(file->view(), "cpu", limits);
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  std::vector<std::string> convolutions;
  const Status status = ForwardObserved(
      *network, at::ones({2, 3, 11, 11}), [](std::size_t, const auto&) { return Status(Ok{}); },
      [&](const Step& step) {
        if (step.op == "conv2d.default") convolutions.push_back(step.modules.back().ToString());
      });
  ASSERT_TRUE(status.ok()) << status.error().ToString();
  EXPECT_EQ(convolutions, (std::vector<std::string>{"enter", "again.0", "again.1", "again.0@1",
                                                    "again.1@1", "again.0@2", "again.1@2"}));
}

struct Refused {
  const char* file;
  const char* says;
};

class ScriptRefusal : public ::testing::TestWithParam<Refused> {};

TEST_P(ScriptRefusal, SaysWhy) {
  const auto network = LoadScriptFile(testing::FixtureNetworks() / GetParam().file);
  ASSERT_FALSE(network.ok());
  EXPECT_EQ(network.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(network.error().message.find(GetParam().says), std::string::npos)
      << network.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Files, ScriptRefusal,
    ::testing::Values(
        Refused{"scripts/no_card.pt", "no extra/ventral.json"},
        Refused{"scripts/unknown_layer.pt", "layer 'nowhere' of ventral.json is no module"},
        Refused{"scripts/not_called.pt", "layer 'never' of ventral.json is no module"},
        Refused{"scripts/wrong_size.pt", "does not run on an input of [stimulus × 3 × 1 × 1]"},
        Refused{"scripts/draws.pt", "draws random numbers: state how many samples"},
        Refused{"bad/pickle.pt2", "a pickle of torch.save, which can hold any program"},
        Refused{"bad/compressed.pt2", "is compressed or encrypted"},
        Refused{"hostile_scripts/reads_a_file.pt",
                "operator aten::from_file in the network itself is not allowed"},
        Refused{"hostile_scripts/makes_a_file.pt", "operator aten::from_file"},
        Refused{"hostile_scripts/saves_a_file.pt", "operator aten::save"},
        Refused{"hostile_scripts/leaves_its_memory.pt", "operator aten::as_strided"},
        Refused{"hostile_scripts/reads_old_memory.pt", "operator aten::empty.memory_format"},
        Refused{"hostile_scripts/repeats_less_than_nothing.pt", "repeats: one is negative"},
        Refused{"hostile_scripts/names_no_memory_format.pt",
                "memory_format: there is none of number 9"},
        Refused{"hostile_scripts/forks.pt", "operator prim::fork"},
        Refused{"hostile_scripts/raises.pt", "made up"}),
    [](const auto& refused) {
      std::string name = std::filesystem::path(refused.param.file).stem().string();
      return name;
    });

TEST(ScriptTest, IsRefusedWhereItIsNotAllowed) {
  const auto network = testing::LoadNetwork(Scripts() / "blocks.pt");
  ASSERT_FALSE(network.ok());
  EXPECT_NE(network.error().message.find("a TorchScript file, which this service does not take"),
            std::string::npos)
      << network.error().message;
}

TEST(ScriptTest, WhatIsNotAllowedMayStandWhereItIsNotReached) {
  const auto network =
      LoadScriptFile(testing::FixtureNetworks() / "hostile_scripts/never_reads.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  EXPECT_EQ(NamesOf(*network), "conv");
}

// LibTorch drops a call that has no result and writes nothing, as it reads the file; a mark that
// stayed would speak of a module that never began.
TEST(ScriptTest, AMarkInTheFileSaysNothing) {
  const auto network =
      LoadScriptFile(testing::FixtureNetworks() / "hostile_scripts/speaks_as_a_mark.pt");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  EXPECT_EQ(NamesOf(*network), "conv");
}

TEST(ScriptTest, ADamagedRecordIsFoundBeforeItIsRead) {
  const auto file = Scripts() / "blocks.pt";
  const auto good = MappedFile::Open(file);
  ASSERT_TRUE(good.ok());
  std::string bytes(good->view().bytes);
  const std::size_t at = bytes.find("data.pkl");
  ASSERT_NE(at, std::string::npos);
  int refused = 0;
  for (std::size_t place = at + 200; place < bytes.size(); place += bytes.size() / 40) {
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
    NetworkLimits limits;
    limits.torchscript = true;
    const auto network = Network::Load({"damaged.pt", bytes}, "cpu", limits);
    refused += network.ok() ? 0 : 1;
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
  }
  EXPECT_GE(refused, 25);  // the rest lies in padding between records
}

TEST(ScriptTest, NothingThatIsAllowedReachesFilesOrStartsSomething) {
  for (const std::string_view name : AllowedInScript()) {
    for (const char* part : {"file", "save", "fork", "rpc", "wait", "seed", "Python", "empty",
                             "strided", "resize", "Print", "warn", "profile", "Fusion"}) {
      EXPECT_EQ(name.find(part), std::string_view::npos) << name;
    }
  }
}

}  // namespace
}  // namespace ventral
