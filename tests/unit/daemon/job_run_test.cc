// RunJob against a real gRPC server and real children, each of which fails in its own way.
#include "worker/daemon/job_run.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "scoring/base/digest.h"
#include "tests/support/files.h"
#include "tests/unit/daemon/fake_server.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;
using testing::FakeServer;
using ::testing::HasSubstr;

constexpr int kAnHour = 3600;

class JobRunTest : public ::testing::Test {
 protected:
  JobRunTest() : link_(server_.address()) {
    signal(SIGPIPE, SIG_IGN);
    auto cache = BlobCache::Open(folder_.path(), Bytes{1 << 20});
    EXPECT_TRUE(cache.ok());
    cache_ = std::move(cache).value();
  }
  void Run(const v1::Lease& lease) {
    RunJob(lease, {}, {VENTRAL_FAKE_EVALUATOR, "/nonexistent/extractor"}, link_, *cache_,
           hand_back_.get_token());
  }
  // Runs a job that behaves as the text says.
  void Run(const std::string& behaviour, milliseconds lease = milliseconds(3000),
           int wall = kAnHour) {
    Run(server_.MakeLease(behaviour, lease, wall));
  }
  // The same on a thread of its own, which the test joins.
  std::jthread Begin(const std::string& behaviour, milliseconds lease) {
    return std::jthread([this, made = server_.MakeLease(behaviour, lease, kAnHour)] { Run(made); });
  }
  bool IsRunning() {
    return server_.WaitFor([](const FakeServer::Told& told) {
      return !told.heartbeats.empty() && told.heartbeats.back().progress().phase() == "extract";
    });
  }

  FakeServer server_;
  ServerLink link_;
  testing::ScratchFolder folder_;
  std::unique_ptr<BlobCache> cache_;
  std::stop_source hand_back_;
};

TEST_F(JobRunTest, AReportIsToldOnceWithItsLog) {
  Run("report");
  const auto told = server_.told();
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_TRUE(told.failed.empty());
  EXPECT_EQ(told.completed[0].lease_token(), "token");
  EXPECT_EQ(told.completed[0].report().scores(0).raw(), 0.1 + 0.2);
  EXPECT_EQ(told.completed[0].log_tail(), "log of report\n");
}

TEST_F(JobRunTest, EveryWayToFailHasItsCauseAndSaysHow) {
  struct Case {
    const char* behaviour;
    v1::FailureCause cause;
    const char* says;
  };
  for (const Case& c :
       {Case{"exit 3", v1::FAILURE_CAUSE_CRASH, "exited with status 3 before it reported"},
        Case{"silence", v1::FAILURE_CAUSE_CRASH, "exited with status 0 before it reported"},
        Case{"segfault", v1::FAILURE_CAUSE_CRASH, "was killed by signal 11 (SIGSEGV) before"},
        Case{"garbage", v1::FAILURE_CAUSE_CRASH, "is no frame"},
        Case{"cut", v1::FAILURE_CAUSE_CRASH, "ended inside a frame's header"},
        Case{"wrong frame", v1::FAILURE_CAUSE_CRASH, "type 5 is not the evaluator's to send"},
        Case{"wrong report", v1::FAILURE_CAUSE_CRASH, "no_such_field"},
        Case{"failure", v1::FAILURE_CAUSE_OUT_OF_MEMORY, "needs 7 GiB"},
        Case{"needless", v1::FAILURE_CAUSE_TIMEOUT, "late"},
        Case{"estimate of nothing", v1::FAILURE_CAUSE_CRASH, "frame estimate, field"},
        Case{"violation", v1::FAILURE_CAUSE_VIOLATION, "system call openat"},
        Case{"other report", v1::FAILURE_CAUSE_INFRASTRUCTURE, "about another checkpoint"}}) {
    Run(c.behaviour);
    const auto told = server_.told();
    ASSERT_FALSE(told.failed.empty()) << c.behaviour;
    const v1::FailJobRequest& last = told.failed.back();
    EXPECT_EQ(last.failure().cause(), c.cause) << c.behaviour;
    EXPECT_THAT(last.failure().message(), HasSubstr(c.says)) << c.behaviour;
    EXPECT_THAT(last.log_tail(), HasSubstr(std::string("log of ") + c.behaviour));
    EXPECT_FALSE(last.cancelled() || last.released());
    EXPECT_EQ(last.failure().needed_memory_bytes(), 0);
    EXPECT_TRUE(told.completed.empty());
  }
}

// A run that has ended before the next heartbeat was due: its estimate is told all the same, once.
TEST_F(JobRunTest, AnEstimateReachesTheServerBeforeTheEnd) {
  std::size_t before = 0;
  for (const char* behaviour : {"estimate and report", "estimate and misfit"}) {
    Run(behaviour, milliseconds(600'000));
    const auto all = server_.told().heartbeats;
    std::vector<v1::RunEstimate> estimates;
    for (std::size_t i = std::exchange(before, all.size()); i < all.size(); ++i) {
      if (all[i].has_estimate()) estimates.push_back(all[i].estimate());
    }
    ASSERT_EQ(estimates.size(), 1u) << behaviour;
    EXPECT_EQ(estimates[0].activation_bytes(), 1000);
    EXPECT_EQ(estimates[0].gram_bytes(), 200);
    EXPECT_EQ(estimates[0].memory_bytes(), 1300);
    EXPECT_EQ(estimates[0].passes(), 3);
    EXPECT_EQ(estimates[0].seconds(), 40.5);
  }
  const auto told = server_.told();
  EXPECT_EQ(told.completed.size(), 1u);
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_OUT_OF_MEMORY);
  EXPECT_EQ(told.failed[0].failure().needed_memory_bytes(), std::int64_t{7} << 30);
}

TEST_F(JobRunTest, AnEstimateIsToldAgainUntilOneHasHeardIt) {
  server_.AnswerHeartbeats({grpc::StatusCode::UNAVAILABLE, "away"});
  auto run = Begin("estimate and hang", milliseconds(12'000));
  const auto with = [](const FakeServer::Told& told) {
    return std::count_if(told.heartbeats.begin(), told.heartbeats.end(),
                         [](const auto& beat) { return beat.has_estimate(); });
  };
  EXPECT_TRUE(server_.WaitFor([&](const auto& told) { return with(told) >= 2; }));
  server_.AnswerHeartbeats(grpc::Status::OK);
  const std::size_t before = server_.told().heartbeats.size();
  EXPECT_TRUE(
      server_.WaitFor([&](const auto& told) { return told.heartbeats.size() > before + 1; }));
  EXPECT_FALSE(server_.told().heartbeats.back().has_estimate());
  hand_back_.request_stop();
}

// The server is away for good: the run's end does not wait for it.
TEST_F(JobRunTest, AnEstimateThatNobodyHearsHoldsNothingUp) {
  server_.AnswerHeartbeats({grpc::StatusCode::UNAVAILABLE, "away"});
  Run("estimate and report", milliseconds(600'000));
  EXPECT_EQ(server_.told().completed.size(), 1u);
}

TEST_F(JobRunTest, AnEvaluatorThatIsMissingIsInfrastructure) {
  RunJob(server_.MakeLease("report", milliseconds(3000), kAnHour), {},
         {"/nonexistent/evaluator", ""}, link_, *cache_, {});
  const auto told = server_.told();
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_INFRASTRUCTURE);
  EXPECT_THAT(told.failed[0].failure().message(), HasSubstr("/nonexistent/evaluator"));
}

TEST_F(JobRunTest, AHangEndsAtItsWallTime) {
  Run("hang", milliseconds(3000), 1);
  const auto told = server_.told();
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_TIMEOUT);
  EXPECT_THAT(told.failed[0].failure().message(), HasSubstr("wall time of 1 s"));
  EXPECT_THAT(told.failed[0].log_tail(), HasSubstr("log of hang"));
}

TEST_F(JobRunTest, AReportFromOneThatDoesNotEndIsTakenAllTheSame) {
  Run("report and hang");
  EXPECT_EQ(server_.told().completed.size(), 1u);
}

TEST_F(JobRunTest, ProgressReachesTheServer) {
  auto run = Begin("progress and hang", milliseconds(60'000));
  EXPECT_TRUE(IsRunning());
  const auto beats = server_.told().heartbeats;
  EXPECT_EQ(beats.back().progress().done(), 3);
  EXPECT_EQ(beats.back().progress().total(), 7);
  EXPECT_EQ(beats.back().progress().message(), "pass 1 of 2");
  hand_back_.request_stop();
}

TEST_F(JobRunTest, ACancelledJobIsEndedAsCancelled) {
  auto run = Begin("progress and hang", milliseconds(1000));
  EXPECT_TRUE(IsRunning());
  server_.RequestCancel();
  run.join();
  const auto told = server_.told();
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_TRUE(told.failed[0].cancelled());
}

TEST_F(JobRunTest, AJobIsHandedBackWhenTheWorkerShutsDown) {
  auto run = Begin("progress and hang", milliseconds(60'000));
  EXPECT_TRUE(IsRunning());
  hand_back_.request_stop();
  run.join();
  const auto told = server_.told();
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_TRUE(told.failed[0].released());
  EXPECT_TRUE(told.completed.empty());
}

// The lease is as long as the wall time: a worker that goes on is still at it when ctest gives up.
TEST_F(JobRunTest, ALostLeaseEndsTheRunWithoutAWord) {
  for (const auto code : {grpc::StatusCode::ABORTED, grpc::StatusCode::NOT_FOUND}) {
    const std::size_t before = server_.told().heartbeats.size();
    server_.AnswerHeartbeats({code, "no longer yours"});
    Run("progress and hang", std::chrono::seconds(kAnHour));
    const auto told = server_.told();
    EXPECT_GT(told.heartbeats.size(), before);
    EXPECT_EQ(told.heartbeats.back().progress().phase(), "extract") << "it had begun";
    EXPECT_TRUE(told.failed.empty());
    EXPECT_TRUE(told.completed.empty());
  }
}

// What its lease is worth by then is the server's to say.
TEST_F(JobRunTest, AServerThatIsAwayForLongerThanTheLeaseFindsTheRunAlive) {
  auto run = Begin("progress and hang", milliseconds(1000));
  EXPECT_TRUE(IsRunning());
  server_.Stop();
  std::this_thread::sleep_for(milliseconds(2000));
  server_.Start();
  const std::size_t before = server_.told().heartbeats.size();
  EXPECT_TRUE(server_.WaitFor([&](const auto& told) { return told.heartbeats.size() > before; }));
  hand_back_.request_stop();
  run.join();
  EXPECT_EQ(server_.told().failed.size(), 1u);
}

TEST_F(JobRunTest, AReportOutlivesAServerInTrouble) {
  const grpc::Status away(grpc::StatusCode::UNAVAILABLE, "the database is away");
  // The pauses between five calls are longer than the lease.
  server_.AnswerCompletions({away, away, away, away, grpc::Status::OK});
  server_.AnswerHeartbeats(away);
  Run("report", milliseconds(1000));
  EXPECT_EQ(server_.told().completed.size(), 5u);
  EXPECT_TRUE(server_.told().failed.empty());
}

TEST_F(JobRunTest, AReportForALostLeaseIsDropped) {
  server_.AnswerCompletions({{grpc::StatusCode::ABORTED, "LEASE_LOST"}});
  Run("report");
  EXPECT_EQ(server_.told().completed.size(), 1u);
  EXPECT_TRUE(server_.told().failed.empty());
}

TEST_F(JobRunTest, AReportThatTheServerRefusesFailsTheAttemptWithItsReason) {
  server_.AnswerCompletions({{grpc::StatusCode::INVALID_ARGUMENT, "seed is 4"}});
  Run("report");
  const auto told = server_.told();
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_THAT(told.failed[0].failure().message(), HasSubstr("seed is 4"));
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_INVALID_CHECKPOINT)
      << "another run would end alike";
}

TEST_F(JobRunTest, ShuttingDownDoesNotWaitForEverForAServerThatIsAway) {
  server_.AnswerCompletions(
      std::vector<grpc::Status>(1000, {grpc::StatusCode::UNAVAILABLE, "away"}));
  auto run = Begin("report", milliseconds(60'000));
  EXPECT_TRUE(server_.WaitFor([](const auto& told) { return !told.completed.empty(); }));
  hand_back_.request_stop();
  run.join();
  EXPECT_LT(server_.told().completed.size(), 100u) << "it tried to the end";
}

TEST_F(JobRunTest, ALogThatIsNoTextArrivesAsOne) {
  Run("binary log");
  const auto told = server_.told();
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_THAT(told.completed[0].log_tail(), HasSubstr("??? end"));
}

TEST_F(JobRunTest, FilesThatCannotBeHadAreInfrastructureAndSaySo) {
  const v1::Lease lease = server_.MakeLease("report", milliseconds(3000), kAnHour);
  server_.SetBlob(lease.checkpoint_sha256(), "repord");
  Run(lease);
  server_.SetBlob(lease.checkpoint_sha256(), "report and more");
  Run(lease);
  server_.SetBlob(lease.checkpoint_sha256(), "rep");
  Run(lease);
  server_.RemoveBlob(lease.checkpoint_sha256());
  Run(lease);
  v1::Lease bad = lease;
  bad.set_pack_digest("no digest");
  Run(bad);
  const auto told = server_.told();
  ASSERT_EQ(told.failed.size(), 5u);
  for (const auto& failed : told.failed) {
    EXPECT_EQ(failed.failure().cause(), v1::FAILURE_CAUSE_INFRASTRUCTURE);
  }
  EXPECT_THAT(told.failed[0].failure().message(), HasSubstr("came with digest"));
  EXPECT_THAT(told.failed[1].failure().message(), HasSubstr("longer than declared"));
  EXPECT_THAT(told.failed[2].failure().message(), HasSubstr("ended after 3 of 6 bytes"));
  EXPECT_THAT(told.failed[3].failure().message(), HasSubstr("no such blob"));
}

TEST_F(JobRunTest, FetchingOutlivesAServerThatGoesAwayInTheMiddle) {
  server_.CutFetches(2);
  Run("report", milliseconds(60'000));
  EXPECT_EQ(server_.told().completed.size(), 1u);
  EXPECT_EQ(server_.told().fetches, 4);  // two that were cut, the checkpoint, the pack's file
}

}  // namespace
}  // namespace ventral
