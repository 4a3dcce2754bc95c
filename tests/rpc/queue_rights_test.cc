// What an admin alone may do to the queue, and whose jobs are whose.
#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::ElementsAre;

class QueueRightsTest : public AccessRpcTest {
 protected:
  // A job of the user who is called as the role; model, checkpoint and pack are made by the first.
  v1::Job MakeJobAs(Role role) {
    if (checkpoint_.empty()) {
      Become(Role::kPublisher);
      MakeModel();
      checkpoint_ = MakeCheckpoint().name();
      PublishPack();
    }
    Become(role);
    v1::CreateJobRequest request;
    request.mutable_job()->set_checkpoint(checkpoint_);
    request.mutable_job()->set_pack("packs/small");
    v1::Job job;
    EXPECT_TRUE(Call(*job_, &JobStub::CreateJob, request, &job).ok());
    return job;
  }
  void CrashNext() {
    Become(Role::kWorker);
    const v1::Lease lease = LeaseJob();
    v1::FailJobRequest request;
    request.set_job(lease.job());
    request.set_lease_token(lease.lease_token());
    request.mutable_failure()->set_cause(v1::FAILURE_CAUSE_CRASH);
    request.mutable_failure()->set_message("killed by signal 11");
    v1::FailJobResponse response;
    EXPECT_TRUE(Call(*worker_, &WorkerStub::FailJob, request, &response).ok());
    clock_.Advance(std::chrono::seconds(600));
  }
  grpc::Status Retry(const std::string& name, v1::Job* job) {
    v1::RetryJobRequest request;
    request.set_name(name);
    return Call(*job_, &JobStub::RetryJob, request, job);
  }
  grpc::Status Prioritise(const std::string& name, int priority, v1::Job* job) {
    v1::SetJobPriorityRequest request;
    request.set_name(name);
    request.set_priority(priority);
    return Call(*job_, &JobStub::SetJobPriority, request, job);
  }

  std::string checkpoint_;
};

TEST_F(QueueRightsTest, AQuarantinedJobIsAnAdminsToRetry) {
  const std::string name = MakeJobAs(Role::kSubmitter).name();
  CrashNext();
  CrashNext();
  v1::Job job;
  Become(Role::kSubmitter);
  v1::GetJobRequest get;
  get.set_name(name);
  ASSERT_TRUE(Call(*job_, &JobStub::GetJob, get, &job).ok());
  EXPECT_EQ(job.state(), v1::JOB_STATE_FAILED);
  EXPECT_TRUE(job.quarantined());
  for (const Role role : {Role::kSubmitter, Role::kPublisher}) {
    Become(role);
    const auto refused = Retry(name, &job);
    EXPECT_TRUE(Refused(refused, grpc::PERMISSION_DENIED, "is quarantined"));
    EXPECT_EQ(ReasonIn(refused), "PERMISSION");
  }
  Become(Role::kAdmin);
  ASSERT_TRUE(Retry(name, &job).ok());
  EXPECT_EQ(job.state(), v1::JOB_STATE_QUEUED);
  EXPECT_FALSE(job.quarantined());
}

TEST_F(QueueRightsTest, UsersTakeTurnsAndAnAdminsPriorityGoesBefore) {
  const std::string s1 = MakeJobAs(Role::kSubmitter).name();
  const std::string s2 = MakeJobAs(Role::kSubmitter).name();
  const std::string s3 = MakeJobAs(Role::kSubmitter).name();
  const std::string p1 = MakeJobAs(Role::kPublisher).name();
  Become(Role::kAdmin);
  v1::Job job;
  EXPECT_EQ(WrongFieldIn(Prioritise(s3, 101, &job)), "priority");
  ASSERT_TRUE(Prioritise(s3, 7, &job).ok());
  EXPECT_EQ(job.priority(), 7);
  Become(Role::kWorker);
  std::vector<std::string> turns;
  for (int i = 0; i < 4; ++i) turns.push_back(LeaseJob().job());
  EXPECT_THAT(turns, ElementsAre(s3, p1, s1, s2));
}

}  // namespace
}  // namespace ventral::testing
