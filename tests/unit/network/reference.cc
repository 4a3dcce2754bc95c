#include "tests/unit/network/reference.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <numeric>
#include <sstream>

#include "scoring/network/network.h"
#include "scoring/network/torch_input.h"
#include "scoring/network/torch_network.h"
#include "tests/support/files.h"
#include "tests/unit/network/load.h"

namespace ventral::testing {
namespace {

at::Tensor ReadFloats(const std::filesystem::path& file) {
  const std::string bytes = ReadFile(file);
  const auto count = static_cast<std::int64_t>(bytes.size() / sizeof(float));
  at::Tensor tensor = at::empty({count}, at::kFloat);
  std::copy(bytes.begin(), bytes.end(), static_cast<char*>(tensor.data_ptr()));
  return tensor;
}

void ExpectClose(const at::Tensor& got, const std::filesystem::path& file, double tolerance) {
  const at::Tensor wanted = ReadFloats(file);
  ASSERT_EQ(got.numel(), wanted.numel());
  const double scale = wanted.abs().max().item().toDouble();
  const double difference = at::sub(got.flatten(), wanted).abs().max().item().toDouble();
  EXPECT_LE(difference, tolerance * scale) << "largest value " << scale;
}

// "step path" lines → number of the file.
std::map<LayerId, std::string> ReadLayers(const std::filesystem::path& folder) {
  std::istringstream lines(ReadFile(folder / "layers.txt"));
  std::map<LayerId, std::string> layers;
  std::string line;
  for (int number = 0; std::getline(lines, line); ++number) {
    const std::size_t space = line.find(' ');
    layers[{line.substr(space + 1), std::stoll(line.substr(0, space))}] =
        std::to_string(number) + ".f32";
  }
  return layers;
}

}  // namespace

void ExpectEqualsReference(const std::filesystem::path& folder, double tolerance) {
  const auto network = LoadNetwork(folder / "net.pt2");
  ASSERT_TRUE(network.ok()) << network.error().ToString();
  ExpectEqualsReference(folder, tolerance, *network);
}

void ExpectEqualsReference(const std::filesystem::path& folder, double tolerance,
                           const Network& network, Coverage coverage) {
  const auto files = ReadLayers(folder);
  const at::Tensor images = ReadFloats(folder / "images.f32")
                                .reshape(InputSizes(network.preprocessing(), -1))
                                .to(InputType(network.preprocessing()));

  std::vector<std::size_t> all(network.layers().size());
  std::iota(all.begin(), all.end(), 0);
  std::size_t seen = 0;
  const Status status = Forward(network, images.clone(), all,
                                [&](std::size_t layer, const at::Tensor& activation) -> Status {
                                  const NetworkLayer& about = network.layers()[layer];
                                  SCOPED_TRACE("layer " + about.id.ToString());
                                  EXPECT_FALSE(about.inferred);
                                  const auto file = files.find(about.id);
                                  if (file == files.end())
                                    return Internal("PyTorch saw no layer " + about.id.ToString());
                                  ExpectClose(activation, folder / file->second, tolerance);
                                  ++seen;
                                  return Ok{};
                                });
  ASSERT_TRUE(status.ok()) << status.error().ToString();
  EXPECT_EQ(seen, all.size());
  if (coverage == Coverage::kAllLayers) {
    EXPECT_EQ(seen + 1, files.size());  // and the output
  }

  const auto output = Output(network, images.clone());
  ASSERT_TRUE(output.ok()) << output.error().ToString();
  ASSERT_EQ(output->size(), 1U);
  SCOPED_TRACE("output");
  ExpectClose(output->front(), folder / files.at({"", 0}), tolerance);
}

bool RunPython(const std::filesystem::path& script, const std::string& arguments) {
  const std::string command =
      std::string("'") + VENTRAL_PYTHON + "' '" + script.string() + "' " + arguments;
  const int status = std::system(command.c_str());
  EXPECT_EQ(status, 0) << command;
  return status == 0;
}

}  // namespace ventral::testing
