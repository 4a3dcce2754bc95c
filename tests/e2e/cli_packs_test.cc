// Packs through `ventral`: checked, published, refused.
#include "tests/e2e/cli_fixture.h"
#include "ventral/v1/pack.pb.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class CliPacks : public CliTest {
 protected:
  // A copy of simulated-cortex, to be broken.
  fs::path Copy(const std::string& name) {
    fs::copy(simulated_ / "simulated-cortex", scratch() / name, fs::copy_options::recursive);
    return scratch() / name;
  }
};

TEST_F(CliPacks, CheckAndPublishAnswerTheSameMessage) {
  const std::string folder = (simulated_ / "simulated-cortex").string();
  const Said checked = Run({"pack", "check", folder, "--json"});
  EXPECT_EQ(checked.exit_code, 0);
  auto here = Parsed<v1::Pack>(checked);
  const Said published = Run({"pack", "publish", folder, "--json"});
  EXPECT_EQ(published.exit_code, 0) << "a second time, too: " << published.errors;
  auto there = Parsed<v1::Pack>(published);
  EXPECT_TRUE(there.has_create_time());
  there.clear_create_time();
  EXPECT_EQ(here.DebugString(), there.DebugString());
  EXPECT_THAT(Run({"packs"}).out, HasSubstr(there.digest().substr(0, 12)));
  EXPECT_THAT(Run({"benchmarks"}).out, HasSubstr("simulated-cortex.neurons.ridge"));
}

TEST_F(CliPacks, ATruncatedPackIsNamedAndNotPublished) {
  const fs::path pack = Copy("cut");
  fs::resize_file(pack / "stimuli/0007.png", 300);
  const Said checked = Run({"pack", "check", pack.string()});
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.errors, HasSubstr("0007"));
  const Said published = Run({"pack", "publish", pack.string()});
  EXPECT_EQ(published.exit_code, 5);
  EXPECT_THAT(published.errors, HasSubstr("0007"));
}

TEST_F(CliPacks, AnotherPackOfTheSameVersionIsInTheWay) {
  const fs::path pack = Copy("other");
  std::string manifest = ReadFile(pack / "pack.json");
  const auto title = manifest.find("60 simulated");
  ASSERT_NE(title, std::string::npos);
  WriteFile(pack / "pack.json", manifest.replace(title, 2, "61"));
  const Said published = Run({"pack", "publish", pack.string()});
  EXPECT_EQ(published.exit_code, 6) << published.errors;
  EXPECT_THAT(published.errors, HasSubstr("1.0.0"));
}

TEST_F(CliPacks, ADeletedOneIsGoneAndComesBack) {
  const std::string folder = (simulated_ / "simulated-cortex").string();
  ASSERT_EQ(Run({"pack", "publish", folder}).exit_code, 0);
  const Said deleted = Run({"pack", "delete", "simulated-cortex"});
  EXPECT_EQ(deleted.exit_code, 0) << deleted.errors;
  EXPECT_THAT(deleted.out, HasSubstr("simulated-cortex is seen by nobody: deleted "));
  EXPECT_THAT(Run({"packs"}).out, Not(HasSubstr("simulated-cortex")));
  EXPECT_THAT(Run({"packs", "--deleted"}).out, HasSubstr("simulated-cortex"));
  const Said again = Run({"pack", "publish", folder});
  EXPECT_EQ(again.exit_code, 6) << again.errors;
  EXPECT_THAT(again.errors, HasSubstr("ventral pack undelete simulated-cortex"));
  const auto back = Parsed<v1::Pack>(Run({"pack", "undelete", "simulated-cortex", "--json"}));
  EXPECT_FALSE(back.has_delete_time());
  EXPECT_THAT(Run({"packs"}).out, HasSubstr("simulated-cortex"));
  EXPECT_EQ(Run({"pack", "delete", "nothing"}).exit_code, 4);
}

TEST_F(CliPacks, BuildingSaysWhatIsMissing) {
  const std::string out = (scratch() / "built").string();
  const std::string recipe = VENTRAL_SOURCE_DIR "/benchmarks/kriegeskorte2008";
  fs::create_directory(scratch() / "empty");
  const Said without =
      Run({"pack", "build", recipe, "--from", (scratch() / "empty").string(), "--out", out});
  EXPECT_EQ(without.exit_code, 4) << without.errors;
  EXPECT_FALSE(fs::exists(out)) << "a whole pack or none";
  const Said nowhere = Run({"pack", "build", (scratch() / "nowhere").string(), "--out", out});
  EXPECT_EQ(nowhere.exit_code, 4) << nowhere.errors;
}

}  // namespace
}  // namespace ventral::testing
