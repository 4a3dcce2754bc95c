// What of a private pack leaves the service: neither Grams nor a failed run's words.
#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::HasSubstr;
using ::testing::Not;

class PrivatePackTest : public AccessRpcTest {
 protected:
  // What a submitter is told of a job on the pack that failed with pixels in its words.
  std::string ToldOfAFailure(bool is_private) {
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
    v1::FailJobRequest fail;
    fail.set_job(job.name());
    fail.set_lease_token(LeaseJob().lease_token());
    fail.mutable_failure()->set_cause(v1::FAILURE_CAUSE_INVALID_CHECKPOINT);
    fail.mutable_failure()->set_message("index 1735159650 is out of bounds");
    fail.set_log_tail("1735159650 again");
    v1::FailJobResponse failed;
    EXPECT_TRUE(Call(*worker_, &WorkerStub::FailJob, fail, &failed).ok());
    Become(Role::kSubmitter);
    v1::GetJobRequest get;
    get.set_name(job.name());
    EXPECT_TRUE(Call(*job_, &JobStub::GetJob, get, &job).ok());
    EXPECT_EQ(job.failure().cause(), v1::FAILURE_CAUSE_INVALID_CHECKPOINT);
    v1::ListJobAttemptsRequest ask;
    ask.set_parent(job.name());
    v1::ListJobAttemptsResponse attempts;
    EXPECT_TRUE(Call(*job_, &JobStub::ListJobAttempts, ask, &attempts).ok());
    EXPECT_EQ(attempts.attempts_size(), 1);
    return job.ShortDebugString() + attempts.ShortDebugString();
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

}  // namespace
}  // namespace ventral::testing
