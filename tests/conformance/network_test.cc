// Real networks: every module's output, and the network's own, as eager PyTorch computes them.
#include <gtest/gtest.h>

#include "tests/support/files.h"
#include "tests/unit/network/load.h"
#include "tests/unit/network/reference.h"

namespace ventral {
namespace {

class RealNetwork : public ::testing::TestWithParam<const char*> {};

TEST_P(RealNetwork, EqualsPyTorchInEveryModule) {
  VENTRAL_NEEDS_SHARED("models/networks.json");
  const testing::ScratchFolder scratch;
  const auto script =
      std::filesystem::path(VENTRAL_SOURCE_DIR) / "tests/conformance/network_known.py";
  ASSERT_TRUE(testing::RunPython(script, "'" + (testing::SharedFolder() / "models").string() +
                                             "' " + GetParam() + " '" + scratch.path().string() +
                                             "'"));
  testing::ExpectEqualsReference(scratch.path(), 2e-6);
}

INSTANTIATE_TEST_SUITE_P(Known, RealNetwork,
                         ::testing::Values("squeezenet1_1", "mobilenet_v2_1.0_224",
                                           "cifar_resnet20"),
                         [](const auto& network) {
                           std::string name = network.param;
                           for (char& letter : name) letter = letter == '.' ? '_' : letter;
                           return name;
                         });

struct Architecture {
  const char* name;
  double tolerance;    // of a layer's largest absolute value
  const char* blocks;  // the layers that are chosen where none are named
  int scripts = 2;     // PyTorch cannot script, or trace, all of them
};

constexpr double kExact = 2e-6;
constexpr double kAttention = 7e-6;  // fused attention sums in another order

constexpr Architecture kArchitectures[] = {
    {"resnet_basic", kExact, "conv1 bn1 layer1.0 layer1.1 layer2.0 layer3.0 layer4.0 fc"},
    {"resnet_bottleneck", kExact, "conv1 bn1 layer1.0 layer2.0 layer2.1 layer3.0 layer4.0 fc"},
    {"convnext", kExact,
     "features.0.0 features.0.1 features.1.0 features.1.1 features.2.0 features.2.1 features.3.0 "
     "classifier.0 classifier.2"},
    {"densenet", kExact,
     "features.0.0 features.0.1 features.2 features.3.0 features.3.2 features.4 features.5 "
     "classifier"},
    {"googlenet", kExact, "stem.0.0 stem.0.1 mixed.0 mixed.1 fc"},
    {"efficientnet", kExact,
     "features.0.0 features.0.1 features.1 features.2 features.3 features.4.0 features.4.1 "
     "classifier.1"},
    {"unet", kExact,
     "down1.0 down1.1 down2.0 down2.1 bottom.0 bottom.1 up2 join2.0 join2.1 join1.0 join1.1 head"},
    {"cornet_s", kExact, "V1.0 V1.1 V1.4 V1.5 V2 V4 IT decoder.2", 1},
    {"rows", kExact,
     "gru..0 lstm..0 cell long_cell..0 cell@1 long_cell..0@1 cell@2 long_cell..0@2 cell@3 "
     "long_cell..0@3 head"},
    {"gated_recurrent", kExact,
     "enter gate.0 gate.1 new.0 above.0 feedback gate.0@1 gate.1@1 new.0@1 above.0@1 feedback@1 "
     "gate.0@2 gate.1@2 new.0@2 above.0@2 head",
     1},
    {"vit", kAttention, "conv_proj layers.0 layers.1 layers.2 ln heads.0"},
    {"encoder", kAttention, "enter encoder.layers.0 encoder.layers.1 encoder.norm attend..0 out",
     1},
    {"windows", kAttention, "embed norms.0 norms.1 merge head", 1},
    {"norms", kExact, "conv norms.0 norms.1 norms.2 norms.5 acts.4 weight_norm head", 0},
    {"arithmetic", kExact, "conv fir linear", 1},
    {"tuples", kExact, "enter.1 parts..0 first second parts..0@1", 0},
    {"frozen", kExact, "frozen frozen@1 head parts..0"},
    {"conditional", kExact, "conv head", 0},
    {"video", kExact, "conv norm read..0 head"},
    {"bytes", kExact, "conv table head"},
};

void PrintTo(const Architecture& architecture, std::ostream* out) { *out << architecture.name; }

// Made once, by ctest before the tests, or by the first test that runs alone: most of the time is
// PyTorch's compiler's.
std::filesystem::path Architectures() {
  const std::filesystem::path folder = VENTRAL_ARCHITECTURES;
  if (!std::filesystem::exists(folder / "complete")) {
    testing::RunPython(
        std::filesystem::path(VENTRAL_SOURCE_DIR) / "tests/conformance/network_architectures.py",
        "'" + folder.string() + "'");
  }
  return folder;
}

class RandomNetwork : public ::testing::TestWithParam<Architecture> {};

// Every floating-point tensor that any module returns, at every step, for 1, 3 and 16 images.
TEST_P(RandomNetwork, EqualsPyTorchInEveryModuleAtEveryStep) {
  const auto folder = Architectures() / GetParam().name;
  const auto network = testing::LoadNetwork(folder / "net.pt2");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  int batches = 0;
  for (const char* batch : {"batch1", "batch3", "batch16"}) {
    if (!std::filesystem::exists(folder / batch)) continue;
    SCOPED_TRACE(batch);
    testing::ExpectEqualsReference(folder / batch, GetParam().tolerance, *network);
    ++batches;
  }
  EXPECT_EQ(batches, network->batch_range().least == 16 ? 1 : 3);

  const auto blocks = testing::LoadNetwork(folder / "blocks.pt2");
  ASSERT_TRUE(blocks.ok()) << blocks.error().ToString();
  std::string names;
  for (const NetworkLayer& layer : blocks->layers())
    names += (names.empty() ? "" : " ") + layer.id.ToString();
  EXPECT_EQ(names, GetParam().blocks);
}

// What TorchScript of them can be had is read by LibTorch, and answers the same.
TEST_P(RandomNetwork, EqualsPyTorchAsTorchScript) {
  const auto folder = Architectures() / GetParam().name;
  int scripts = 0;
  for (const char* way : {"scripted", "traced"}) {
    SCOPED_TRACE(way);
    if (!std::filesystem::exists(folder / (std::string(way) + ".pt"))) continue;
    NetworkLimits limits;
    limits.torchscript = true;
    const auto network = testing::LoadNetwork(folder / (std::string(way) + ".pt"), "cpu", limits);
    ASSERT_TRUE(network.ok()) << network.error().ToString();
    for (const char* batch : {"batch1", "batch3", "batch16"}) {
      if (!std::filesystem::exists(folder / batch)) continue;
      SCOPED_TRACE(batch);
      testing::ExpectEqualsReference(folder / batch, GetParam().tolerance, *network,
                                     testing::Coverage::kSomeLayers);
    }
    ++scripts;
  }
  EXPECT_EQ(scripts, GetParam().scripts);
}

INSTANTIATE_TEST_SUITE_P(Architectures, RandomNetwork, ::testing::ValuesIn(kArchitectures),
                         [](const auto& network) { return std::string(network.param.name); });

}  // namespace
}  // namespace ventral
