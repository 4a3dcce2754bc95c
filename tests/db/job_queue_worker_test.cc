// Conformance of a JobQueue, as workers see it: lease, heartbeat, complete, fail, and the reaper.
#include <limits>
#include <set>

#include "tests/db/queue_fixture.h"

namespace ventral::testing {
namespace {

using store::AttemptFailure;
using store::GramsRow;
using store::JobKind;
using store::JobRow;
using store::JobState;
using store::LeaseRow;
using store::NewScore;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using JobQueueWorker = JobQueueSuite;

TEST_P(JobQueueWorker, LeaseHandsOutTheOldestJobOnce) {
  const JobRow first = Create();
  const JobRow second = Create("vgg", "v4");
  clock_.Advance(seconds(2));
  const LeaseRow lease = Lease();
  EXPECT_EQ(lease.job, first.id);
  EXPECT_EQ(lease.model, "alexnet");
  EXPECT_EQ(lease.checkpoint_sha256, Sha('a'));
  EXPECT_EQ(lease.checkpoint_bytes, 1234);
  EXPECT_EQ(lease.pack, "it");
  EXPECT_EQ(lease.pack_version, "1.0.0");
  EXPECT_EQ(lease.pack_digest, PackWith("it", "1.0.0", {}).digest);
  EXPECT_EQ(lease.attempt, 1);
  EXPECT_EQ(lease.expires, start_ + seconds(62));
  const LeaseRow other = Lease();
  EXPECT_EQ(other.job, second.id);
  EXPECT_NE(other.token, lease.token);
  EXPECT_FALSE(queue().Lease("w1", "cpu").value().has_value());

  const JobRow running = Get(first.id);
  EXPECT_EQ(running.state, JobState::kRunning);
  EXPECT_EQ(running.attempts, 1);
  EXPECT_EQ(running.started, start_ + seconds(2));
  EXPECT_GT(running.revision, first.revision);
  const auto attempts = queue().Attempts(first.id).value();
  ASSERT_EQ(attempts.size(), 1u);
  EXPECT_EQ(attempts[0].number, 1);
  EXPECT_EQ(attempts[0].worker, "w1");
  EXPECT_EQ(attempts[0].device, "cpu");
  EXPECT_FALSE(attempts[0].ended.has_value());
}

TEST_P(JobQueueWorker, HeartbeatKeepsTheLeaseAndTellsProgress) {
  Create();
  const LeaseRow lease = Lease();
  clock_.Advance(seconds(50));
  EXPECT_EQ(queue()
                .Heartbeat(lease.job, lease.token, {"extract", "pass 1 of 2", 32, 640})
                .value()
                .expires,
            start_ + seconds(110));
  const JobRow told = Get(lease.job);
  ASSERT_TRUE(told.progress.has_value());
  EXPECT_EQ(told.progress->phase, "extract");
  EXPECT_EQ(told.progress->message, "pass 1 of 2");
  EXPECT_EQ(told.progress->done, 32);
  EXPECT_EQ(told.progress->total, 640);
  // The same again, or nothing to tell, is no change that a watcher must see.
  clock_.Advance(seconds(50));
  ASSERT_TRUE(queue().Heartbeat(lease.job, lease.token, {"extract", "pass 1 of 2", 32, 640}).ok());
  ASSERT_TRUE(queue().Heartbeat(lease.job, lease.token, {}).ok());
  EXPECT_EQ(Get(lease.job).revision, told.revision);
  ASSERT_TRUE(queue().Heartbeat(lease.job, lease.token, {"extract", "pass 1 of 2", 64, 640}).ok());
  EXPECT_GT(Get(lease.job).revision, told.revision);
  clock_.Advance(seconds(59));
  EXPECT_EQ(queue().Reap().value(), 0);
  EXPECT_FALSE(queue().Heartbeat(lease.job, lease.token, {}).value().cancel_requested);
  ASSERT_TRUE(queue().Cancel(lease.job).ok());
  EXPECT_TRUE(queue().Heartbeat(lease.job, lease.token, {}).value().cancel_requested);
}

TEST_P(JobQueueWorker, CompletionStoresScoresInTheReportsOrderAndEndsTheJob) {
  Create();
  const LeaseRow lease = Lease();
  ASSERT_TRUE(queue().Heartbeat(lease.job, lease.token, {"score", "", 1, 2}).ok());
  clock_.Advance(seconds(9));
  const auto ids = queue().Complete(lease.job, lease.token, Scores(), "all went well").value();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 2u);
  const JobRow job = Get(lease.job);
  EXPECT_EQ(job.state, JobState::kSucceeded);
  EXPECT_EQ(job.ended, start_ + seconds(9));
  EXPECT_EQ(job.scores, ids);
  EXPECT_FALSE(job.progress.has_value());
  const auto attempt = queue().Attempts(lease.job).value().at(0);
  EXPECT_EQ(attempt.ended, start_ + seconds(9));
  EXPECT_EQ(attempt.log_tail, "all went well");
  EXPECT_FALSE(attempt.failure.has_value());
}

TEST_P(JobQueueWorker, CompletingTwiceAnswersWithTheSameScores) {
  Create();
  const LeaseRow lease = Lease();
  const auto ids = queue().Complete(lease.job, lease.token, Scores(), "").value();
  const JobRow job = Get(lease.job);
  EXPECT_EQ(queue().Complete(lease.job, lease.token, Scores(), "again").value(), ids);
  EXPECT_EQ(Get(lease.job).scores, ids);
  EXPECT_EQ(Get(lease.job).revision, job.revision);
  EXPECT_EQ(queue().Fail(lease.job, lease.token, Failure(FailureCause::kCrash)).error().code,
            ErrorCode::kLeaseLost);
  EXPECT_EQ(queue().Heartbeat(lease.job, lease.token, {}).error().code, ErrorCode::kLeaseLost);
}

TEST_P(JobQueueWorker, AWorkerThatLostItsLeaseChangesNothing) {
  Create();
  const LeaseRow late = Lease("late");
  clock_.Advance(seconds(60));
  ASSERT_EQ(queue().Reap().value(), 1);
  clock_.Advance(seconds(5));

  const auto expect_lost = [&] {
    const JobRow before = Get(late.job);
    EXPECT_EQ(queue().Complete(late.job, late.token, Scores(), "").error().code,
              ErrorCode::kLeaseLost);
    EXPECT_EQ(queue().Heartbeat(late.job, late.token, {"score", "", 1, 1}).error().code,
              ErrorCode::kLeaseLost);
    EXPECT_EQ(
        queue().Fail(late.job, late.token, Failure(FailureCause::kInvalidCheckpoint)).error().code,
        ErrorCode::kLeaseLost);
    EXPECT_EQ(Get(late.job).revision, before.revision);
    EXPECT_EQ(Get(late.job).scores, before.scores);
  };
  expect_lost();  // queued again
  const LeaseRow second = Lease("second");
  ASSERT_EQ(second.job, late.job);
  EXPECT_EQ(second.attempt, 2);
  expect_lost();  // running, with another token
  const auto ids = queue().Complete(second.job, second.token, Scores(), "").value();
  expect_lost();  // succeeded
  EXPECT_EQ(Get(late.job).scores, ids);
  EXPECT_EQ(ids.size(), 2u);
}

TEST_P(JobQueueWorker, TokensThatAreNone) {
  Create();
  const LeaseRow lease = Lease();
  Create();
  const LeaseRow other = Lease();
  for (const std::string& token :
       {std::string(), std::string("x"), std::string("8b6d2c5c-33b6-4a5c-9f3f-111111111111"),
        other.token, std::string("' OR true --")}) {
    EXPECT_EQ(queue().Heartbeat(lease.job, token, {}).error().code, ErrorCode::kLeaseLost);
    EXPECT_EQ(queue().Complete(lease.job, token, Scores(), "").error().code, ErrorCode::kLeaseLost);
    EXPECT_EQ(queue().Fail(lease.job, token, Failure(FailureCause::kCrash)).error().code,
              ErrorCode::kLeaseLost);
  }
  EXPECT_EQ(queue().Heartbeat("no job", lease.token, {}).error().code, ErrorCode::kLeaseLost);
  EXPECT_EQ(Get(lease.job).state, JobState::kRunning);
}

struct BadScores {
  std::vector<NewScore> scores;
  std::string says;
};

TEST_P(JobQueueWorker, BadScoresChangeNothing) {
  const auto with = [](auto change) {
    NewScore score = ScoreOf("it.human.rsa");
    change(score);
    return std::vector<NewScore>{ScoreOf("it.monkey.rsa"), score};
  };
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinity = std::numeric_limits<double>::infinity();
  const std::vector<BadScores> cases = {
      {{}, "no scores"},
      {{ScoreOf("it.human.rsa"), ScoreOf("it.human.rsa")}, "it.human.rsa is scored twice"},
      {{ScoreOf("v4.ridge")}, "benchmark v4.ridge is not one of pack it 1.0.0"},
      {with([&](NewScore& s) { s.raw = nan; }), "score of it.human.rsa: raw is not finite"},
      {with([&](NewScore& s) { s.ceiling = infinity; }), "ceiling is not finite"},
      {with([&](NewScore& s) { s.interval_lower = 0.1; }), "one bound only"},
      {with([&](NewScore& s) { s.interval_lower = 0.2, s.interval_upper = 0.1; }),
       "interval_lower lies above"},
      {with([&](NewScore& s) { s.normalised = 0.2; }), "normalised is there without a ceiling"},
      {with([&](NewScore& s) { s.layer_step = -1; }), "layer_step is negative"},
      {with([&](NewScore& s) { s.layer_path = "\xff"; }), "layer_path is not UTF-8"},
      {with([&](NewScore& s) { s.result_json = std::string("{}\0", 3); }), "result is not UTF-8"},
  };
  Create();
  const LeaseRow lease = Lease();
  for (const BadScores& bad : cases) {
    const auto result = queue().Complete(lease.job, lease.token, bad.scores, "");
    ASSERT_FALSE(result.ok()) << bad.says;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput) << bad.says;
    EXPECT_THAT(result.error().message, HasSubstr(bad.says));
    EXPECT_EQ(Get(lease.job).state, JobState::kRunning);
    EXPECT_THAT(Get(lease.job).scores, IsEmpty());
  }
  EXPECT_TRUE(queue().Complete(lease.job, lease.token, Scores(), "").ok());
}

TEST_P(JobQueueWorker, FailuresAreRetriedWithBackoffUntilNoAttemptIsLeft) {
  const std::string id = Create().id;
  const std::vector<std::pair<FailureCause, seconds>> attempts = {
      {FailureCause::kCrash, seconds(5)}, {FailureCause::kTimeout, seconds(8)}};  // 10, capped
  for (const auto& [cause, backoff] : attempts) {
    const LeaseRow lease = Lease();
    const JobRow job = queue().Fail(id, lease.token, Failure(cause)).value();
    EXPECT_EQ(job.state, JobState::kQueued);
    EXPECT_EQ(job.not_before, clock_.Now() + backoff);
    EXPECT_EQ(job.failure->cause, cause);
    EXPECT_FALSE(job.ended.has_value());
    clock_.Advance(backoff - std::chrono::milliseconds(1));
    EXPECT_FALSE(queue().Lease("w1", "cpu").value().has_value());
    clock_.Advance(std::chrono::milliseconds(1));
  }
  const LeaseRow last = Lease();
  EXPECT_EQ(last.attempt, 3);
  const JobRow job = queue().Fail(id, last.token, Failure(FailureCause::kOutOfMemory)).value();
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(job.attempts, 3);
  EXPECT_EQ(job.ended, clock_.Now());
  EXPECT_EQ(job.failure->cause, FailureCause::kOutOfMemory);
  EXPECT_EQ(job.failure->message, "it broke");
  const auto history = queue().Attempts(id).value();
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[0].failure->cause, FailureCause::kCrash);
  EXPECT_EQ(history[1].failure->cause, FailureCause::kTimeout);
  EXPECT_EQ(history[2].failure->cause, FailureCause::kOutOfMemory);
  EXPECT_EQ(history[2].log_tail, "last words");
}

TEST_P(JobQueueWorker, AJobThatWaitsForItsBackoffLetsOthersPass) {
  const std::string first = Create().id, second = Create().id;
  ASSERT_TRUE(queue().Fail(first, Lease().token, Failure(FailureCause::kCrash)).ok());
  EXPECT_EQ(Lease().job, second);
  clock_.Advance(seconds(5));
  EXPECT_EQ(Lease().job, first);
}

TEST_P(JobQueueWorker, WhatLiesInTheFileIsNeverRetried) {
  for (const auto cause : {FailureCause::kInvalidCheckpoint, FailureCause::kViolation}) {
    const std::string id = Create().id;
    const JobRow job = queue().Fail(id, Lease().token, Failure(cause)).value();
    EXPECT_EQ(job.state, JobState::kFailed);
    EXPECT_EQ(job.attempts, 1);
    EXPECT_EQ(Get(id).failure->cause, cause);
    EXPECT_EQ(queue().Attempts(id).value().at(0).failure->cause, cause);
  }
}

TEST_P(JobQueueWorker, AReleasedAttemptIsGivenBack) {
  const std::string id = Create().id;
  AttemptFailure released = Failure(FailureCause::kInfrastructure);
  released.released = true;
  for (int i = 1; i <= 5; ++i) {  // more often than max_attempts
    const LeaseRow lease = Lease();
    EXPECT_EQ(lease.attempt, i);
    const JobRow job = queue().Fail(id, lease.token, released).value();
    EXPECT_EQ(job.state, JobState::kQueued);
    EXPECT_EQ(job.attempts, 0);
    EXPECT_EQ(job.not_before, clock_.Now());
    EXPECT_FALSE(job.failure.has_value());
  }
}

TEST_P(JobQueueWorker, ACancelledJobEndsWhenItsWorkerConfirms) {
  const std::string id = Create().id;
  const LeaseRow lease = Lease();
  ASSERT_TRUE(queue().Cancel(id).ok());
  AttemptFailure failure = Failure(FailureCause::kInfrastructure);
  failure.cancelled = true;
  const JobRow job = queue().Fail(id, lease.token, failure).value();
  EXPECT_EQ(job.state, JobState::kCancelled);
  EXPECT_FALSE(job.cancel_requested);
  EXPECT_FALSE(job.failure.has_value());
  EXPECT_EQ(queue().Retry(id).value().state, JobState::kQueued);
}

TEST_P(JobQueueWorker, ACancelledJobEndsWhenItsWorkerIsGone) {
  const std::string id = Create().id;
  Lease();
  ASSERT_TRUE(queue().Cancel(id).ok());
  clock_.Advance(seconds(61));
  EXPECT_EQ(queue().Reap().value(), 1);
  EXPECT_EQ(Get(id).state, JobState::kCancelled);
}

TEST_P(JobQueueWorker, AWorkerThatCompletesBeforeItHearsOfCancellingHasSucceeded) {
  const std::string id = Create().id;
  const LeaseRow lease = Lease();
  ASSERT_TRUE(queue().Cancel(id).ok());
  ASSERT_TRUE(queue().Complete(id, lease.token, Scores(), "").ok());
  EXPECT_EQ(Get(id).state, JobState::kSucceeded);
  EXPECT_FALSE(Get(id).cancel_requested);
}

TEST_P(JobQueueWorker, TheReaperEndsWhatRanOut) {
  const std::string id = Create().id;
  for (int attempt = 1; attempt <= 2; ++attempt) {
    ASSERT_EQ(Lease("worker 7").attempt, attempt);
    clock_.Advance(seconds(59));
    EXPECT_EQ(queue().Reap().value(), 0);
    clock_.Advance(seconds(1));
    EXPECT_EQ(queue().Reap().value(), 1);
    EXPECT_EQ(queue().Reap().value(), 0);
    EXPECT_EQ(Get(id).state, attempt < 2 ? JobState::kQueued : JobState::kFailed);
    clock_.Advance(seconds(10));
  }
  EXPECT_TRUE(Get(id).quarantined) << "it may have killed two workers";
  EXPECT_EQ(Get(id).failure->cause, FailureCause::kInfrastructure);
  EXPECT_THAT(Get(id).failure->message, HasSubstr("worker 7"));
}

TEST_P(JobQueueWorker, ManyLeasesRunOutAtOnce) {
  for (int i = 0; i < 150; ++i) {
    Create();
    Lease();
  }
  clock_.Advance(seconds(60));
  EXPECT_EQ(queue().Reap().value(), 150);
  EXPECT_EQ(queue().Reap().value(), 0);
}

TEST_P(JobQueueWorker, HostileTextsNeverStandInTheWay) {
  const std::string id = Create().id;
  const std::string bytes = std::string("a\0b\xff\xc3", 5) + "\xc3\xa9'\"\\";
  const LeaseRow lease = queue().Lease(bytes + std::string(10'000, 'w'), bytes).value().value();
  ASSERT_TRUE(
      queue()
          .Heartbeat(id, lease.token, {bytes, bytes, -1, std::numeric_limits<std::int64_t>::max()})
          .ok());
  EXPECT_EQ(Get(id).progress->message, "a?b??\xc3\xa9'\"\\");
  AttemptFailure failure = Failure(FailureCause::kCrash);
  failure.failure.message = bytes;
  failure.log_tail = std::string(100'000, 'x') + "the end";
  ASSERT_TRUE(queue().Fail(id, lease.token, failure).ok());
  const auto attempt = queue().Attempts(id).value().at(0);
  EXPECT_EQ(attempt.device, "a?b??\xc3\xa9'\"\\");
  EXPECT_EQ(attempt.worker.size(), 200u);
  EXPECT_EQ(attempt.failure->message, "a?b??\xc3\xa9'\"\\");
  EXPECT_EQ(attempt.log_tail.size(), 16u * 1024);
  EXPECT_TRUE(attempt.log_tail.ends_with("xthe end"));
}

TEST_P(JobQueueWorker, WorkersMayAskForSomeKindsOfJobsOnly) {
  const auto job = Create();
  EXPECT_EQ(job.kind, JobKind::kScore);
  EXPECT_FALSE(queue().Lease("w", "cpu", {JobKind::kRescore}).value().has_value());
  const auto lease = queue().Lease("w", "cpu", {JobKind::kRescore, JobKind::kScore}).value();
  ASSERT_TRUE(lease.has_value());
  EXPECT_EQ(lease->kind, JobKind::kScore);
  EXPECT_FALSE(lease->grams.has_value());
}

TEST_P(JobQueueWorker, ACompletionNamesTheGramsThatAreKept) {
  const auto job = Create();
  const auto lease = Lease();
  EXPECT_FALSE(Get(job.id).grams.has_value());
  ASSERT_TRUE(queue().Complete(lease.job, lease.token, Scores(), "", GramsRow{Sha('7'), 123}).ok());
  ASSERT_TRUE(Get(job.id).grams.has_value());
  EXPECT_EQ(Get(job.id).grams->sha256, Sha('7'));
  EXPECT_EQ(Get(job.id).grams->bytes, 123);
}

INSTANTIATE_TEST_SUITE_P(Both, JobQueueWorker,
                         ::testing::Values(Side{"Memory", &MakeMemoryBackend},
                                           Side{"Postgres", &MakePostgresBackend}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace ventral::testing
