#include "client/cli/rdm_files.h"

#include <gmock/gmock.h>

#include "scoring/pack/npy.h"
#include "tests/support/files.h"

namespace ventral::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RdmMessage SomeRdm() {
  RdmMessage rdm;
  rdm.layer = {"features.3", 0};
  rdm.features = 7;
  rdm.rdm = {3, Eigen::Vector3d(0.1, 0.2, 0.3)};
  return rdm;
}

TEST(RdmFiles, AreSquareOrCondensed) {
  const ventral::testing::ScratchFolder scratch;
  for (const bool condensed : {false, true}) {
    RdmFiles files(scratch.path() / "out", condensed);
    ASSERT_TRUE(files.Write(SomeRdm()).ok());
    const auto read = ReadNpyFile(scratch.path() / "out/000-features.3.npy", 1 << 20, "rdm");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->type.bytes, 8);
    if (condensed) {
      EXPECT_THAT(read->values, ElementsAre(0.1, 0.2, 0.3));
    } else {
      EXPECT_EQ(read->shape, (std::vector<std::int64_t>{3, 3}));
      EXPECT_THAT(read->values, ElementsAre(0, 0.1, 0.2, 0.1, 0, 0.3, 0.2, 0.3, 0));
    }
  }
}

TEST(RdmFiles, HaveAnIndexThatSaysWhatTheyAre) {
  const ventral::testing::ScratchFolder scratch;
  RdmFiles files(scratch.path(), true);
  RdmMessage none;
  none.layer = {"it", 2};
  none.undefined = "layer it@2: its values do not vary";
  ASSERT_TRUE(files.Write(SomeRdm()).ok());
  ASSERT_TRUE(files.Write(none).ok());
  RdmsMessage all;
  all.head.stimuli = {"a", "b", "c"};
  all.distance = "cosine";
  const auto index = files.WriteIndex(all);
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(nlohmann::json::parse(ventral::testing::ReadFile(scratch.path() / "index.json")),
            *index);
  EXPECT_EQ((*index)["distance"], "cosine");
  EXPECT_EQ((*index)["stimuli"].size(), 3u);
  EXPECT_EQ((*index)["layers"][0]["file"], "000-features.3.npy");
  EXPECT_EQ((*index)["layers"][1]["undefined"], none.undefined);
  EXPECT_FALSE((*index)["layers"][1].contains("file"));
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "001-it@2.npy"));
}

// An index of an earlier run would say that files are there which are none, or are others.
TEST(RdmFiles, HaveNoIndexUntilAllAreThere) {
  const ventral::testing::ScratchFolder scratch;
  ventral::testing::WriteFile(scratch.path() / "index.json", "of an earlier run");
  RdmFiles files(scratch.path(), true);
  ASSERT_TRUE(files.Write(SomeRdm()).ok());
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "index.json"));
  ASSERT_TRUE(files.Write(SomeRdm()).ok());
  ASSERT_TRUE(files.WriteIndex({}).ok());
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "index.json"));
}

TEST(RdmFiles, StayInTheirFolderWhateverALayerIsCalled) {
  EXPECT_EQ(RdmFileName(3, {"features.12", 0}), "003-features.12.npy");
  EXPECT_EQ(RdmFileName(0, {"it", 4}), "000-it@4.npy");
  EXPECT_EQ(RdmFileName(1, {"../../etc/passwd", 0}), "001-.._.._etc_passwd.npy");
  EXPECT_EQ(RdmFileName(1, {"a\nb", 0}), "001-a_b.npy");
  EXPECT_LT(RdmFileName(1234, {std::string(5000, 'x'), 0}).size(), 120u);
}

TEST(RdmFiles, SayWhichFileCannotBeWritten) {
  const ventral::testing::ScratchFolder scratch;
  ventral::testing::WriteFile(scratch.path() / "file", "");
  const Status written = RdmFiles(scratch.path() / "file", false).Write(SomeRdm());
  ASSERT_FALSE(written.ok());
  EXPECT_THAT(written.error().message, HasSubstr("000-features.3.npy"));
}

}  // namespace
}  // namespace ventral::cli
