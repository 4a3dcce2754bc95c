// RunJob against a server that answers, and cannot do what is asked: what passes is waited for, and
// nothing for ever.
#include <gmock/gmock.h>
#include <signal.h>

#include <thread>

#include "tests/support/files.h"
#include "tests/unit/daemon/fake_server.h"
#include "worker/daemon/job_run.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;
using testing::FakeServer;
using ::testing::HasSubstr;

const grpc::Status kExhausted(grpc::StatusCode::RESOURCE_EXHAUSTED, "Server Threadpool Exhausted");
const grpc::Status kAway(grpc::StatusCode::UNAVAILABLE, "the database is away");

std::vector<grpc::Status> ForEver(const grpc::Status& status) {
  return std::vector<grpc::Status>(100'000, status);
}

// A test that waits for ever ends at ctest's limit.
class JobRunTrouble : public ::testing::Test {
 protected:
  JobRunTrouble() : link_(server_.address()) {
    signal(SIGPIPE, SIG_IGN);
    cache_ = BlobCache::Open(folder_.path(), Bytes{1 << 20}).value();
  }
  // The lease is short, so that heartbeats are many.
  FakeServer::Told Run() {
    RunJob(server_.MakeLease("report", milliseconds(1000), 3600), {},
           {VENTRAL_FAKE_EVALUATOR, "/nonexistent/extractor"}, link_, *cache_, {}, patience_);
    return server_.told();
  }

  Patience patience_;
  FakeServer server_;
  ServerLink link_;
  testing::ScratchFolder folder_;
  std::unique_ptr<BlobCache> cache_;
};

TEST_F(JobRunTrouble, AReportOutlivesAServerThatHasTooMuchToDo) {
  server_.AnswerCompletions({kExhausted, kExhausted, kExhausted, grpc::Status::OK});
  const auto told = Run();
  EXPECT_EQ(told.completed.size(), 4u);
  EXPECT_TRUE(told.failed.empty());
}

TEST_F(JobRunTrouble, AServerThatNeverHasTimeForAReportEndsTheAttempt) {
  patience_.exhausted = milliseconds(500);
  server_.AnswerCompletions(ForEver(kExhausted));
  const auto told = Run();
  EXPECT_GT(told.completed.size(), 1u);
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_INFRASTRUCTURE);
  EXPECT_THAT(told.failed[0].failure().message(), HasSubstr("Threadpool"));
}

TEST_F(JobRunTrouble, AServerThatKeepsTheLeaseAndNeverTakesTheReportEndsTheAttempt) {
  patience_.answering = milliseconds(1500);
  server_.AnswerCompletions(ForEver(kAway));
  const auto told = Run();
  EXPECT_FALSE(told.heartbeats.empty());
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_INFRASTRUCTURE);
  EXPECT_FALSE(told.failed[0].cancelled());
}

TEST_F(JobRunTrouble, AServerThatIsAwayAltogetherIsWaitedForBeyondThat) {
  patience_.answering = milliseconds(1);
  server_.AnswerHeartbeats(kAway);
  server_.AnswerCompletions({kAway, kAway, kAway, kAway, grpc::Status::OK});
  const auto told = Run();
  EXPECT_EQ(told.completed.size(), 5u);
  EXPECT_TRUE(told.failed.empty());
}

TEST_F(JobRunTrouble, AJobWhoseReportCannotBeToldMayBeCancelled) {
  server_.AnswerCompletions(ForEver(kAway));
  std::jthread run([this] { Run(); });
  EXPECT_TRUE(server_.WaitFor([](const auto& told) { return !told.completed.empty(); }));
  server_.RequestCancel();
  run.join();
  const auto told = server_.told();
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_TRUE(told.failed[0].cancelled());
}

TEST_F(JobRunTrouble, FetchingOutlivesAServerThatHasTooMuchToDo) {
  server_.AnswerFetches({kExhausted, kExhausted});
  const auto told = Run();
  EXPECT_EQ(told.completed.size(), 1u);
  EXPECT_EQ(told.fetches, 4);  // two in vain, the checkpoint, the pack's file
}

TEST_F(JobRunTrouble, AServerThatNeverHasTimeForFilesEndsTheAttempt) {
  patience_.exhausted = milliseconds(500);
  server_.AnswerFetches(ForEver(kExhausted));
  const auto told = Run();
  EXPECT_TRUE(told.completed.empty());
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_INFRASTRUCTURE);
  EXPECT_THAT(told.failed[0].failure().message(), HasSubstr("Threadpool"));
}

}  // namespace
}  // namespace ventral
