// What `ventral` says where there is no service, and of itself.
#include "tests/e2e/cli_fixture.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Port 1 is nobody's.
constexpr char kNobody[] = "127.0.0.1:1";

TEST(CliUsage, EachCommandHasHelpWithExamples) {
  for (const char* command :
       {"submit", "leaderboard", "show", "jobs", "watch", "cancel", "retry", "logs", "models",
        "packs", "benchmarks", "score", "status", "health", "pack"}) {
    const Said said = RunVentral({command, "--help"});
    EXPECT_EQ(said.exit_code, 0) << command;
    EXPECT_THAT(said.out, HasSubstr("Examples:\n  ventral " + std::string(command)));
    EXPECT_THAT(said.out, HasSubstr("Exit status"));
    EXPECT_THAT(said.errors, IsEmpty());
  }
  for (const char* command : {"check", "publish", "build"}) {
    const Said said = RunVentral({"pack", command, "--help"});
    EXPECT_EQ(said.exit_code, 0) << command;
    EXPECT_THAT(said.out, HasSubstr("Examples:\n  ventral pack " + std::string(command)));
  }
  EXPECT_THAT(RunVentral({"--version"}).out, StartsWith("ventral 0."));
}

TEST(CliUsage, AWrongCommandLineIsRefusedOnStderr) {
  const std::vector<std::vector<std::string>> lines = {
      {},
      {"frobnicate"},
      {"submit"},
      {"jobs", "--state", "lost"},
      {"pack"},
      {"score", "net.pt2", "--pack", "p", "--seed", "3"},
      {"score", "net.pt2", "--pack", "p", "--samples", "3"},
      {"score", "net.pt2", "--pack", "p", "--precision", "int8"},
      {"score", "net.pt2", "--pack", "p", "--layers", "a,b", "c"}};
  for (const auto& line : lines) {
    const Said said = RunVentral(line);
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_THAT(said.out, IsEmpty());
    EXPECT_THAT(said.errors, HasSubstr("--help"));
  }
}

TEST(CliUsage, AServerThatCannotBeReachedIsToldWithAdvice) {
  const std::vector<std::vector<std::string>> lines = {
      {"jobs"},          {"watch", "3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58"},
      {"watch", "3f2a"}, {"leaderboard", "--json"},
      {"status"},        {"health"}};
  for (const auto& line : lines) {
    const Said said = RunVentral(line, {std::string("VENTRAL_SERVER=") + kNobody});
    EXPECT_EQ(said.exit_code, 3) << line[0];
    EXPECT_THAT(said.out, IsEmpty()) << line[0];
    for (const char* part : {kNobody, "is it running?", "deploy/quickstart.sh", "--server"}) {
      EXPECT_THAT(said.errors, HasSubstr(part));
    }
  }
}

TEST(CliUsage, TheAddressIsFoundInItsThreePlaces) {
  const ScratchFolder home;
  WriteFile(home.path() / ".config/ventral/config", "server = 127.0.0.1:3\n");
  const std::string base = "HOME=" + home.path().string();
  EXPECT_THAT(RunVentral({"jobs"}, {base}).errors, HasSubstr("127.0.0.1:3"));
  EXPECT_THAT(RunVentral({"jobs"}, {base, "VENTRAL_SERVER=127.0.0.1:2"}).errors,
              HasSubstr("127.0.0.1:2"));
  EXPECT_THAT(
      RunVentral({"jobs", "--server", kNobody}, {base, "VENTRAL_SERVER=127.0.0.1:2"}).errors,
      HasSubstr(kNobody));
  WriteFile(home.path() / ".config/ventral/config", "sever = 127.0.0.1:3\n");
  const Said said = RunVentral({"jobs"}, {base});
  EXPECT_EQ(said.exit_code, 5);
  EXPECT_THAT(said.errors, HasSubstr("config, line 1"));
}

}  // namespace
}  // namespace ventral::testing
