// What of a private pack leaves the service: neither Grams nor a failed run's words.
#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::HasSubstr;
using ::testing::Not;

class PrivatePackTest : public AccessRpcTest {
 protected:
  // A submitter's job on the pack, and its lease; the caller is a worker then.
  v1::Lease LeaseOf(bool is_private) {
    Become(Role::kPublisher);
    v1::PublishPackRequest publish = PackFiles();
    publish.mutable_policy()->set_private_(is_private);
    v1::Pack pack;
    EXPECT_TRUE(Call(*pack_, &PackStub::PublishPack, publish, &pack).ok());
    EXPECT_EQ(pack.policy().private_(), is_private);
    Become(Role::kSubmitter);
    MakeModel();
    v1::CreateJobRequest create;
    create.mutable_job()->set_checkpoint(MakeCheckpoint().name());
    create.mutable_job()->set_pack(pack.name());
    v1::Job job;
    EXPECT_TRUE(Call(*job_, &JobStub::CreateJob, create, &job).ok());
    Become(Role::kWorker);
    return LeaseJob();
  }

  // All that a submitter hears of the job.
  std::string Told(const std::string& name) {
    Become(Role::kSubmitter);
    v1::GetJobRequest get;
    get.set_name(name);
    v1::Job job;
    EXPECT_TRUE(Call(*job_, &JobStub::GetJob, get, &job).ok());
    v1::ListJobAttemptsRequest ask;
    ask.set_parent(name);
    v1::ListJobAttemptsResponse attempts;
    EXPECT_TRUE(Call(*job_, &JobStub::ListJobAttempts, ask, &attempts).ok());
    EXPECT_EQ(attempts.attempts_size(), 1);
    v1::ListScoresResponse scores;
    EXPECT_TRUE(Call(*score_, &ScoreStub::ListScores, v1::ListScoresRequest(), &scores).ok());
    return job.ShortDebugString() + attempts.ShortDebugString() + scores.ShortDebugString();
  }

  // Of a job that failed with pixels in its words.
  std::string ToldOfAFailure(bool is_private) {
    const v1::Lease lease = LeaseOf(is_private);
    v1::FailJobRequest fail;
    fail.set_job(lease.job());
    fail.set_lease_token(lease.lease_token());
    fail.mutable_failure()->set_cause(v1::FAILURE_CAUSE_INVALID_CHECKPOINT);
    fail.mutable_failure()->set_message("index 1735159650 is out of bounds");
    fail.set_log_tail("1735159650 again");
    v1::FailJobResponse failed;
    EXPECT_TRUE(Call(*worker_, &WorkerStub::FailJob, fail, &failed).ok());
    EXPECT_EQ(failed.state(), v1::JOB_STATE_FAILED);
    return Told(lease.job());
  }

  // Of one that says them while it runs.
  std::string ToldOfARun(bool is_private) {
    const v1::Lease lease = LeaseOf(is_private);
    v1::HeartbeatRequest beat;
    beat.set_job(lease.job());
    beat.set_lease_token(lease.lease_token());
    beat.mutable_progress()->set_phase("extract");
    beat.mutable_progress()->set_message("pass 1735159650");
    beat.mutable_progress()->set_done(1735159650);
    beat.mutable_progress()->set_total(4 * std::int64_t{1735159650});
    v1::HeartbeatResponse heard;
    EXPECT_TRUE(Call(*worker_, &WorkerStub::Heartbeat, beat, &heard).ok());
    return Told(lease.job());
  }

  // Of one that succeeded, and says them in its numbers, too.
  std::string ToldOfASuccess(bool is_private) {
    const v1::Lease lease = LeaseOf(is_private);
    v1::CompleteJobRequest done;
    done.set_job(lease.job());
    done.set_lease_token(lease.lease_token());
    *done.mutable_report() = ReportFor(lease);
    done.mutable_report()->mutable_provenance()->set_passes(1735159650);
    done.mutable_report()->mutable_provenance()->set_extractor_peak_bytes(1735159650);
    done.mutable_report()->mutable_provenance()->set_evaluator_peak_bytes(1735159650);
    done.set_log_tail("1735159650 again");
    v1::CompleteJobResponse completed;
    EXPECT_TRUE(Call(*worker_, &WorkerStub::CompleteJob, done, &completed).ok());
    EXPECT_EQ(completed.scores_size(), 2);
    return Told(lease.job());
  }
};

TEST_F(PrivatePackTest, AFailedRunsWordsStay) {
  const std::string told = ToldOfAFailure(/*is_private=*/true);
  EXPECT_THAT(told, Not(HasSubstr("1735159650")));
  EXPECT_THAT(told, HasSubstr("pack small is private"));
}

TEST_F(PrivatePackTest, OfAnOpenPackTheyAreTold) {
  const std::string told = ToldOfAFailure(/*is_private=*/false);
  EXPECT_THAT(told, HasSubstr("index 1735159650 is out of bounds"));
  EXPECT_THAT(told, HasSubstr("1735159650 again"));
}

TEST_F(PrivatePackTest, AndTheWordsAndTheMemoryOfOneThatSucceeded) {
  const std::string told = ToldOfASuccess(/*is_private=*/true);
  EXPECT_THAT(told, Not(HasSubstr("1735159650")));
  EXPECT_THAT(told, HasSubstr("pack small is private"));
  EXPECT_THAT(told, HasSubstr("small.it.rsa")) << "its scores are told";
}

TEST_F(PrivatePackTest, OfAnOpenPackTheyAreToldThen) {
  const std::string told = ToldOfASuccess(/*is_private=*/false);
  EXPECT_THAT(told, HasSubstr("passes: 1735159650"));
  EXPECT_THAT(told, HasSubstr("extractor_peak_bytes: 1735159650"));
  EXPECT_THAT(told, HasSubstr("evaluator_peak_bytes: 1735159650"));
  EXPECT_THAT(told, HasSubstr("1735159650 again"));
}

TEST_F(PrivatePackTest, OfARunOnlyHowFarItIs) {
  const std::string told = ToldOfARun(/*is_private=*/true);
  EXPECT_THAT(told, Not(HasSubstr("1735159650")));
  EXPECT_THAT(told, HasSubstr("phase: \"extract\" done: 25 total: 100"));
}

TEST_F(PrivatePackTest, OfAnOpenPackWhatItSays) {
  EXPECT_THAT(ToldOfARun(/*is_private=*/false), HasSubstr("message: \"pass 1735159650\""));
}

}  // namespace
}  // namespace ventral::testing
