// Building the packs of benchmarks/ from their published files.
#include "scoring/pack/build/build.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ostream>
#include <set>

#include "scoring/pack/build/workplace.h"
#include "scoring/pack/image.h"
#include "scoring/pack/npy.h"
#include "tests/support/files.h"

namespace ventral {
namespace {

namespace fs = std::filesystem;
using testing::ReadFile;
using testing::ScratchFolder;
using testing::SharedFolder;
using testing::WriteFile;

constexpr std::uint64_t kMaxBytes = 1 << 30;

fs::path RecipeOf(const std::string& name) {
  return fs::path(VENTRAL_SOURCE_DIR) / "benchmarks" / name;
}

BuildOptions From(const fs::path& folder) {
  BuildOptions options;
  options.from = folder;
  return options;
}

struct Converted {
  std::string pack;
  std::string folder;               // below data/, as somebody converted it with NumPy
  std::vector<std::string> arrays;  // the same name in both
  friend std::ostream& operator<<(std::ostream& out, const Converted& converted) {
    return out << converted.pack;
  }
};

class RealPack : public ::testing::TestWithParam<Converted> {};

TEST_P(RealPack, EqualsTheConversionByNumPy) {
  VENTRAL_NEEDS_SHARED("data/" + GetParam().folder);
  const fs::path data = SharedFolder() / "data", converted = data / GetParam().folder;
  ScratchFolder scratch;
  const fs::path out = scratch.path() / "pack";
  std::vector<std::string> steps;
  const auto pack = BuildPack(RecipeOf(GetParam().pack), out, From(data),
                              [&](auto, auto, const std::string& step) { steps.push_back(step); });
  ASSERT_TRUE(pack.ok()) << pack.error().ToString();
  EXPECT_EQ(pack->manifest.id, GetParam().pack);
  EXPECT_EQ(steps.back(), "check");

  for (const std::string& name : GetParam().arrays) {
    const auto built = ReadNpyFile(out / name, kMaxBytes, name);
    const auto expected = ReadNpyFile(converted / name, kMaxBytes, name);
    ASSERT_TRUE(built.ok() && expected.ok()) << name;
    EXPECT_EQ(built->shape, expected->shape) << name;
    ASSERT_EQ(built->values.size(), expected->values.size()) << name;
    std::size_t different = 0;
    for (std::size_t i = 0; i < built->values.size(); ++i) {
      const double a = built->values[i], b = expected->values[i];
      different += !(a == b || (a != a && b != b));
    }
    EXPECT_EQ(different, 0u) << name;
  }
  std::string table = ReadFile(converted / "stimuli.csv");  // Python's csv ends lines with \r\n
  std::erase(table, '\r');
  EXPECT_EQ(ReadFile(out / "stimuli.csv"), table);
  for (const Stimulus& stimulus : pack->stimuli) {
    const auto built = ReadImage(stimulus.file);
    const auto expected = ReadImage(converted / "stimuli" / stimulus.file.filename());
    ASSERT_TRUE(built.ok() && expected.ok()) << stimulus.id;
    EXPECT_EQ(built->width, expected->width);
    ASSERT_EQ(built->rgb, expected->rgb) << stimulus.id;
  }
  // Nothing but the pack is left.
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch.path()), {}), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Benchmarks, RealPack,
    ::testing::Values(
        Converted{"kriegeskorte2008", "kriegeskorte2008_92images",
                  {"human_it_rdms.npy", "monkey_it_rdm.npy", "behaviour_rdms.npy"}},
        Converted{"cowley2023_v4", "cowley2023_v4/210325", {"responses.npy", "trials.npy"}},
        Converted{"algonauts2019", "algonauts2019_78images",
                  {"human_evc_rdms.npy", "human_it_rdms.npy"}}),
    [](const auto& converted) { return converted.param.pack; });

// Recipes that fail before any image is needed.
class SmallRecipe : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteFile(from() / "deep/er/values.npy", "bytes as published");
    WriteRecipe("https://example.org/values.npy", DigestOf("bytes as published").hex());
  }
  fs::path recipe() const { return scratch_.path() / "recipe"; }
  fs::path from() const { return scratch_.path() / "from"; }
  fs::path out() const { return scratch_.path() / "out"; }

  void WriteRecipe(const std::string& url, const std::string& sha256, const std::string& to = "r.npy") {
    WriteFile(recipe() / "pack.json", R"({"format":1,"id":"small","version":"1.0.0","title":"t",
      "citation":"c","licence":"l","stimuli":{"file":"stimuli.csv","count":2},
      "recordings":[{"id":"r","kind":"responses","file":"r.npy","axes":["stimulus","neuroid"],
        "species":"human","region":"IT","modality":"fmri","units":"u","subjects":1}],
      "benchmarks":[{"id":"small.r.ridge","recording":"r","metric":"ridge","seed":1}],
      "sources":[{"file":"values.npy","url":")" + url + R"(","sha256":")" + sha256 + R"(","bytes":18}],
      "build":{"arrays":[{"to":")" + to + R"(","from":"values.npy"}],
        "stimuli":{"copies":{"prefix":"stimuli/"}}}})");
  }
  Error Build(const BuildOptions& options) {
    const auto pack = BuildPack(recipe(), out(), options, nullptr);
    if (pack.ok()) return Internal("it was built");
    EXPECT_FALSE(fs::exists(out()));
    std::set<std::string> left;
    for (const auto& entry : fs::directory_iterator(scratch_.path())) {
      left.insert(entry.path().filename().string());
    }
    left.erase("recipe");
    left.erase("from");
    EXPECT_TRUE(left.empty()) << *left.begin();
    return pack.error();
  }

  ScratchFolder scratch_;
};

TEST_F(SmallRecipe, FindsASourceInASubfolderAndSaysWhatIsWrongInIt) {
  const Error error = Build(From(from()));
  EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
  EXPECT_NE(error.message.find("r.npy: values.npy: not a .npy file"), std::string::npos)
      << error.message;
}

TEST_F(SmallRecipe, RefusesOtherBytesOfTheSameSize) {
  WriteFile(from() / "deep/er/values.npy", "bytes as falsified");
  const Error error = Build(From(from()));
  EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
  EXPECT_NE(error.message.find("has not the SHA-256"), std::string::npos) << error.message;
}

TEST_F(SmallRecipe, RefusesACutOffSource) {
  WriteFile(from() / "deep/er/values.npy", "bytes");
  EXPECT_NE(Build(From(from())).message.find("has not the 18 bytes"),
            std::string::npos);
}

TEST_F(SmallRecipe, NamesAMissingSourceAndItsAddress) {
  fs::remove_all(from());
  fs::create_directories(from());
  const Error error = Build(From(from()));
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_NE(error.message.find("values.npy"), std::string::npos);
  EXPECT_NE(error.message.find("https://example.org/values.npy"), std::string::npos);
}

TEST_F(SmallRecipe, RefusesWhatIsNoRecipe) {
  WriteRecipe("http://example.org/values.npy", DigestOf("").hex());
  EXPECT_NE(Build(From(from())).message.find("/sources/0/url"), std::string::npos);
  WriteRecipe("https://example.org/values.npy", std::string(64, 'G'));
  EXPECT_NE(Build(From(from())).message.find("/sources/0/sha256"), std::string::npos);
  WriteRecipe("https://example.org/values.npy", DigestOf("").hex(), "other.npy");
  EXPECT_NE(Build(From(from())).message.find("/build/arrays/0/to"), std::string::npos);
  EXPECT_NE(Build({}).message.find("/build/arrays/0/to"), std::string::npos);
  fs::remove(recipe() / "pack.json");
  EXPECT_EQ(Build({}).code, ErrorCode::kNotFound);
}

TEST_F(SmallRecipe, LeavesAnExistingFolderAlone) {
  WriteFile(out() / "mine.txt", "mine");
  const auto pack = BuildPack(recipe(), out(), From(from()), nullptr);
  ASSERT_FALSE(pack.ok());
  EXPECT_EQ(pack.error().code, ErrorCode::kConflict);
  EXPECT_EQ(ReadFile(out() / "mine.txt"), "mine");
}

TEST(InterruptedBuild, LeavesNoHalfPackAndDoesNotStopTheNext) {
  VENTRAL_NEEDS_SHARED("data/cowley2023_v4");
  const fs::path data = SharedFolder() / "data";
  ScratchFolder scratch;
  const fs::path out = scratch.path() / "pack";
  const pid_t child = fork();
  if (child == 0) {
    (void)BuildPack(RecipeOf("cowley2023_v4"), out, From(data),
                    [](auto, auto, const std::string& step) {
                      if (step == "check") _exit(9);  // everything is written, nothing is checked
                    });
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 9);
  EXPECT_FALSE(fs::exists(out));
  const auto pack =
      BuildPack(RecipeOf("cowley2023_v4"), out, From(data), nullptr);
  EXPECT_TRUE(pack.ok()) << pack.error().ToString();
  // What the killed build left is gone too.
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch.path()), {}), 1);
}

TEST(Workplace, IsHeldByOneBuildAtATime) {
  ScratchFolder scratch;
  const fs::path out = scratch.path() / "pack";
  {
    auto first = Workplace::Make(out);
    ASSERT_TRUE(first.ok());
    WriteFile(first->path() / "half/written", "x");
    const auto second = Workplace::Make(out);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, ErrorCode::kConflict);
    EXPECT_TRUE(fs::exists(first->path() / "half/written"));
  }
  EXPECT_TRUE(fs::is_empty(scratch.path()));
  auto third = Workplace::Make(out);
  ASSERT_TRUE(third.ok());
  WriteFile(third->path() / "whole", "x");
  ASSERT_TRUE(third->Become(out).ok());
  EXPECT_EQ(ReadFile(out / "whole"), "x");
  // A finished build does not hold the place of the next.
  auto fourth = Workplace::Make(out);
  ASSERT_TRUE(fourth.ok());
  EXPECT_EQ(fourth->Become(out).error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace ventral
