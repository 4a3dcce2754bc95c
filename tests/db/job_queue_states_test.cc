// Conformance of a JobQueue: every state with every operation, and races.
#include <atomic>
#include <set>
#include <thread>

#include "tests/db/queue_fixture.h"

namespace ventral::testing {
namespace {

using store::AttemptFailure;
using store::JobRow;
using store::JobState;
using store::LeaseRow;

using JobQueueStates = JobQueueSuite;

// Each state with each operation: what becomes of the job, or why it is refused (job_state.h).
TEST_P(JobQueueStates, StateMachine) {
  constexpr auto Q = JobState::kQueued, R = JobState::kRunning, S = JobState::kSucceeded,
                 F = JobState::kFailed, C = JobState::kCancelled;
  const std::string lost = "lease_lost", conflict = "conflict";
  enum class Op { kLease, kComplete, kFailOften, kFailForGood, kRelease, kCancel, kRetry, kReap };
  struct Step {
    JobState from;
    Op op;
    JobState to;
    std::string error;
  };
  std::vector<Step> steps = {
      {Q, Op::kLease, R, ""},        {R, Op::kComplete, S, ""},     {R, Op::kFailOften, Q, ""},
      {R, Op::kFailForGood, F, ""},  {R, Op::kRelease, Q, ""},      {Q, Op::kCancel, C, ""},
      {R, Op::kCancel, R, ""},       {F, Op::kRetry, Q, ""},        {C, Op::kRetry, Q, ""},
      {R, Op::kReap, Q, ""},         {Q, Op::kRetry, Q, conflict},  {R, Op::kRetry, R, conflict},
      {S, Op::kRetry, S, conflict},  {S, Op::kCancel, S, conflict}, {F, Op::kCancel, F, conflict},
      {C, Op::kCancel, C, conflict}, {R, Op::kLease, R, ""},        {S, Op::kComplete, S, ""}};
  for (JobState ended : {S, F, C, Q}) {
    if (ended != Q) steps.push_back({ended, Op::kLease, ended, ""});
    steps.push_back({ended, Op::kReap, ended, ""});
    for (Op op : {Op::kFailOften, Op::kFailForGood, Op::kRelease})
      steps.push_back({ended, op, ended, lost});
    if (ended != S) steps.push_back({ended, Op::kComplete, ended, lost});
  }
  ASSERT_EQ(steps.size(), 5u * 8u);
  for (const Step& step : steps) {
    SCOPED_TRACE(std::string(store::JobStateName(step.from)) + " operation " +
                 std::to_string(static_cast<int>(step.op)));
    std::string token = "8b6d2c5c-33b6-4a5c-9f3f-111111111111";
    const JobRow job = JobIn(step.from, &token);
    AttemptFailure failure = Failure(step.op == Op::kFailForGood ? FailureCause::kInvalidCheckpoint
                                                                 : FailureCause::kCrash);
    failure.released = step.op == Op::kRelease;
    std::string error;
    const auto note = [&](const auto& result) {
      if (!result.ok()) error = ErrorCodeName(result.error().code);
    };
    switch (step.op) {
      case Op::kLease:
        note(queue().Lease("w", "cpu"));
        break;
      case Op::kComplete:
        note(queue().Complete(job.id, token, Scores(), ""));
        break;
      case Op::kFailOften:
      case Op::kFailForGood:
      case Op::kRelease:
        note(queue().Fail(job.id, token, failure));
        break;
      case Op::kCancel:
        note(queue().Cancel(job.id));
        break;
      case Op::kRetry:
        note(queue().Retry(job.id));
        break;
      case Op::kReap:
        clock_.Advance(seconds(61));
        note(queue().Reap());
        break;
    }
    EXPECT_EQ(error, step.error);
    const JobRow now = Get(job.id);
    EXPECT_EQ(store::JobStateName(now.state), store::JobStateName(step.to));
    EXPECT_TRUE(now.revision > job.revision || now.state == job.state);
    EXPECT_EQ(now.ended.has_value(), store::HasEnded(now.state));
    // Out of the way of the next step's lease.
    if (!store::HasEnded(now.state)) {
      ASSERT_TRUE(queue().Cancel(job.id).ok());
      clock_.Advance(seconds(61));
      ASSERT_TRUE(queue().Reap().ok());
    }
  }
}

TEST_P(JobQueueStates, ThreadsThatLeaseAtOnceGetEachJobOnce) {
  constexpr int kJobs = 60, kThreads = 8;
  std::set<std::string> all;
  for (int i = 0; i < kJobs; ++i) all.insert(CreateBy("user" + std::to_string(i % 3)).id);
  std::vector<std::vector<std::string>> leased(kThreads);
  std::vector<std::thread> threads;
  for (auto& mine : leased) {
    threads.emplace_back([&] {
      while (true) {
        const auto lease = queue().Lease("w", "cpu");
        if (!lease.ok() || !lease->has_value()) return;
        mine.push_back((**lease).job);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::multiset<std::string> got;
  for (const auto& mine : leased) got.insert(mine.begin(), mine.end());
  EXPECT_EQ(got, std::multiset<std::string>(all.begin(), all.end()));
}

TEST_P(JobQueueStates, CompletionsAtOnceMakeOneSetOfScores) {
  Create();
  const LeaseRow lease = Lease();
  std::vector<std::vector<std::string>> ids(8);
  std::vector<std::thread> threads;
  for (auto& mine : ids) {
    threads.emplace_back(
        [&] { mine = queue().Complete(lease.job, lease.token, Scores(), "").value(); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& mine : ids) EXPECT_EQ(mine, Get(lease.job).scores);
}

// The reaper and the worker race for the same job: one of them wins, and the history is whole.
TEST_P(JobQueueStates, TheReaperAndACompletionAtOnce) {
  for (int round = 0; round < 10; ++round) {
    const std::string id = Create().id;
    const LeaseRow lease = Lease();
    clock_.Advance(seconds(60));
    std::atomic<int> reaped{0};
    std::atomic<bool> completed{false};
    std::thread reaper([&] { reaped = queue().Reap().value(); });
    std::thread worker([&] { completed = queue().Complete(id, lease.token, Scores(), "").ok(); });
    reaper.join();
    worker.join();
    const JobRow job = Get(id);
    EXPECT_EQ(completed ? 1 : 0, 1 - reaped);
    EXPECT_EQ(job.state, completed ? JobState::kSucceeded : JobState::kQueued);
    EXPECT_EQ(job.scores.size(), completed ? 2u : 0u);
    ASSERT_EQ(queue().Cancel(id).ok(), !completed);
  }
}

INSTANTIATE_TEST_SUITE_P(Both, JobQueueStates,
                         ::testing::Values(Side{"Memory", &MakeMemoryBackend},
                                           Side{"Postgres", &MakePostgresBackend}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace ventral::testing
