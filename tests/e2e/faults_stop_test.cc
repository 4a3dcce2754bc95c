// Ends that somebody asked for, and a database that goes away: the job's state stays true.
#include <signal.h>

#include "tests/e2e/faults_fixture.h"

namespace ventral::testing {
namespace {

class FaultsStop : public FaultsTest {};

TEST_F(FaultsStop, PostgresGoesAwayAndComesBack) {
  lease_seconds_ = 60;  // it is back within this
  TestCluster cluster;
  BeginOn(cluster.connection());
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  cluster.Stop();
  cluster.Start();
  ExpectSucceededOnce(1);
}

TEST_F(FaultsStop, CancelWhileItRuns) {
  Begin();
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  const pid_t evaluator = service().evaluator(), extractor = service().extractor();
  ASSERT_TRUE(evaluator > 0 && extractor > 0);
  Cancel();
  WaitFor(v1::JOB_STATE_CANCELLED);
  EXPECT_TRUE(Becomes([&] { return IsGone(evaluator) && IsGone(extractor); }));
  EXPECT_TRUE(Scores().empty());
}

TEST_F(FaultsStop, AWorkerThatIsToldToStopHandsItsJobBack) {
  Begin();
  Submit();
  StartWorker();
  WaitForMiddleOf("extract");
  service().SignalWorker(SIGTERM);
  EXPECT_EQ(service().WaitForWorker().ToString(), "exited with status 0");
  const v1::Job job = Job();
  EXPECT_EQ(job.state(), v1::JOB_STATE_QUEUED);
  EXPECT_EQ(job.attempts(), 0);
  EXPECT_FALSE(job.has_failure());
  StartWorker();
  ExpectSucceededOnce(1);
}

TEST_F(FaultsStop, AWorkerThatMayFinishFinishes) {
  Begin();
  Submit();
  StartWorker({"--drain-seconds", "300"});
  WaitForMiddleOf("extract");
  service().SignalWorker(SIGTERM);
  EXPECT_EQ(service().WaitForWorker().ToString(), "exited with status 0");
  EXPECT_EQ(Job().state(), v1::JOB_STATE_SUCCEEDED);
  ExpectSucceededOnce(1);
}

TEST_F(FaultsStop, ASecondSignalHandsItBackAtOnce) {
  Begin();
  Submit();
  StartWorker({"--drain-seconds", "300"});
  WaitForMiddleOf("extract");
  service().SignalWorker(SIGTERM);
  service().SignalWorker(SIGINT);
  EXPECT_EQ(service().WaitForWorker().ToString(), "exited with status 0");
  EXPECT_EQ(Job().state(), v1::JOB_STATE_QUEUED);
}

TEST_F(FaultsStop, TheWallTimePasses) {
  Begin({"--wall-time-seconds", "1", "--max-attempts", "1"});
  Submit();
  StartWorker();
  WaitFor(v1::JOB_STATE_FAILED);
  EXPECT_EQ(Job().failure().cause(), v1::FAILURE_CAUSE_TIMEOUT);
  EXPECT_TRUE(Scores().empty());
}

TEST_F(FaultsStop, AFileThatIsNoNetworkIsTriedOnce) {
  Begin();
  ScratchFolder folder;
  WriteFile(folder.path() / "network.pt2", "this is no network");
  SubmitFile(folder.path() / "network.pt2");
  StartWorker({"--once"});
  EXPECT_EQ(service().WaitForWorker().ToString(), "exited with status 0");
  EXPECT_EQ(Job().state(), v1::JOB_STATE_FAILED);
  EXPECT_EQ(Job().attempts(), 1);
  ExpectFirstFailure(v1::FAILURE_CAUSE_INVALID_CHECKPOINT, "");
}

}  // namespace
}  // namespace ventral::testing
