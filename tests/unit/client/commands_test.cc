#include "client/cli/commands.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <regex>
#include <sstream>

#include "tests/support/files.h"

namespace ventral::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// "ventral", "ventral pack", "ventral pack check", …
void ForEach(CLI::App* app, const std::string& path,
             const std::function<void(CLI::App*, const std::string&)>& see) {
  see(app, path);
  for (CLI::App* command : app->get_subcommands([](CLI::App*) { return true; })) {
    ForEach(command, path + " " + command->get_name(), see);
  }
}

// Of a help text's end, each on a line of its own, without "ventral", comments and --server.
std::vector<std::string> ExamplesIn(const std::string& footer) {
  const std::string whole = std::regex_replace(footer, std::regex(" *\\\\\n *"), " ");
  std::istringstream lines(whole.substr(whole.find("Examples:\n")));
  std::vector<std::string> examples;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  ventral ")) continue;
    line = std::regex_replace(line, std::regex("  +#.*|--server [^ ]+"), "");
    examples.push_back(line.substr(line.find("ventral ") + 8));
  }
  return examples;
}

class Commands : public ::testing::Test {
 protected:
  Commands() { AddCommands(app_, session_); }
  // What CLI11 says of a command line; empty when it was right. Nothing reaches a server.
  std::string Parse(const std::string& line) {
    session_.server_flag = "not an address";
    try {
      app_.parse(line);
    } catch (const CLI::ParseError& error) {
      return error.what();
    }
    return "";
  }

  Session session_;
  CLI::App app_;
};

TEST_F(Commands, HaveHelpWithExamplesAndExitCodes) {
  int seen = 0;
  ForEach(&app_, "ventral", [&](CLI::App* command, const std::string& path) {
    ++seen;
    const std::string help = command->help();
    EXPECT_THAT(help, HasSubstr("Examples:\n  " + path)) << path;
    EXPECT_THAT(help, HasSubstr("Exit status: 0 done; 1 ")) << path;
    EXPECT_TRUE(command == &app_ || !command->get_description().empty()) << path;
    for (const CLI::Option* option : command->get_options()) {
      EXPECT_FALSE(option->get_description().empty()) << path << " " << option->get_name();
    }
  });
  EXPECT_EQ(seen, 48);
}

TEST_F(Commands, TakeTheExamplesOfTheirHelp) {
  const testing::ScratchFolder scratch;  // of the files that they name, none is there
  const std::filesystem::path here = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  std::size_t seen = 0;
  ForEach(&app_, "ventral", [&](CLI::App* command, const std::string& path) {
    const std::vector<std::string> examples = ExamplesIn(command->get_footer());
    EXPECT_FALSE(examples.empty()) << path;
    for (const std::string& example : examples) {
      ::testing::internal::CaptureStderr();
      EXPECT_EQ(Parse(example), "") << example;
      ::testing::internal::GetCapturedStderr();
      ++seen;
    }
  });
  EXPECT_GT(seen, 100u);
  std::filesystem::current_path(here);
}

TEST_F(Commands, TakeNoSecretForAName) {
  const std::string digits(64, 'e'), secret = "ventral_" + digits;
  for (const std::string& line :
       {"admin token revoke " + secret, "admin token revoke mara/" + secret,
        "admin token list " + secret, "admin token create users/" + secret,
        "admin token create mara --for " + secret, "admin user disable " + secret,
        "admin user create " + secret + " --role reader", "admin audit --user " + secret}) {
    const std::string said = Parse(line);
    EXPECT_THAT(said, HasSubstr("'ventral admin token list' shows")) << line;
    EXPECT_THAT(said, Not(HasSubstr(digits.substr(0, 16)))) << line;
  }
}

TEST_F(Commands, RefuseWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "subcommand"},
      {"submit", "file"},
      {"admin quota set mara --jobs many", "is no limit"},
      {"admin quota set mara --uploads -3", "is no limit"},
      {"submit net.pt2 --pack lab", "--name"},
      {"submit net.pt2 --name net", "--pack"},
      {"show", "model"},
      {"watch", "job"},
      {"jobs --state lost", "lost"},
      {"jobs --limit 0", "--limit"},
      {"jobs --limit 1001", "--limit"},
      {"pack", "subcommand"},
      {"pack delete", "pack"},
      {"pack undelete", "pack"},
      {"admin", "subcommand"},
      {"admin user create mara", "--role"},
      {"admin user create mara --role king", "king"},
      {"admin user role mara", "role"},
      {"admin token create", "user"},
      {"admin token create mara --days 0", "--days"},
      {"admin token revoke", "token"},
      {"admin audit --limit 0", "--limit"},
      {"pack build benchmarks/lab", "--out"},
      {"score net.pt2", "--pack"},
      {"score net.pt2 --pack lab --device gpu", "auto, cpu or cuda:N"},
      {"score net.pt2 --pack lab --device cuda:", "auto, cpu or cuda:N"},
      {"score net.pt2 --pack lab --device cuda:-1", "auto, cpu or cuda:N"},
      {"score net.pt2 --pack lab --memory-budget lots", "--memory-budget"},
      {"score net.pt2 --pack lab --batch-size 0", "--batch-size"},
      {"status --unknown", "--unknown"},
      {"leaderboard --benchmark", "--benchmark"},
  };
  for (const auto& [line, says] : cases) EXPECT_THAT(Parse(line), HasSubstr(says)) << line;
}

TEST_F(Commands, TakeAnOptionAgainWhereItsHelpSaysSo) {
  for (const char* line :
       {"submit --pack it --pack that net.pt2 --name net", "jobs --state queued --state running",
        "leaderboard --benchmark it.a --benchmark it.b", "rdms --layer v1 --layer v4 --out x net",
        "score --pack lab --benchmark it.a --benchmark it.b net.pt2"}) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(Parse(std::string(line) + " --server nowhere"), "") << line;
    ::testing::internal::GetCapturedStderr();
  }
}

TEST_F(Commands, EndWithWhatTheErrorMeans) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(Parse("leaderboard --json --server nowhere"), "");
  EXPECT_EQ(session_.exit_code, kBadInput);
  EXPECT_TRUE(session_.json) << "options may stand behind the command";
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("error: 'nowhere' (from --server) is no address"));
}

TEST(Session, KeepsTheExitCodeThatACommandChose) {
  ::testing::internal::CaptureStderr();
  Session session;
  session.exit_code = kFailed;
  session.End(NotFound("gone\x1b"));
  EXPECT_EQ(session.exit_code, kFailed);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "error: gone?\n");
}

TEST(ToJson, PrintsEveryField) {
  v1::Job job;
  job.set_name("jobs/1");
  const std::string json = ToJson(job);
  EXPECT_THAT(json, HasSubstr("\"name\": \"jobs/1\""));
  EXPECT_THAT(json, HasSubstr("\"attempts\": 0"));
  EXPECT_THAT(json, HasSubstr("\"state\": \"JOB_STATE_UNSPECIFIED\""));
}

}  // namespace
}  // namespace ventral::cli
