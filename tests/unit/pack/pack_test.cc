#include "scoring/pack/pack.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <functional>

#include "tests/support/files.h"
#include "tests/unit/pack/small_pack.h"

namespace ventral {
namespace {

namespace fs = std::filesystem;
using testing::NpyFloats;
using testing::ReadFile;
using testing::ScratchFolder;
using testing::SmallManifest;
using testing::WriteFile;

class SmallPack : public ::testing::Test {
 protected:
  SmallPack() { testing::WriteSmallPack(folder()); }
  fs::path folder() const { return scratch_.path() / "pack"; }
  ScratchFolder scratch_;
};

TEST_F(SmallPack, IsReadWhole) {
  const auto pack = ReadPack(folder());
  ASSERT_TRUE(pack.ok()) << pack.error().ToString();
  ASSERT_EQ(pack->stimuli.size(), 4u);
  EXPECT_EQ(pack->stimuli[2].id, "c");
  EXPECT_TRUE(pack->stimuli[2].file.is_absolute());
  EXPECT_TRUE(fs::exists(pack->stimuli[2].file));
  ASSERT_EQ(pack->recordings.size(), 3u);
  const Recording* it = pack->FindRecording("it");
  ASSERT_NE(it, nullptr);
  EXPECT_EQ(it->kind, RecordingKind::kRdms);
  EXPECT_EQ(it->shape, (std::vector<std::int64_t>{2, 2, 4, 4}));
  EXPECT_EQ(it->Size(Axis::kSubject), 2);
  EXPECT_EQ(it->Size(Axis::kStimulus), 4);
  EXPECT_EQ(it->values[1], 0.25);
  EXPECT_EQ(it->units, "1 - r");
  EXPECT_TRUE(std::isnan(pack->FindRecording("v4_trials")->values[17]));
  EXPECT_EQ(pack->FindRecording("absent"), nullptr);
  EXPECT_TRUE(CheckPackImages(*pack).ok());
}

TEST_F(SmallPack, HasTheDigestOfItsListing) {
  const auto files = ListPackFiles(folder());
  ASSERT_TRUE(files.ok()) << files.error().ToString();
  ASSERT_EQ(files->size(), 9u);
  std::string listing;
  for (const char* path :
       {"arrays/trials.npy", "arrays/v4.npy", "it.npy", "pack.json", "stimuli.csv",
        "stimuli/a.png", "stimuli/b.png", "stimuli/c.jpg", "stimuli/d.jpg"}) {
    const std::string bytes = ReadFile(folder() / path);
    listing += DigestOf(bytes).hex() + "  " + std::to_string(bytes.size()) + " " + path + "\n";
  }
  EXPECT_EQ(PackListing(*files), listing);
  const std::vector<PackFileEntry> reversed(files->rbegin(), files->rend());
  EXPECT_EQ(PackListing(reversed), listing);
  WriteFile(folder() / "notes.txt", "no part of the pack");
  EXPECT_EQ(ReadPack(folder())->digest, DigestOf(listing));
  // One byte of one image is another pack.
  WriteFile(folder() / "stimuli/a.png", testing::SmallPng(4, 4));
  EXPECT_NE(ReadPack(folder())->digest, DigestOf(listing));
}

// Changes one thing and says how the error must read.
struct Damage {
  const char* name;
  std::function<void(const fs::path&)> apply;
  ErrorCode code;
  const char* part;
};

std::vector<float> Rdms() {
  std::vector<float> values(64, 1);
  for (std::size_t rdm = 0; rdm < 4; ++rdm) {
    for (std::size_t i = 0; i < 4; ++i) values[rdm * 16 + i * 5] = 0;
  }
  return values;
}

std::function<void(const fs::path&)> Rdm(std::size_t index, float value) {
  return [=](const fs::path& pack) {
    auto values = Rdms();
    values[index] = value;
    WriteFile(pack / "it.npy", NpyFloats({2, 2, 4, 4}, values));
  };
}

std::function<void(const fs::path&)> Put(const char* file, const std::string& bytes) {
  return [=](const fs::path& pack) { WriteFile(pack / file, bytes); };
}

std::function<void(const fs::path&)> Link(const char* file, const char* target) {
  return [=](const fs::path& pack) {
    fs::remove(pack / file);
    fs::create_symlink(target, pack / file);
  };
}

const Damage kDamages[] = {
    {"no pack.json", [](auto& pack) { fs::remove(pack / "pack.json"); }, ErrorCode::kNotFound,
     "is no pack: the pack has no file 'pack.json'"},
    {"no folder", [](auto& pack) { fs::remove_all(pack); }, ErrorCode::kNotFound, "no folder"},
    {"pack.json is a folder",
     [](auto& pack) {
       fs::remove(pack / "pack.json");
       fs::create_directory(pack / "pack.json");
     },
     ErrorCode::kInvalidInput, "not a regular file"},
    {"missing image", [](auto& pack) { fs::remove(pack / "stimuli/c.jpg"); }, ErrorCode::kNotFound,
     "stimuli.csv: image of stimulus 'c': the pack has no file 'stimuli/c.jpg'"},
    {"image is a pipe",
     [](auto& pack) {
       fs::remove(pack / "stimuli/c.jpg");
       ASSERT_EQ(mkfifo((pack / "stimuli/c.jpg").c_str(), 0600), 0);
     },
     ErrorCode::kInvalidInput, "'stimuli/c.jpg' is not a regular file"},
    {"missing array", [](auto& pack) { fs::remove(pack / "it.npy"); }, ErrorCode::kNotFound,
     "'it.npy'"},
    {"missing table", [](auto& pack) { fs::remove(pack / "stimuli.csv"); }, ErrorCode::kNotFound,
     "'stimuli.csv'"},
    {"doubled stimulus",
     Put("stimuli.csv", "stimulus_id,file\na,stimuli/a.png\na,stimuli/b.png\n"),
     ErrorCode::kInvalidInput, "stimuli.csv: row 3: stimulus_id 'a' stands twice"},
    {"fewer stimuli", Put("stimuli.csv", "stimulus_id,file\na,stimuli/a.png\n"),
     ErrorCode::kInvalidInput, "there are 1 stimuli, and pack.json states 4"},
    {"image link leaves the pack", Link("stimuli/a.png", "/etc/passwd"), ErrorCode::kInvalidInput,
     "'stimuli/a.png' is a symbolic link that leaves the pack"},
    {"array link leaves the pack", Link("it.npy", "/etc/passwd"), ErrorCode::kInvalidInput,
     "'it.npy' is a symbolic link that leaves the pack"},
    {"manifest link leaves the pack", Link("pack.json", "/etc/passwd"), ErrorCode::kInvalidInput,
     "leaves the pack"},
    {"dangling link", Link("it.npy", "nowhere"), ErrorCode::kNotFound, "'it.npy'"},
    {"sibling with the pack's name as its beginning",
     [](auto& pack) {
       WriteFile(pack.string() + "2/x", "x");
       fs::remove(pack / "it.npy");
       fs::create_symlink("../pack2/x", pack / "it.npy");
     },
     ErrorCode::kInvalidInput, "leaves the pack"},
    {"array has other axes", Put("it.npy", NpyFloats({4, 4, 4}, Rdms())), ErrorCode::kInvalidInput,
     "it.npy: recording 'it': the array has 3 axes and pack.json names 4"},
    {"array has other stimuli", Put("arrays/v4.npy", NpyFloats({3, 4}, std::vector<float>(12))),
     ErrorCode::kInvalidInput,
     "arrays/v4.npy: recording 'v4': axis 0 (stimulus) has 3 entries and the pack has 4"},
    {"array has other subjects", Put("it.npy", NpyFloats({4, 1, 4, 4}, Rdms())),
     ErrorCode::kInvalidInput, "axis 0 (subject) has 4 entries and pack.json states 2 subjects"},
    {"array has no neuroids", Put("arrays/v4.npy", NpyFloats({4, 0}, {})), ErrorCode::kInvalidInput,
     "axis 1 (neuroid) has 0 entries"},
    {"array is cut off", Put("it.npy", NpyFloats({2, 2, 4, 4}, {1, 2})), ErrorCode::kInvalidInput,
     "it.npy: its header promises"},
    {"RDM is not symmetric", Rdm(16 + 6, 1.001f), ErrorCode::kInvalidInput,
     "an RDM is symmetric, but not at [subject 0, session 1, stimulus 1, stimulus 2]"},
    {"RDM has a diagonal", Rdm(48 + 15, 0.001f), ErrorCode::kInvalidInput,
     "zero, but not at [subject 1, session 1, stimulus 3, stimulus 3]"},
    {"RDM has NaN", Rdm(1, NAN), ErrorCode::kInvalidInput,
     "[subject 0, session 0, stimulus 0, stimulus 1] is not finite"},
    {"RDM has infinity", Rdm(1, INFINITY), ErrorCode::kInvalidInput, "is not finite"},
    {"responses have NaN",
     Put("arrays/v4.npy", NpyFloats({4, 3}, {0, 1, 2, 3, NAN, 5, 6, 7, 8, 9, 10, 11})),
     ErrorCode::kInvalidInput, "the value at [stimulus 1, neuroid 1] is NaN; only recordings with"},
    {"trials have infinity",
     Put("arrays/trials.npy", NpyFloats({2, 4, 3}, std::vector<float>(24, -INFINITY))),
     ErrorCode::kInvalidInput, "[repeat 0, stimulus 0, neuroid 0] is infinite"},
    {"trials of other neuroids",
     Put("arrays/trials.npy", NpyFloats({2, 4, 2}, std::vector<float>(16))),
     ErrorCode::kInvalidInput, "'v4_trials' has 2 neuroids and 'v4' has 3"},
};

TEST_F(SmallPack, NamesWhatIsDamaged) {
  for (const Damage& damage : kDamages) {
    SCOPED_TRACE(damage.name);
    fs::remove_all(folder());
    testing::WriteSmallPack(folder());
    damage.apply(folder());
    const auto pack = ReadPack(folder());
    if (pack.ok()) {
      ADD_FAILURE() << "was read";
      continue;
    }
    EXPECT_EQ(pack.error().code, damage.code) << pack.error().ToString();
    EXPECT_NE(pack.error().message.find(damage.part), std::string::npos) << pack.error().message;
  }
}

TEST_F(SmallPack, ToleratesTheRoundingOfFloat32) {
  Rdm(16 + 6, 1.0000004f)(folder());
  EXPECT_TRUE(ReadPack(folder()).ok());
  Rdm(5, 4e-7f)(folder());
  EXPECT_TRUE(ReadPack(folder()).ok());
}

TEST_F(SmallPack, FollowsALinkInsideThePack) {
  fs::rename(folder() / "it.npy", folder() / "elsewhere.npy");
  fs::create_symlink("elsewhere.npy", folder() / "it.npy");
  EXPECT_TRUE(ReadPack(folder()).ok());
}

TEST_F(SmallPack, IsReadThroughALinkToIt) {
  fs::create_directory_symlink(folder(), scratch_.path() / "link");
  EXPECT_TRUE(ReadPack(scratch_.path() / "link").ok());
}

TEST_F(SmallPack, StopsAtItsLimits) {
  const auto code = [&](auto&& set) {
    PackLimits limits;
    set(limits);
    const auto pack = ReadPack(folder(), limits);
    return pack.ok() ? std::string("ok") : std::string(ErrorCodeName(pack.error().code));
  };
  EXPECT_EQ(code([](PackLimits& limits) { limits.manifest_bytes = 100; }), "resource_limit");
  EXPECT_EQ(code([](PackLimits& limits) { limits.stimuli = 3; }), "resource_limit");
  // 64 + 12 + 24 values of 8 bytes, all recordings together.
  EXPECT_EQ(code([](PackLimits& limits) { limits.array_bytes = 800; }), "ok");
  EXPECT_EQ(code([](PackLimits& limits) { limits.array_bytes = 799; }), "resource_limit");
}

TEST_F(SmallPack, NamesTheStimulusWhoseImageIsDamaged) {
  WriteFile(folder() / "stimuli/b.png", testing::SmallPng(8, 8).substr(0, 60));
  const auto pack = ReadPack(folder());
  ASSERT_TRUE(pack.ok());
  const auto images = CheckPackImages(*pack);
  ASSERT_FALSE(images.ok());
  EXPECT_NE(images.error().message.find("image of stimulus 'b'"), std::string::npos);
  PackLimits limits;
  limits.image_pixels = 19;
  EXPECT_EQ(CheckPackImages(*pack, limits).error().code, ErrorCode::kResourceLimit);
}

}  // namespace
}  // namespace ventral
