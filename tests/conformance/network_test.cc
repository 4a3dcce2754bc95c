// Real networks: every module's output, and the network's own, as eager PyTorch computes them.
#include <gtest/gtest.h>

#include "tests/support/files.h"
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

}  // namespace
}  // namespace ventral
