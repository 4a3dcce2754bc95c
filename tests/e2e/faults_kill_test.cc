// SIGKILL in the middle of a job: it ends succeeded with one score a benchmark, or failed with its
// true cause.
#include <signal.h>

#include <chrono>
#include <thread>

#include "tests/e2e/faults_fixture.h"

namespace ventral::testing {
namespace {

class FaultsKill : public FaultsTest {};

TEST_F(FaultsKill, AnUndisturbedJobSucceedsOnce) {
  Begin();
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  ExpectSucceededOnce(1);
  // What the extractor logged stands in the attempt's log.
  EXPECT_NE(Attempts().at(0).log_tail().find("ventral-extract"), std::string::npos);
}

TEST_F(FaultsKill, TheWorker) {
  Begin();
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  const pid_t evaluator = service().evaluator(), extractor = service().extractor();
  ASSERT_TRUE(evaluator > 0 && extractor > 0);
  service().KillWorker();
  EXPECT_TRUE(Becomes([&] { return IsGone(evaluator) && IsGone(extractor); }));
  StartWorker();
  ExpectSucceededOnce(2);
  ExpectFirstFailure(v1::FAILURE_CAUSE_INFRASTRUCTURE, "lease");
}

TEST_F(FaultsKill, TheEvaluator) {
  Begin();
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  const pid_t extractor = service().extractor();
  ASSERT_GT(extractor, 0);
  KillOne(service().evaluator());
  EXPECT_TRUE(Becomes([&] { return IsGone(extractor); }));
  ExpectSucceededOnce(2);
  ExpectFirstFailure(v1::FAILURE_CAUSE_CRASH, "killed by signal 9 (SIGKILL)");
}

TEST_F(FaultsKill, TheEvaluatorWhileItScores) {
  Begin();
  Submit();
  StartWorker();
  WaitForScoring();
  KillOne(service().evaluator());
  ExpectSucceededOnce(2);
  ExpectFirstFailure(v1::FAILURE_CAUSE_CRASH, "killed by signal 9 (SIGKILL)");
}

// The server stands still, so that the upload is under way for as long as it takes to kill.
TEST_F(FaultsKill, TheWorkerWhileItUploadsGrams) {
  lease_seconds_ = 15;
  Begin();
  Submit();
  StartWorker();
  WaitForScoring();
  ASSERT_EQ(kill(service().server(), SIGSTOP), 0);
  const bool uploads = Becomes([&] {
    return service().worker_log().find("uploading Grams") != std::string::npos ||
           service().worker_log().find("dropped") != std::string::npos;
  });
  EXPECT_TRUE(uploads && service().worker_log().find("dropped") == std::string::npos)
      << service().worker_log();
  service().KillWorker();
  ASSERT_EQ(kill(service().server(), SIGCONT), 0);
  StartWorker();
  ExpectSucceededOnce(2);
  ExpectFirstFailure(v1::FAILURE_CAUSE_INFRASTRUCTURE, "lease");
  EXPECT_EQ(Job().grams().sha256().size(), 64u) << "of the second attempt";
  EXPECT_GT(Job().grams().size_bytes(), 0);
}

TEST_F(FaultsKill, TheExtractor) {
  Begin();
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  KillOne(service().extractor());
  ExpectSucceededOnce(2);
  ExpectFirstFailure(v1::FAILURE_CAUSE_CRASH, "killed by signal 9 (SIGKILL)");
}

TEST_F(FaultsKill, TheExtractorTwice) {
  Begin();
  Submit();
  StartWorker();
  for (int attempt = 1; attempt <= 2; ++attempt) {
    WaitForMiddleOf("extract");
    KillOne(service().extractor());
    if (attempt == 1) WaitFor(v1::JOB_STATE_QUEUED);
  }
  WaitFor(v1::JOB_STATE_FAILED);
  EXPECT_TRUE(Job().quarantined());
  EXPECT_EQ(Job().attempts(), 2);
  EXPECT_TRUE(Scores().empty());
}

TEST_F(FaultsKill, TheExtractorOfTheLastAttempt) {
  Begin({"--max-attempts", "1"});
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  KillOne(service().extractor());
  WaitFor(v1::JOB_STATE_FAILED);
  EXPECT_EQ(Job().failure().cause(), v1::FAILURE_CAUSE_CRASH);
  EXPECT_TRUE(Scores().empty());
}

TEST_F(FaultsKill, TheServerAndItComesBackWithinTheLease) {
  lease_seconds_ = 60;
  Begin();
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  service().KillServer();
  StartServerAgain();
  ExpectSucceededOnce(1);
}

// The run goes on, and its lease is good until the server has been back for as long as one lasts.
TEST_F(FaultsKill, TheServerForLongerThanALease) {
  Begin();
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  const pid_t extractor = service().extractor();
  ASSERT_GT(extractor, 0);
  // However fast this machine is, it is not done before the server is back.
  ASSERT_EQ(kill(extractor, SIGSTOP), 0);
  service().KillServer();
  std::this_thread::sleep_for(std::chrono::seconds(2 * lease_seconds_));
  StartServerAgain();
  ASSERT_EQ(kill(extractor, SIGCONT), 0);
  ExpectSucceededOnce(1);
}

// The report is made while nobody can take it. The lease may run out meanwhile: a server that comes
// back gives its workers the time of one to be heard, and so the report is taken.
TEST_F(FaultsKill, TheServerWhileTheReportIsMade) {
  Begin();
  Submit();
  StartWorker();
  WaitForScoring();
  const pid_t evaluator = service().evaluator();
  ASSERT_GT(evaluator, 0);
  service().KillServer();
  EXPECT_TRUE(Becomes([&] { return IsGone(evaluator); }));
  StartServerAgain();
  ExpectSucceededOnce(1);
}

}  // namespace
}  // namespace ventral::testing
