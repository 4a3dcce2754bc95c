// Network × images → Grams: equal to X·Xᵀ, whatever the budget and the batch size.
#include "scoring/features/extract.h"

#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "scoring/features/torch_images.h"
#include "scoring/network/torch_network.h"
#include "tests/support/files.h"
#include "tests/unit/features/images.h"
#include "tests/unit/network/fixtures.h"
#include "tests/unit/network/load.h"

namespace ventral {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Files = std::vector<std::filesystem::path>;

struct Extracted {
  Status status = Ok{};
  std::vector<ExtractPlan> plans;
  std::map<LayerId, Gram> grams;
  std::int64_t done = 0, total = 0;
};

Extracted RunExtract(const std::string& network, const Files& images, std::uint64_t budget,
                     std::int64_t batch_size) {
  Extracted result;
  ExtractOptions options;
  options.memory_budget = Bytes{budget};
  options.batch_size = batch_size;
  options.threads = 2;
  ExtractSink sink;
  sink.plan = [&](const ExtractPlan& plan) -> Status {
    result.plans.push_back(plan);
    return Ok{};
  };
  sink.progress = [&](std::int64_t done, std::int64_t total, const std::string&) -> Status {
    EXPECT_EQ(result.plans.size(), 1U) << "the plan comes first";
    EXPECT_GE(done, result.done);
    EXPECT_LE(done, total);
    result.done = done;
    result.total = total;
    return Ok{};
  };
  sink.gram = [&](Gram gram) -> Status {
    EXPECT_TRUE(result.grams.emplace(gram.layer, gram).second)
        << "twice: " << gram.layer.ToString();
    return Ok{};
  };
  const testing::Mapped checkpoint({testing::FixtureNetworks() / network / "net.pt2"});
  result.status = Extract(checkpoint.views.front(), testing::Mapped(images).views, options, sink);
  return result;
}

// X of each layer, all images in one batch.
std::map<LayerId, Eigen::MatrixXd> Activations(const std::string& name, const Files& images) {
  const auto network = testing::LoadNetwork(testing::FixtureNetworks() / name / "net.pt2");
  EXPECT_TRUE(network.ok());
  const auto batch = LoadImages(testing::Mapped(images).views, network->preprocessing(),
                                network->batch_range().least);
  EXPECT_TRUE(batch.ok());
  std::vector<std::size_t> all(network->layers().size());
  std::iota(all.begin(), all.end(), 0);
  std::map<LayerId, Eigen::MatrixXd> activations;
  const Status status =
      Forward(*network, *batch, all, [&](std::size_t layer, const at::Tensor& x) -> Status {
        const at::Tensor rows = x.reshape({x.size(0), -1})
                                    .narrow(0, 0, std::ssize(images))
                                    .to(at::kDouble)
                                    .contiguous();
        using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        activations[network->layers()[layer].id] =
            Eigen::Map<const RowMajor>(rows.data_ptr<double>(), rows.size(0), rows.size(1));
        return Ok{};
      });
  EXPECT_TRUE(status.ok());
  return activations;
}

void ExpectGrams(const Extracted& got, const std::map<LayerId, Eigen::MatrixXd>& activations,
                 double tolerance) {
  ASSERT_TRUE(got.status.ok()) << got.status.error().ToString();
  ASSERT_EQ(got.grams.size(), activations.size());
  for (const auto& [layer, gram] : got.grams) {
    SCOPED_TRACE(layer.ToString());
    const Eigen::MatrixXd& x = activations.at(layer);
    EXPECT_TRUE(CheckGram(gram, x.rows()).ok());
    EXPECT_EQ(gram.features, x.cols());
    EXPECT_FALSE(gram.inferred);
    const Eigen::MatrixXd wanted = x * x.transpose();
    EXPECT_LE((gram.inner - wanted).cwiseAbs().maxCoeff(),
              tolerance * wanted.cwiseAbs().maxCoeff());
    EXPECT_EQ(gram.inner, gram.inner.transpose());
    EXPECT_LE((gram.row_sums - x.rowwise().sum()).cwiseAbs().maxCoeff(),
              tolerance * x.cwiseAbs().rowwise().sum().maxCoeff());
  }
}

TEST(ExtractTest, GramsEqualProductsWhateverBudgetAndBatchSize) {
  const Files images = testing::FixtureImageFiles();
  for (const char* network : {"whole", "recurrent", "attention", "in_place", "fixed"}) {
    SCOPED_TRACE(network);
    const auto activations = Activations(network, images);
    std::int64_t features = 0;
    for (const auto& [layer, x] : activations) features += x.cols();
    const std::uint64_t bytes = static_cast<std::uint64_t>(features) * images.size() * 4;
    const struct {
      std::uint64_t budget;
      std::int64_t batch_size, passes;
    } cases[] = {{bytes, 16, 1},
                 {bytes, 1, 1},
                 {bytes - 1, 4, 2},
                 {bytes / 7 + 24, 4, 7},
                 {24 * 5, 5, (features + 4) / 5}};
    for (const auto& c : cases) {
      SCOPED_TRACE(std::to_string(c.budget) + " bytes, batches of " + std::to_string(c.batch_size));
      const Extracted got = RunExtract(network, images, c.budget, c.batch_size);
      ExpectGrams(got, activations, 1e-6);
      ASSERT_EQ(got.plans.size(), 1U);
      EXPECT_LE(got.plans[0].passes, c.passes);
      EXPECT_GE(got.plans[0].passes, c.passes - 1);
      EXPECT_EQ(got.plans[0].activation_bytes, bytes);
      EXPECT_EQ(got.done, got.total);
      EXPECT_EQ(got.total, got.plans[0].passes * std::ssize(images));
    }
  }
}

// The room takes `most` features at once. NaN where none came.
std::map<LayerId, Eigen::MatrixXf> ExtractFeatures(const std::string& network, const Files& images,
                                                   std::uint64_t budget, std::int64_t most) {
  const auto stimuli = std::ssize(images);
  std::map<LayerId, Eigen::MatrixXf> features;
  std::vector<LayerId> order;
  Eigen::MatrixXf room(stimuli, most);
  ExtractOptions options;
  options.memory_budget = Bytes{budget};
  options.batch_size = 4;
  options.threads = 2;
  ExtractSink sink;
  sink.plan = [](const ExtractPlan&) { return Status(Ok{}); };
  sink.progress = [](std::int64_t, std::int64_t, const std::string&) { return Status(Ok{}); };
  sink.gram = [](const Gram&) { return Status(Ok{}); };
  sink.feature_room = [&]() -> Result<std::span<float>> {
    room.setConstant(std::numeric_limits<float>::quiet_NaN());
    return std::span<float>(room.data(), static_cast<std::size_t>(room.size()));
  };
  sink.features = [&](const LayerId& layer, std::int64_t first, std::int64_t count) {
    Eigen::MatrixXf& x = features[layer];
    if (x.cols() == 0) order.push_back(layer);
    EXPECT_EQ(order.back(), layer) << "the layers one after the other";
    EXPECT_EQ(x.cols(), first) << "the features of a layer in order";
    x.conservativeResize(stimuli, first + count);
    x.rightCols(count) = room.leftCols(count);
    return Status(Ok{});
  };
  const testing::Mapped checkpoint({testing::FixtureNetworks() / network / "net.pt2"});
  const Status status =
      Extract(checkpoint.views.front(), testing::Mapped(images).views, options, sink);
  EXPECT_TRUE(status.ok()) << status.error().ToString();
  return features;
}

TEST(ExtractTest, FeaturesAreTheActivationsWhateverBudgetAndRoom) {
  const Files images = testing::FixtureImageFiles();
  for (const char* network : {"whole", "recurrent", "fixed"}) {
    SCOPED_TRACE(network);
    const auto activations = Activations(network, images);
    const auto whole = ExtractFeatures(network, images, 1 << 24, 1000);
    ASSERT_EQ(whole.size(), activations.size());
    for (const auto& [layer, x] : activations) {
      ASSERT_EQ(whole.at(layer).cols(), x.cols());
      EXPECT_LE((whole.at(layer).cast<double>() - x).cwiseAbs().maxCoeff(),
                1e-6 * x.cwiseAbs().maxCoeff());
    }
    for (const std::uint64_t budget : {24 * 50, 24 * 177, 1 << 24}) {
      for (const std::int64_t most : {1, 13, 64}) {
        EXPECT_EQ(ExtractFeatures(network, images, budget, most), whole) << budget << " " << most;
      }
    }
  }
}

TEST(ExtractTest, ThePlanSaysWhatWillRun) {
  const Extracted got = RunExtract("recurrent", testing::FixtureImageFiles(), 1 << 20, 4);
  ASSERT_TRUE(got.status.ok()) << got.status.error().ToString();
  const ExtractPlan& plan = got.plans.at(0);
  ASSERT_EQ(plan.layers.size(), 4U);
  EXPECT_EQ(plan.layers[3].layer.ToString(), "again@2");
  EXPECT_EQ(plan.layers[3].features, 4 * 5 * 5);
  EXPECT_EQ(plan.layers[3].shape, (std::vector<std::int64_t>{4, 5, 5}));
  EXPECT_EQ(plan.passes, 1);
  EXPECT_GT(plan.expected_seconds, 0);
  EXPECT_EQ(plan.device, "cpu");
  EXPECT_EQ(plan.precision, "float32");
  EXPECT_THAT(plan.extractor, AllOf(HasSubstr("ventral-extract "), HasSubstr("LibTorch ")));
  EXPECT_EQ(
      plan.preprocessing,
      R"({"colour":"rgb","height":12,"mean":[0.5,0.5,0.5],"resize":"stretch","std":[0.25,0.25,0.25],"width":12})");
}

TEST(ExtractTest, ANaNNamesLayerAndStimulus) {
  const Files images = testing::FixtureImageFiles();
  const Extracted got = RunExtract("nan", images, 1 << 20, 4);
  ASSERT_FALSE(got.status.ok());
  EXPECT_EQ(got.status.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(got.status.error().message,
              AllOf(HasSubstr("layer inner.conv: NaN or infinite activations"),
                    HasSubstr(images[0].string())));
  EXPECT_TRUE(got.grams.empty());
}

TEST(ExtractTest, ABudgetBelowOneFeatureIsRefusedWithTheFigures) {
  const Extracted got = RunExtract("whole", testing::FixtureImageFiles(), 23, 4);
  ASSERT_FALSE(got.status.ok());
  EXPECT_EQ(got.status.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(got.status.error().message, HasSubstr("the memory budget is 23 bytes"));
  ASSERT_EQ(got.plans.size(), 1U) << "the plan is told all the same";
  EXPECT_EQ(got.plans[0].passes, 0);
  EXPECT_EQ(got.done, 0);
}

TEST(ExtractTest, AnImageThatIsBrokenIsNamed) {
  const testing::ScratchFolder scratch;
  Files images = testing::FixtureImageFiles();
  images[5] = scratch.path() / "stimulus.png";
  testing::WriteFile(images[5], "no image");
  const Extracted got = RunExtract("whole", images, 1 << 20, 4);
  ASSERT_FALSE(got.status.ok());
  EXPECT_THAT(got.status.error().message, HasSubstr(images[5].string()));
}

TEST(ExtractTest, NoStimuliIsAnError) {
  EXPECT_EQ(RunExtract("whole", {}, 1 << 20, 4).status.error().code, ErrorCode::kInvalidInput);
}

TEST(ExtractTest, TheSinkCanEndIt) {
  ExtractSink sink;
  int grams = 0;
  sink.plan = [](const ExtractPlan&) { return Status(Ok{}); };
  sink.progress = [](std::int64_t, std::int64_t, const std::string&) { return Status(Ok{}); };
  sink.gram = [&](const Gram&) {
    ++grams;
    return Status(Unavailable("the other side is gone"));
  };
  const testing::Mapped checkpoint({testing::FixtureNetworks() / "whole/net.pt2"});
  const testing::Mapped images(testing::FixtureImageFiles());
  const Status status = Extract(checkpoint.views.front(), images.views, {}, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(grams, 1);
}

}  // namespace
}  // namespace ventral
