// Conformance of a JobQueue: whose turn it is, and what is tried again.
#include "tests/db/queue_fixture.h"

namespace ventral::testing {
namespace {

using store::JobRow;
using store::JobState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class JobQueueFair : public JobQueueSuite {
 protected:
  // Of the next so many leases.
  std::vector<std::string> Turns(int count) {
    std::vector<std::string> jobs;
    for (int i = 0; i < count; ++i) jobs.push_back(Lease().job);
    return jobs;
  }
  JobRow FailNext(FailureCause cause) {
    const auto lease = Lease();
    JobRow job = queue().Fail(lease.job, lease.token, Failure(cause)).value();
    clock_.Advance(seconds(10));
    return job;
  }
};

TEST_P(JobQueueFair, UsersTakeTurnsHoweverManyJobsOneHas) {
  const std::string a1 = CreateBy("ann").id, a2 = CreateBy("ann").id, a3 = CreateBy("ann").id,
                    b1 = CreateBy("ben").id, b2 = CreateBy("ben").id, c1 = CreateBy("").id;
  EXPECT_THAT(Turns(6), ElementsAre(a1, b1, c1, a2, b2, a3));
}

TEST_P(JobQueueFair, WhoHasFewestRunningIsNext) {
  const std::string a1 = CreateBy("ann").id, a2 = CreateBy("ann").id;
  const auto first = Lease(), second = Lease();
  const std::string a3 = CreateBy("ann").id, b1 = CreateBy("ben").id, b2 = CreateBy("ben").id,
                    b3 = CreateBy("ben").id;
  EXPECT_THAT(Turns(2), ElementsAre(b1, b2));
  // Now both have two; and then one of ann's ends.
  ASSERT_TRUE(queue().Complete(first.job, first.token, Scores(), "").ok());
  EXPECT_THAT(Turns(2), ElementsAre(a3, b3));
}

TEST_P(JobQueueFair, APriorityGoesBeforeAllTurns) {
  const std::string a1 = CreateBy("ann").id, a2 = CreateBy("ann").id, b1 = CreateBy("ben").id,
                    c1 = CreateBy("cem").id;
  const JobRow before = Get(a2);
  const JobRow raised = queue().SetPriority(a2, 5).value();
  EXPECT_EQ(raised.priority, 5);
  EXPECT_GT(raised.revision, before.revision);
  ASSERT_TRUE(queue().SetPriority(b1, -100).ok());
  EXPECT_THAT(Turns(4), ElementsAre(a2, c1, a1, b1));
}

TEST_P(JobQueueFair, APriorityIsForWhatHasNotEndedAndWithinItsRange) {
  for (const JobState state : store::kJobStates) {
    const JobRow job = JobIn(state);
    const auto set = queue().SetPriority(job.id, 100);
    EXPECT_EQ(set.ok(), !store::HasEnded(state)) << store::JobStateName(state);
    if (!set.ok()) {
      EXPECT_EQ(set.error().code, ErrorCode::kConflict);
    }
    if (state == JobState::kQueued) {
      ASSERT_TRUE(queue().Cancel(job.id).ok());
    }
  }
  const std::string id = Create().id;
  for (const int beyond : {-101, 101, 1 << 30})
    EXPECT_EQ(queue().SetPriority(id, beyond).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(queue().SetPriority("no job", 1).error().code, ErrorCode::kNotFound);
}

TEST_P(JobQueueFair, WhoWaitsForABackoffLosesNoTurnToOthersJobs) {
  const std::string a1 = CreateBy("ann").id, b1 = CreateBy("ben").id;
  const auto lease = Lease();
  ASSERT_EQ(lease.job, a1);
  ASSERT_TRUE(queue().Fail(a1, lease.token, Failure(FailureCause::kInfrastructure)).ok());
  EXPECT_EQ(Lease().job, b1);
  EXPECT_FALSE(queue().Lease("w", "cpu").value().has_value());
  clock_.Advance(seconds(5));
  EXPECT_EQ(Lease().job, a1);
}

TEST_P(JobQueueFair, OutOfMemoryIsTriedOnceMoreWithMore) {
  const std::string id = Create().id;
  EXPECT_EQ(FailNext(FailureCause::kOutOfMemory).state, JobState::kQueued);
  const auto second = Lease();
  EXPECT_EQ(second.memory_factor, 2);
  const JobRow job = queue().Fail(id, second.token, Failure(FailureCause::kOutOfMemory)).value();
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_FALSE(job.quarantined);
  ASSERT_TRUE(queue().Retry(id).ok());
  EXPECT_EQ(Lease().memory_factor, 1) << "from the beginning";
}

TEST_P(JobQueueFair, AJobThatCrashesTwiceIsQuarantinedAndAnAdminsToRetry) {
  const std::string id = Create().id;
  EXPECT_FALSE(FailNext(FailureCause::kCrash).quarantined);
  EXPECT_FALSE(FailNext(FailureCause::kInfrastructure).quarantined);
  const JobRow job = FailNext(FailureCause::kCrash);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_TRUE(job.quarantined);
  EXPECT_EQ(job.failure->cause, FailureCause::kCrash);
  EXPECT_TRUE(Get(id).quarantined);

  const auto refused = queue().Retry(id);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
  EXPECT_THAT(refused.error().message, HasSubstr("an admin may retry it"));
  EXPECT_EQ(Get(id).revision, job.revision);
  const JobRow freed = queue().Retry(id, "", /*by_admin=*/true).value();
  EXPECT_EQ(freed.state, JobState::kQueued);
  EXPECT_FALSE(freed.quarantined);
  EXPECT_FALSE(FailNext(FailureCause::kCrash).quarantined) << "it begins anew";
  EXPECT_TRUE(FailNext(FailureCause::kCrash).quarantined);
}

// Else whoever submitted it could go on killing workers, one at a time.
TEST_P(JobQueueFair, ARetryDoesNotForgiveACrash) {
  const std::string id = Create().id;
  FailNext(FailureCause::kCrash);
  ASSERT_EQ(FailNext(FailureCause::kInvalidCheckpoint).state, JobState::kFailed);
  ASSERT_TRUE(queue().Retry(id).ok());
  EXPECT_TRUE(FailNext(FailureCause::kCrash).quarantined);
}

INSTANTIATE_TEST_SUITE_P(Both, JobQueueFair,
                         ::testing::Values(Side{"Memory", &MakeMemoryBackend},
                                           Side{"Postgres", &MakePostgresBackend}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace ventral::testing
