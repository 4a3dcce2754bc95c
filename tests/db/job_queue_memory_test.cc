// Conformance of a JobQueue: what a run will take, what it is known to need, and who has that.
#include "tests/db/queue_fixture.h"

namespace ventral::testing {
namespace {

using store::AttemptFailure;
using store::EstimateRow;
using store::JobKind;
using store::JobRow;
using store::JobState;
using store::LeaseRow;
using ::testing::HasSubstr;
using ::testing::Not;

class JobQueueMemory : public JobQueueSuite {
 protected:
  void Hear(const std::string& name, std::int64_t memory, bool runs_networks = true) {
    store::WorkerRow worker;
    worker.name = name;
    worker.version = "0.1.0";
    worker.devices = {"cpu"};
    if (runs_networks) worker.sandbox = {"privileges"};
    worker.memory_bytes = memory;
    backend_->Heard(worker);
  }
  // The job that `lease` is on after a run that was found to need `bytes`.
  JobRow FailFor(const LeaseRow& lease, std::int64_t bytes) {
    AttemptFailure failure = Failure(FailureCause::kOutOfMemory);
    failure.failure.needed_memory_bytes = bytes;
    return queue().Fail(lease.job, lease.token, failure).value();
  }
  std::optional<LeaseRow> LeaseWith(std::int64_t memory) {
    return queue().Lease("w", "cpu", {}, memory).value();
  }
  Status Fits(const std::string& pack = "it", const std::string& request = "") {
    return queue().CheckFits({"alexnet", Sha('a'), pack, request});
  }
};

TEST_P(JobQueueMemory, AHeartbeatTellsWhatTheRunWillTake) {
  Create();
  const LeaseRow lease = Lease();
  const JobRow before = Get(lease.job);
  EXPECT_FALSE(before.estimate.has_value());
  const EstimateRow estimate{std::int64_t{1} << 62, 2, 3, 4, 0.1 + 0.2};
  ASSERT_TRUE(queue().Heartbeat(lease.job, lease.token, {}, estimate).ok());
  const JobRow told = Get(lease.job);
  EXPECT_EQ(told.estimate, estimate);
  EXPECT_GT(told.revision, before.revision) << "whoever watches is told";
  ASSERT_TRUE(queue().Heartbeat(lease.job, lease.token, {}, estimate).ok());
  ASSERT_TRUE(queue().Heartbeat(lease.job, lease.token, {}).ok());
  EXPECT_EQ(Get(lease.job).estimate, estimate);
  EXPECT_EQ(Get(lease.job).revision, told.revision) << "nothing new";
  const EstimateRow other{0, 0, 0, 0, 0};
  ASSERT_TRUE(queue().Heartbeat(lease.job, lease.token, {}, other).ok());
  EXPECT_EQ(Get(lease.job).estimate, other);
  ASSERT_TRUE(queue().Complete(lease.job, lease.token, Scores(), "").ok());
  EXPECT_EQ(Get(lease.job).estimate, other) << "of the last attempt";
}

TEST_P(JobQueueMemory, ARunThatFitsNoWorkerIsRefusedAtOnceWithTheFigures) {
  Hear("small", 1000);
  Hear("large", 2000);
  Create();
  const JobRow job = FailFor(Lease(), 2001);
  EXPECT_EQ(job.state, JobState::kFailed);
  ASSERT_TRUE(job.failure.has_value());
  EXPECT_EQ(job.failure->cause, FailureCause::kOutOfMemory);
  EXPECT_EQ(job.failure->needed_memory_bytes, 2001);
  EXPECT_THAT(job.failure->message, HasSubstr("it broke. It is not tried again"));
  EXPECT_THAT(job.failure->message, HasSubstr("2001 bytes"));
  EXPECT_THAT(job.failure->message, HasSubstr("2000 bytes"));
  const auto attempts = queue().Attempts(job.id).value();
  ASSERT_EQ(attempts.size(), 1u);
  EXPECT_EQ(attempts[0].failure->needed_memory_bytes, 2001);
  EXPECT_EQ(attempts[0].failure->message, job.failure->message);
}

TEST_P(JobQueueMemory, ARunThatFitsSomewhereWaitsForAWorkerThatHasIt) {
  Hear("small", 1000);
  Hear("large", 2000);
  const JobRow job = Create();
  const LeaseRow first = Lease();
  EXPECT_EQ(first.needed_memory_bytes, 0);
  EXPECT_EQ(FailFor(first, 2000).state, JobState::kQueued);
  clock_.Advance(seconds(60));
  EXPECT_FALSE(LeaseWith(1000).has_value());
  EXPECT_FALSE(LeaseWith(1999).has_value());
  const JobRow other = Create();
  EXPECT_EQ(LeaseWith(1000).value().job, other.id) << "others are handed out meanwhile";
  const auto second = LeaseWith(2000);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->job, job.id);
  EXPECT_EQ(second->needed_memory_bytes, 2000);
  EXPECT_EQ(second->memory_factor, 2) << "for a worker that knows no bytes";
  ASSERT_TRUE(queue().Complete(second->job, second->token, Scores(), "").ok());
}

TEST_P(JobQueueMemory, WhoDoesNotSayMayHaveIt) {
  Create();
  EXPECT_EQ(FailFor(Lease(), 5000).state, JobState::kQueued) << "nobody is known at all";
  Hear("small", 1000);
  Hear("silent", 0);
  Create();
  clock_.Advance(seconds(60));
  const auto again = LeaseWith(0);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->needed_memory_bytes, 5000) << "a worker that does not say may have it";
  EXPECT_EQ(FailFor(*again, 5000).state, JobState::kFailed) << "tried with more once";
  EXPECT_EQ(FailFor(LeaseWith(1000).value(), 6000).state, JobState::kQueued);
}

TEST_P(JobQueueMemory, WhoWasNotSeenForADayOrRunsNoNetworksDoesNotCount) {
  Hear("rescores only", 9000, /*runs_networks=*/false);
  Hear("old", 8000);
  clock_.Advance(std::chrono::hours(24));
  Hear("small", 1000);
  Create();
  EXPECT_EQ(FailFor(Lease(), 8000).state, JobState::kQueued) << "just a day";
  clock_.Advance(seconds(60));
  EXPECT_EQ(FailFor(LeaseWith(8000).value(), 7000).state, JobState::kFailed);
}

TEST_P(JobQueueMemory, ACheckpointThatIsKnownToFitNowhereIsRefusedAtCreation) {
  Hear("small", 1000);
  EXPECT_TRUE(Fits().ok()) << "nothing is known";
  const JobRow job = queue().Create({"alexnet", Sha('a'), "it", "mine"}).value();
  ASSERT_EQ(FailFor(Lease(), 3000).state, JobState::kFailed);
  const auto refused = Fits();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("3000 bytes"));
  EXPECT_THAT(refused.error().message, HasSubstr("1000 bytes"));
  EXPECT_TRUE(Fits("it", "mine").ok()) << "that request has its answer";
  EXPECT_EQ(queue().Create({"alexnet", Sha('a'), "it", "mine"}).value().id, job.id);
  EXPECT_FALSE(Fits("it", "new").ok());
  EXPECT_TRUE(Fits("v4").ok()) << "on another pack";
  EXPECT_TRUE(queue().CheckFits({"vgg", Sha('b'), "it", ""}).ok()) << "another's need";
  EXPECT_TRUE(queue().CheckFits({"vgg", Sha('a'), "it", ""}).ok()) << "another model's job";
  EXPECT_TRUE(queue().CheckFits({"alexnet", Sha('a'), "nothing", ""}).ok());

  Hear("large", 3000);
  EXPECT_TRUE(Fits().ok()) << "a worker has it by now";
  clock_.Advance(std::chrono::hours(25));
  Hear("small", 1000);
  EXPECT_FALSE(Fits().ok()) << "and is gone";
  backend_->AddPack(PackWith("it", "2.0.0", {"it.human.rsa"}));
  EXPECT_TRUE(Fits().ok()) << "another version may have fewer stimuli";
}

TEST_P(JobQueueMemory, ANewJobKnowsWhatTheCheckpointNeeds) {
  Hear("small", 1000);
  Hear("large", 3000);
  Create();
  ASSERT_EQ(FailFor(Lease(), 3000).state, JobState::kQueued);
  clock_.Advance(seconds(60));
  const LeaseRow big = LeaseWith(3000).value();
  ASSERT_TRUE(queue().Complete(big.job, big.token, Scores(), "").ok());
  const JobRow next = Create();
  EXPECT_FALSE(LeaseWith(1000).has_value()) << "it need not fail first";
  const auto lease = LeaseWith(4000);
  ASSERT_TRUE(lease.has_value());
  EXPECT_EQ(lease->job, next.id);
  EXPECT_EQ(lease->needed_memory_bytes, 3000);
  EXPECT_FALSE(Get(next.id).failure.has_value()) << "and has not failed";
}

TEST_P(JobQueueMemory, ARetryIsRefusedAlikeUnlessAnAdminHasItForgotten) {
  Hear("small", 1000);
  const std::string id = Create("alexnet", "it", "mara").id;
  ASSERT_EQ(FailFor(Lease(), 3000).state, JobState::kFailed);
  const auto refused = queue().Retry(id, "mara", false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("3000 bytes"));
  EXPECT_EQ(Get(id).state, JobState::kFailed);

  Hear("large", 3000);
  ASSERT_TRUE(queue().Retry(id, "mara", false).ok());
  EXPECT_FALSE(LeaseWith(1000).has_value());
  const LeaseRow large = LeaseWith(3000).value();
  EXPECT_EQ(large.needed_memory_bytes, 3000);
  ASSERT_EQ(FailFor(large, 9000).state, JobState::kFailed);

  // What an older program found may be wrong by now: an admin may have it tried.
  ASSERT_TRUE(queue().Retry(id, "root", true).ok());
  const auto small = LeaseWith(1000);
  ASSERT_TRUE(small.has_value());
  EXPECT_EQ(small->needed_memory_bytes, 0);
  ASSERT_TRUE(queue().Complete(small->job, small->token, Scores(), "").ok());
  EXPECT_TRUE(Fits().ok()) << "the last run did without";
}

INSTANTIATE_TEST_SUITE_P(Both, JobQueueMemory,
                         ::testing::Values(Side{"Memory", &MakeMemoryBackend},
                                           Side{"Postgres", &MakePostgresBackend}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace ventral::testing
