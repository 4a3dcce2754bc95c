#include "scoring/pack/image.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/support/files.h"
#include "tests/unit/pack/small_pack.h"

namespace ventral {
namespace {

namespace fs = std::filesystem;
using testing::ReadFile;
using testing::ScratchFolder;
using testing::SharedFolder;
using testing::SmallJpeg;
using testing::SmallPng;
using testing::WriteFile;

int RunPython(const std::string& script, const std::string& arguments) {
  const std::string command = std::string(VENTRAL_PYTHON) + " " VENTRAL_SOURCE_DIR "/tests/unit/pack/" +
                              script + " " + arguments;
  return std::system(command.c_str());
}

bool HavePil() {
  return std::system(VENTRAL_PYTHON " -c 'import PIL, numpy' 2>/dev/null") == 0;
}

// Each NAME of `folder` beside NAME.rgb: height, width as text, then PIL's convert("RGB").
void ExpectEqualToPil(const fs::path& folder, std::size_t least) {
  std::size_t compared = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".rgb") continue;
    const std::string reference = ReadFile(entry.path());
    std::int64_t height = 0, width = 0;
    std::istringstream(reference) >> height >> width;
    const auto image = ReadImage(fs::path(entry.path()).replace_extension());
    ASSERT_TRUE(image.ok()) << image.error().ToString();
    EXPECT_EQ(image->height, height) << entry.path();
    EXPECT_EQ(image->width, width) << entry.path();
    const std::string pixels = reference.substr(reference.find('\n') + 1);
    EXPECT_TRUE(std::string(image->rgb.begin(), image->rgb.end()) == pixels) << entry.path();
    ++compared;
  }
  EXPECT_GE(compared, least);
}

TEST(ImageAgainstPil, EveryVariantIsBitEqual) {
  if (!HavePil()) GTEST_SKIP() << "needs PIL and NumPy";
  ScratchFolder scratch;
  ASSERT_EQ(RunPython("pil_images.py", "variants " + scratch.path().string()), 0);
  ExpectEqualToPil(scratch.path(), 40);
}

TEST(ImageAgainstPil, RealPhotographsAreBitEqual) {
  VENTRAL_NEEDS_SHARED("data/algonauts2019_78images");
  if (!HavePil()) GTEST_SKIP() << "needs PIL and NumPy";
  for (const char* pack : {"algonauts2019_78images", "kriegeskorte2008_92images",
                           "cowley2023_v4/210325"}) {
    ScratchFolder scratch;
    const fs::path stimuli = SharedFolder() / "data" / pack / "stimuli";
    const std::string folders = scratch.path().string() + " " + stimuli.string();
    ASSERT_EQ(RunPython("pil_images.py", "copies " + folders), 0);
    ExpectEqualToPil(scratch.path(), 78);
  }
}

class HostileImage : public ::testing::Test {
 protected:
  Result<Image> Read(const std::string& bytes, std::uint64_t max_pixels = 1'000'000) {
    WriteFile(file_, bytes);
    return ReadImage(file_, max_pixels);
  }
  ScratchFolder scratch_;
  fs::path file_ = scratch_.path() / "image";
};

TEST_F(HostileImage, IsToldByItsBytesNotItsName) {
  for (const char* text : {"", "GIF89a...", "\x89PNG", "plain text", "<svg/>", "\xff\xd8"}) {
    const auto image = Read(text);
    ASSERT_FALSE(image.ok()) << text;
    EXPECT_EQ(image.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(image.error().message.find(file_.string()), std::string::npos);
    EXPECT_NE(image.error().message.find("neither PNG nor JPEG"), std::string::npos);
  }
  EXPECT_EQ(ReadImage(scratch_.path() / "absent").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadImage(scratch_.path()).error().code, ErrorCode::kInvalidInput);
}

TEST_F(HostileImage, IsAnErrorWhereverItIsCutOff) {
  for (const std::string& whole : {SmallPng(20, 20), SmallJpeg(20, 20)}) {
    ASSERT_TRUE(Read(whole).ok());
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto image = Read(whole.substr(0, length));
      ASSERT_FALSE(image.ok()) << length << " of " << whole.size();
      EXPECT_EQ(image.error().code, ErrorCode::kInvalidInput);
    }
  }
}

TEST_F(HostileImage, IsMeasuredBeforeMemoryIsTaken) {
  EXPECT_TRUE(Read(SmallPng(30, 20), 600).ok());
  EXPECT_EQ(Read(SmallPng(30, 20), 599).error().code, ErrorCode::kResourceLimit);
  EXPECT_TRUE(Read(SmallJpeg(30, 20), 600).ok());
  EXPECT_EQ(Read(SmallJpeg(30, 20), 599).error().code, ErrorCode::kResourceLimit);
  // A JPEG that says 65,500 × 65,500 in its frame header (marker C0: length, precision, height, width).
  std::string huge = SmallJpeg(30, 20);
  const std::size_t frame = huge.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  huge.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  EXPECT_EQ(Read(huge).error().code, ErrorCode::kResourceLimit);
}

TEST_F(HostileImage, IsRefusedWhereItsChecksumFails) {
  std::string png = SmallPng(20, 20);
  const std::size_t data = png.find("IDAT");
  png[data + 10] = static_cast<char>(png[data + 10] ^ 0x40);
  EXPECT_FALSE(Read(png).ok());
}

}  // namespace
}  // namespace ventral
