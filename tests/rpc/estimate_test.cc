// What a run will take, as workers tell it and submitters read it, and jobs that fit no worker.
#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

class EstimateRpcTest : public RpcTest {
 protected:
  // Empty where nothing waits for a worker that has so much.
  v1::Lease LeaseWith(std::int64_t memory, const std::string& worker = "w") {
    v1::LeaseJobRequest request;
    request.set_worker(worker);
    request.set_device("cpu");
    request.mutable_node()->set_version("0.1.0");
    request.mutable_node()->add_devices("cpu");
    request.mutable_node()->add_sandbox("privileges");
    request.mutable_node()->set_memory_bytes(memory);
    v1::LeaseJobResponse response;
    EXPECT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, request, &response).ok());
    return response.lease();
  }
  static v1::FailJobRequest Need(const v1::Lease& lease, std::int64_t bytes) {
    v1::FailJobRequest request;
    request.set_job(lease.job());
    request.set_lease_token(lease.lease_token());
    request.mutable_failure()->set_cause(v1::FAILURE_CAUSE_OUT_OF_MEMORY);
    request.mutable_failure()->set_message("40 Gram matrices do not fit");
    request.mutable_failure()->set_needed_memory_bytes(bytes);
    return request;
  }
  v1::JobState Fail(const v1::FailJobRequest& request) {
    v1::FailJobResponse response;
    EXPECT_TRUE(Call(*worker_, &WorkerStub::FailJob, request, &response).ok());
    return response.state();
  }
  static v1::HeartbeatRequest BeatOf(const v1::Lease& lease) {
    v1::HeartbeatRequest request;
    request.set_job(lease.job());
    request.set_lease_token(lease.lease_token());
    v1::RunEstimate& estimate = *request.mutable_estimate();
    estimate.set_activation_bytes(5 * kGiB);
    estimate.set_gram_bytes(kGiB);
    estimate.set_memory_bytes(4 * kGiB);
    estimate.set_passes(3);
    estimate.set_seconds(40.25);
    return request;
  }
  grpc::Status Beat(const v1::HeartbeatRequest& request) {
    v1::HeartbeatResponse response;
    return Call(*worker_, &WorkerStub::Heartbeat, request, &response);
  }
  v1::Job Get(const std::string& name) {
    v1::GetJobRequest request;
    request.set_name(name);
    v1::Job job;
    EXPECT_TRUE(Call(*job_, &JobStub::GetJob, request, &job).ok());
    return job;
  }
  grpc::Status CreateAgain(const v1::Job& like, v1::Job* made, const std::string& request_id = "") {
    v1::CreateJobRequest request;
    request.mutable_job()->set_checkpoint(like.checkpoint());
    request.mutable_job()->set_pack(like.pack());
    request.set_request_id(request_id);
    return Call(*job_, &JobStub::CreateJob, request, made);
  }
  void MakePackPrivate() {
    v1::SetPackPolicyRequest request;
    request.set_name("packs/small");
    request.mutable_policy()->set_private_(true);
    v1::Pack pack;
    ASSERT_TRUE(Call(*pack_, &PackStub::SetPackPolicy, request, &pack).ok());
  }
};

TEST_F(EstimateRpcTest, IsReadOnTheJobAsItsWorkerToldIt) {
  const v1::Job job = MakeJob();
  const v1::Lease lease = LeaseJob();
  EXPECT_FALSE(Get(job.name()).has_estimate());
  const v1::HeartbeatRequest beat = BeatOf(lease);
  ASSERT_TRUE(Beat(beat).ok());
  EXPECT_EQ(Get(job.name()).estimate().SerializeAsString(), beat.estimate().SerializeAsString());
  v1::HeartbeatRequest silent = beat;
  silent.clear_estimate();
  ASSERT_TRUE(Beat(silent).ok());
  EXPECT_EQ(Get(job.name()).estimate().passes(), 3);
}

TEST_F(EstimateRpcTest, IsRefusedWhereItIsNone) {
  const v1::Job job = MakeJob();
  const v1::Lease lease = LeaseJob();
  using Spoil = void (*)(v1::RunEstimate&);
  for (const Spoil spoil : {Spoil([](auto& estimate) { estimate.set_activation_bytes(-1); }),
                            Spoil([](auto& estimate) { estimate.set_gram_bytes(-1); }),
                            Spoil([](auto& estimate) { estimate.set_memory_bytes(-1); }),
                            Spoil([](auto& estimate) { estimate.set_passes(-1); }),
                            Spoil([](auto& estimate) { estimate.set_seconds(-0.5); }),
                            Spoil([](auto& estimate) { estimate.set_seconds(0.0 / 0.0); }),
                            Spoil([](auto& estimate) { estimate.set_seconds(1e308 * 10); })}) {
    v1::HeartbeatRequest bad = BeatOf(lease);
    spoil(*bad.mutable_estimate());
    const grpc::Status status = Beat(bad);
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << bad.ShortDebugString();
    EXPECT_THAT(status.error_message(), HasSubstr("estimate"));
  }
  EXPECT_FALSE(Get(job.name()).has_estimate());
  v1::HeartbeatRequest late = BeatOf(lease);
  late.set_lease_token("8b6d2c5c-33b6-4a5c-9f3f-111111111111");
  EXPECT_EQ(Beat(late).error_code(), grpc::ABORTED);
  EXPECT_FALSE(Get(job.name()).has_estimate()) << "of a lease that was lost";
  v1::FailJobResponse response;
  const auto status = Call(*worker_, &WorkerStub::FailJob, Need(lease, -1), &response);
  EXPECT_EQ(WrongFieldIn(status), "failure.needed_memory_bytes");
}

TEST_F(EstimateRpcTest, AJobThatFitsNoWorkerIsRefusedWithTheFiguresUntilOneHasIt) {
  const v1::Job job = MakeJob();
  EXPECT_EQ(Fail(Need(LeaseWith(8 * kGiB), 12 * kGiB)), v1::JOB_STATE_FAILED);
  const v1::Job failed = Get(job.name());
  EXPECT_EQ(failed.attempts(), 1);
  EXPECT_EQ(failed.failure().needed_memory_bytes(), 12 * kGiB);
  for (const char* says : {"40 Gram matrices", "12884901888 bytes (12.0 GiB)", "(8.0 GiB)"})
    EXPECT_THAT(failed.failure().message(), HasSubstr(says));

  v1::Job again;
  const auto refused = CreateAgain(job, &again, "request");
  EXPECT_TRUE(Refused(refused, grpc::FAILED_PRECONDITION, "12884901888 bytes (12.0 GiB)"));
  EXPECT_TRUE(Refused(refused, grpc::FAILED_PRECONDITION, "(8.0 GiB)"));

  EXPECT_TRUE(LeaseWith(16 * kGiB, "large").job().empty());
  ASSERT_TRUE(CreateAgain(job, &again, "request").ok());
  EXPECT_TRUE(LeaseWith(8 * kGiB).job().empty()) << "the small one does not get it";
  const v1::Lease lease = LeaseWith(16 * kGiB, "large");
  EXPECT_EQ(lease.job(), again.name());
  EXPECT_EQ(lease.needed_memory_bytes(), 12 * kGiB);
  v1::CompleteJobResponse completed;
  ASSERT_TRUE(Complete(lease, ReportFor(lease), &completed).ok());
}

TEST_F(EstimateRpcTest, OfAPrivatePackNoNumberIsTold) {
  const v1::Job job = MakeJob();
  MakePackPrivate();
  const v1::Lease lease = LeaseWith(8 * kGiB);
  ASSERT_TRUE(Beat(BeatOf(lease)).ok());
  EXPECT_FALSE(Get(job.name()).has_estimate());
  EXPECT_EQ(Fail(Need(lease, 12 * kGiB)), v1::JOB_STATE_QUEUED) << "as where nothing is known";
  const v1::Job failed = Get(job.name());
  EXPECT_EQ(failed.failure().needed_memory_bytes(), 0);
  EXPECT_THAT(failed.failure().message(), ::testing::Not(HasSubstr("40 Gram")));
  v1::Job again;
  EXPECT_TRUE(CreateAgain(job, &again).ok());
}

}  // namespace
}  // namespace ventral::testing
