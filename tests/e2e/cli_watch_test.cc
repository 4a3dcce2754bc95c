// Watching through `ventral`: a server that dies, Ctrl-C, a terminal.
#include <signal.h>

#include <algorithm>

#include "tests/e2e/cli_fixture.h"
#include "tests/support/simulated.h"
#include "ventral/v1/job.pb.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CliWatch : public CliTest {
 protected:
  // Until what `watching` wrote to stderr has this in it.
  void WaitForWord(const Started& watching, const std::string& word) {
    const auto said = [&] { return watching.errors().find(word) != std::string::npos; };
    ASSERT_TRUE(Becomes([&] { return said() || watching.ended(); }) && said()) << watching.errors();
  }
};

TEST_F(CliWatch, GoesOnWhenTheServerDiesAndComesBack) {
  service().StartWorker();
  const std::string job = Submit(SlowNetwork());
  Started watching = Start({"watch", job.substr(0, 8)});
  WaitForWord(watching, "extract");
  service().KillServer();
  WaitForWord(watching, "cut");
  service().StartServer({"--lease-seconds", "3"});
  const Said said = watching.Wait();
  EXPECT_EQ(said.exit_code, 0) << said.errors;
  EXPECT_THAT(said.out, HasSubstr("simulated-cortex.neurons.ridge"));
  EXPECT_THAT(said.out, HasSubstr("succeeded"));
  EXPECT_THAT(said.errors, HasSubstr("watching again"));
  EXPECT_THAT(said.out + said.errors, Not(HasSubstr("\x1b"))) << "there is no terminal";
}

TEST_F(CliWatch, LeavesTheJobAloneAtCtrlC) {
  const std::string job = Submit(simulated_ / "teacher.pt2");
  Started watching = Start({"watch", job});
  WaitForWord(watching, "queued");
  watching.Signal(SIGINT);
  const Said said = watching.Wait();
  EXPECT_EQ(said.exit_code, 130);
  EXPECT_THAT(said.errors, HasSubstr("ventral watch " + job));
  service().StartWorker();
  const Said again = Run({"watch", job, "--json"});
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_EQ(Parsed<v1::Job>(again).state(), v1::JOB_STATE_SUCCEEDED);
  EXPECT_EQ(Parsed<v1::Job>(again).attempts(), 1);
}

// script(1) makes a terminal of its own for the command.
TEST_F(CliWatch, DrawsABarOnATerminal) {
  service().StartWorker();
  const std::string job = Submit(SlowNetwork());
  const std::string line = "stty cols 60; " VENTRAL_BIN_DIR "/ventral watch " + job;
  std::vector<std::string> environment = this->environment();
  environment.push_back("PATH=/usr/bin:/bin");
  environment.push_back("TERM=xterm");
  const Said said = Started("/usr/bin/script", {"-qec", line, "/dev/null"}, environment).Wait();
  EXPECT_EQ(said.exit_code, 0) << said.out;
  EXPECT_THAT(said.out, HasSubstr("\x1b[K["));
  EXPECT_THAT(said.out, HasSubstr("#"));
  EXPECT_THAT(said.out, HasSubstr("] extract "));
  // The last thing drawn is wiped before the scores.
  const auto scores = said.out.find("simulated-cortex.neurons.ridge   (");
  ASSERT_NE(scores, std::string::npos);
  EXPECT_EQ(said.out.substr(scores - 4, 4), "\r\x1b[K");
}

}  // namespace
}  // namespace ventral::testing
