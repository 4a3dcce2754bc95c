// Images against Pillow and PyTorch: the same bytes after resizing, the same numbers after
// normalising.
#include "tests/unit/features/images.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "scoring/features/resize.h"
#include "scoring/features/torch_images.h"
#include "tests/support/files.h"

namespace ventral {
namespace {

using testing::FixtureImageFiles;
using testing::FixtureImages;
using testing::Mapped;

std::string Pixels(const Image& image) { return {image.rgb.begin(), image.rgb.end()}; }

TEST(ResizeTest, IsBitEqualToPillow) {
  const std::pair<int, int> sizes[] = {{9, 9}, {32, 48}, {64, 64}, {227, 150}, {1, 7}};
  for (int number = 0; number < testing::kFixtureImages; ++number) {
    const auto image = ReadImage(FixtureImageFiles()[static_cast<std::size_t>(number)]);
    ASSERT_TRUE(image.ok()) << image.error().ToString();
    for (const auto& [height, width] : sizes) {
      const std::string name = std::to_string(number) + "_" + std::to_string(height) + "x" +
                               std::to_string(width) + ".rgb";
      const std::string wanted = testing::ReadFile(FixtureImages() / "resized" / name);
      const Image resized = ResizeBilinear(*image, height, width);
      EXPECT_TRUE(Pixels(resized) == wanted) << name;
    }
  }
}

Preprocessing Wanted(ResizeRule rule) {
  Preprocessing preprocessing;
  preprocessing.height = preprocessing.width = 9;
  preprocessing.resize = rule;
  preprocessing.resize_size = rule == ResizeRule::kShorterSide ? 12 : 0;
  preprocessing.mean = {0.485, 0.456, 0.406};
  preprocessing.std = {0.229, 0.224, 0.225};
  return preprocessing;
}

void ExpectPrepared(ResizeRule rule, const std::string& name) {
  const auto batch = LoadImages(Mapped(FixtureImageFiles()).views, Wanted(rule), 1);
  ASSERT_TRUE(batch.ok()) << batch.error().ToString();
  for (int number = 0; number < testing::kFixtureImages; ++number) {
    const std::string bytes = testing::ReadFile(FixtureImages() / "prepared" /
                                                (name + "_" + std::to_string(number) + ".f32"));
    ASSERT_EQ(bytes.size(), 3 * 9 * 9 * sizeof(float));
    const auto* wanted = reinterpret_cast<const float*>(bytes.data());
    const float* got = batch->select(0, number).data_ptr<float>();
    for (std::size_t i = 0; i < 3 * 9 * 9; ++i)
      ASSERT_FLOAT_EQ(got[i], wanted[i]) << name << " " << number << " at " << i;
  }
}

TEST(LoadImagesTest, EqualsPillowAndPyTorch) {
  ExpectPrepared(ResizeRule::kStretch, "stretch");
  ExpectPrepared(ResizeRule::kShorterSide, "shorter_side");
}

TEST(LoadImagesTest, BlueFirstReversesPixelsButNotMeans) {
  Preprocessing rgb = Wanted(ResizeRule::kStretch), bgr = rgb;
  rgb.mean = bgr.mean = {0, 0, 0};
  rgb.std = bgr.std = {1, 1, 1};
  bgr.colour = ColourOrder::kBgr;
  const auto files = FixtureImageFiles();
  const auto plain = LoadImages(Mapped(files).views, rgb, 1),
             reversed = LoadImages(Mapped(files).views, bgr, 1);
  ASSERT_TRUE(plain.ok() && reversed.ok());
  EXPECT_TRUE(at::equal(*reversed, plain->flip({1})));
  EXPECT_FALSE(at::equal(*reversed, *plain));
}

TEST(LoadImagesTest, FillsABatchUpWithTheLastImage) {
  const auto files = FixtureImageFiles();
  const Mapped mapped(files);
  const auto batch =
      LoadImages(std::span<const FileView>(mapped.views).first(2), Wanted(ResizeRule::kStretch), 5);
  ASSERT_TRUE(batch.ok());
  ASSERT_EQ(batch->size(0), 5);
  for (int row = 2; row < 5; ++row)
    EXPECT_TRUE(at::equal(batch->select(0, row), batch->select(0, 1)));
}

TEST(LoadImagesTest, RepeatsAnImageAtEachTimeStep) {
  const auto files = FixtureImageFiles();
  Preprocessing wanted = Wanted(ResizeRule::kStretch);
  const auto still = LoadImages(Mapped(files).views, wanted, 1);
  wanted.time_steps = 4;
  const auto clip = LoadImages(Mapped(files).views, wanted, 8);
  ASSERT_TRUE(still.ok() && clip.ok());
  EXPECT_EQ(clip->sizes(), at::IntArrayRef({8, 4, 3, 9, 9}));
  for (int step = 0; step < 4; ++step) {
    EXPECT_TRUE(at::equal(clip->select(1, step).narrow(0, 0, still->size(0)), *still));
  }
  EXPECT_TRUE(clip->is_contiguous());
}

TEST(LoadImagesTest, WholeNumbersAreThePixelsThemselves) {
  const auto files = FixtureImageFiles();
  Preprocessing plain;
  plain.height = plain.width = 9;
  const auto scaled = LoadImages(Mapped(files).views, plain, 1);
  ASSERT_TRUE(scaled.ok());
  for (const auto& [pixels, type] :
       {std::pair{PixelType::kUint8, at::kByte}, std::pair{PixelType::kInt64, at::kLong}}) {
    plain.pixels = pixels;
    const auto whole = LoadImages(Mapped(files).views, plain, 1);
    ASSERT_TRUE(whole.ok());
    EXPECT_EQ(whole->scalar_type(), type);
    EXPECT_TRUE(at::equal(whole->to(at::kFloat), scaled->mul(255).round()));
    EXPECT_GT(whole->max().item().toLong(), 100);
  }
}

TEST(LoadImagesTest, NamesTheFirstFileThatIsNoImage) {
  const testing::ScratchFolder scratch;
  auto files = FixtureImageFiles();
  for (const std::size_t place : {1U, 4U}) {
    files[place] = scratch.path() / ("broken" + std::to_string(place) + ".png");
    testing::WriteFile(files[place], "no image");
  }
  const auto batch = LoadImages(Mapped(files).views, Wanted(ResizeRule::kStretch), 1);
  ASSERT_FALSE(batch.ok());
  EXPECT_EQ(batch.error().code, ErrorCode::kInternal) << "which is no fault of the checkpoint's";
  EXPECT_NE(batch.error().message.find("broken1.png"), std::string::npos)
      << batch.error().ToString();
}

}  // namespace
}  // namespace ventral
