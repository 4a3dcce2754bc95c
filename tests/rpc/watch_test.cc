#include <thread>

#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using ::testing::ElementsAre;

// One stream, read step by step.
class Watch {
 public:
  Watch(JobStub& stub, const std::string& name) {
    v1::WatchJobRequest request;
    request.set_name(name);
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    reader_ = stub.WatchJob(&context_, request);
  }
  // The next message; nothing when the stream has ended.
  std::optional<v1::Job> Next() {
    v1::Job job;
    if (!reader_->Read(&job)) return std::nullopt;
    return job;
  }
  void Cancel() { context_.TryCancel(); }
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::Job>> reader_;
};

class WatchRpcTest : public RpcTest {
 protected:
  using RpcTest::RpcTest;
  grpc::Status Cancel(const std::string& name) {
    v1::CancelJobRequest request;
    request.set_name(name);
    v1::Job job;
    return Call(*job_, &JobStub::CancelJob, request, &job);
  }
};

TEST_F(WatchRpcTest, TellsTheJobNowAndEachChangeUntilItHasEnded) {
  const auto job = MakeJob();
  Watch watch(*job_, job.name());
  EXPECT_EQ(watch.Next()->state(), v1::JOB_STATE_QUEUED);
  const auto lease = LeaseJob();
  EXPECT_EQ(watch.Next()->state(), v1::JOB_STATE_RUNNING);
  v1::HeartbeatRequest beat;
  beat.set_job(lease.job());
  beat.set_lease_token(lease.lease_token());
  beat.mutable_progress()->set_phase("extract");
  beat.mutable_progress()->set_done(1);
  beat.mutable_progress()->set_total(2);
  beat.mutable_progress()->set_message("1 of 2 stimuli");
  v1::HeartbeatResponse beaten;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::Heartbeat, beat, &beaten).ok());
  const auto progressed = watch.Next();
  EXPECT_EQ(progressed->progress().phase(), "extract");
  EXPECT_EQ(progressed->progress().done(), 1);
  EXPECT_EQ(progressed->progress().message(), "1 of 2 stimuli");
  v1::CompleteJobResponse completed;
  ASSERT_TRUE(Complete(lease, ReportFor(lease), &completed).ok());
  const auto ended = watch.Next();
  EXPECT_EQ(ended->state(), v1::JOB_STATE_SUCCEEDED);
  EXPECT_THAT(ended->scores(), ElementsAre(completed.scores(0), completed.scores(1)));
  EXPECT_FALSE(watch.Next());
  EXPECT_TRUE(watch.Finish().ok());
}

TEST_F(WatchRpcTest, TellsAnEndedJobOnce) {
  const auto job = MakeJob();
  ASSERT_TRUE(Cancel(job.name()).ok());
  Watch watch(*job_, job.name());
  EXPECT_EQ(watch.Next()->state(), v1::JOB_STATE_CANCELLED);
  EXPECT_FALSE(watch.Next());
  EXPECT_TRUE(watch.Finish().ok());
}

TEST_F(WatchRpcTest, RefusesBadAndUnknownNames) {
  Watch bad(*job_, "job/1");
  EXPECT_FALSE(bad.Next());
  EXPECT_TRUE(Refused(bad.Finish(), grpc::INVALID_ARGUMENT, "jobs/{job_id}"));
  Watch unknown(*job_, "jobs/00000000-0000-0000-0000-000000000000");
  EXPECT_FALSE(unknown.Next());
  EXPECT_TRUE(Refused(unknown.Finish(), grpc::NOT_FOUND, ""));
}

class OneWatchRpcTest : public WatchRpcTest {
 protected:
  void SetUp() override {
    options_.watch.most = 1;
    RpcTest::SetUp();
  }
};

TEST_F(OneWatchRpcTest, GivesAPlaceBackWhenTheClientLeaves) {
  const auto job = MakeJob();
  Watch first(*job_, job.name());
  ASSERT_TRUE(first.Next());
  Watch second(*job_, job.name());
  EXPECT_FALSE(second.Next());
  EXPECT_TRUE(Refused(second.Finish(), grpc::RESOURCE_EXHAUSTED, "too many jobs are watched"));
  first.Cancel();
  EXPECT_EQ(first.Finish().error_code(), grpc::CANCELLED);
  EXPECT_TRUE(Eventually([&] {
    Watch third(*job_, job.name());
    const bool seen = third.Next().has_value();
    third.Cancel();
    third.Finish();
    return seen;
  }));
}

TEST_F(WatchRpcTest, EndsWithUnavailableWhenTheServerStopsAndCanBeResumed) {
  const auto job = MakeJob();
  Watch watch(*job_, job.name());
  ASSERT_TRUE(watch.Next());
  std::thread stopping([&] { server_->Drain(std::chrono::seconds(20)); });
  EXPECT_FALSE(watch.Next());
  EXPECT_TRUE(Refused(watch.Finish(), grpc::UNAVAILABLE, "watch again"));
  stopping.join();
  StopServer();
  StartServer();
  ASSERT_TRUE(Cancel(job.name()).ok());
  Watch resumed(*job_, job.name());
  EXPECT_EQ(resumed.Next()->state(), v1::JOB_STATE_CANCELLED);
}

// PostgreSQL of its own, which goes away and comes back.
class OutageRpcTest : public WatchRpcTest {
 protected:
  OutageRpcTest() : OutageRpcTest(std::make_unique<TestCluster>()) {}
  std::unique_ptr<TestCluster> cluster_;

 private:
  explicit OutageRpcTest(std::unique_ptr<TestCluster> cluster)
      : WatchRpcTest(cluster->connection()), cluster_(std::move(cluster)) {}
};

TEST_F(OutageRpcTest, WatchesThroughARestartOfPostgres) {
  const auto job = MakeJob();
  Watch watch(*job_, job.name());
  ASSERT_TRUE(watch.Next());
  cluster_->Stop();
  v1::GetJobRequest get;
  get.set_name(job.name());
  v1::Job got;
  const auto away = Call(*job_, &JobStub::GetJob, get, &got);
  EXPECT_TRUE(Refused(away, grpc::UNAVAILABLE, "try again"));
  EXPECT_EQ(away.error_message().find("socket"), std::string::npos) << "no internals to clients";
  cluster_->Start();
  ASSERT_TRUE(Eventually([&] { return Cancel(job.name()).ok(); }));
  EXPECT_EQ(watch.Next()->state(), v1::JOB_STATE_CANCELLED) << "the same stream";
  EXPECT_FALSE(watch.Next());
  EXPECT_TRUE(watch.Finish().ok());
}

class ShortOutageRpcTest : public OutageRpcTest {
 protected:
  void SetUp() override {
    options_.watch.outage = std::chrono::seconds(1);
    RpcTest::SetUp();
  }
};

TEST_F(ShortOutageRpcTest, EndsAWatchWhenPostgresStaysAway) {
  const auto job = MakeJob();
  Watch watch(*job_, job.name());
  ASSERT_TRUE(watch.Next());
  cluster_->Stop();
  EXPECT_FALSE(watch.Next());
  EXPECT_TRUE(Refused(watch.Finish(), grpc::UNAVAILABLE, ""));
}

}  // namespace
}  // namespace ventral::testing
