#include <google/protobuf/util/message_differencer.h>

#include "scoring/base/digest.h"
#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr char kNoJob[] = "jobs/00000000-0000-0000-0000-000000000000";

class JobRpcTest : public RpcTest {
 protected:
  template <typename Request>
  grpc::Status On(grpc::Status (JobStub::*method)(grpc::ClientContext*, const Request&, v1::Job*),
                  const std::string& name, v1::Job* job) {
    Request request;
    request.set_name(name);
    return Call(*job_, method, request, job);
  }
  grpc::Status Get(const std::string& name, v1::Job* job) {
    return On(&JobStub::GetJob, name, job);
  }
};

TEST_F(JobRpcTest, QueuesACheckpointOnTheNewestPack) {
  const auto made = MakeJob();
  EXPECT_EQ(made.state(), v1::JOB_STATE_QUEUED);
  EXPECT_EQ(made.checkpoint(), "models/squeezenet1_1/checkpoints/" + DigestOf("weights").hex());
  EXPECT_EQ(made.pack(), "packs/small");
  EXPECT_EQ(made.pack_version(), "1.0.0");
  EXPECT_EQ(made.attempts(), 0);
  EXPECT_EQ(made.max_attempts(), 3);
  EXPECT_FALSE(made.has_failure());
  v1::Job got;
  ASSERT_TRUE(Get(made.name(), &got).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(made, got));
}

TEST_F(JobRpcTest, AnswersARepeatedRequestWithTheFirstJob) {
  MakeModel();
  v1::CreateJobRequest request;
  request.mutable_job()->set_checkpoint(MakeCheckpoint().name());
  request.mutable_job()->set_pack(PublishPack().name());
  request.set_request_id("submit-1");
  v1::Job first, again, other;
  ASSERT_TRUE(Call(*job_, &JobStub::CreateJob, request, &first).ok());
  ASSERT_TRUE(Call(*job_, &JobStub::CreateJob, request, &again).ok());
  EXPECT_EQ(first.name(), again.name());
  request.set_request_id("submit-2");
  ASSERT_TRUE(Call(*job_, &JobStub::CreateJob, request, &other).ok());
  EXPECT_NE(first.name(), other.name());
  request.set_request_id("submit-1");
  request.mutable_job()->set_checkpoint(MakeCheckpoint("squeezenet1_1", "others").name());
  EXPECT_TRUE(
      Refused(Call(*job_, &JobStub::CreateJob, request, &again), grpc::ALREADY_EXISTS, "submit-1"));
}

TEST_F(JobRpcTest, NamesWhatIsNotThere) {
  MakeModel();
  PublishPack();
  const std::string held = MakeCheckpoint().name();
  const std::string unknown_checkpoint = "models/squeezenet1_1/checkpoints/" + DigestOf("x").hex();
  const std::string unknown_model = "models/nobody/checkpoints/" + DigestOf("weights").hex();
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {unknown_model, "packs/small", "nobody"},
      {unknown_checkpoint, "packs/small", DigestOf("x").hex()},
      {held, "packs/unknown", "unknown"}};
  for (const auto& [checkpoint, pack, part] : cases) {
    v1::CreateJobRequest request;
    request.mutable_job()->set_checkpoint(checkpoint);
    request.mutable_job()->set_pack(pack);
    v1::Job job;
    EXPECT_TRUE(Refused(Call(*job_, &JobStub::CreateJob, request, &job), grpc::NOT_FOUND, part));
  }
}

TEST_F(JobRpcTest, SaysWhatNamesLookLike) {
  v1::CreateJobRequest create;
  v1::Job job;
  create.mutable_job()->set_checkpoint("models/a/checkpoints/xyz");
  EXPECT_EQ(WrongFieldIn(Call(*job_, &JobStub::CreateJob, create, &job)), "job.checkpoint");
  create.mutable_job()->set_checkpoint("models/a/checkpoints/" + DigestOf("x").hex());
  EXPECT_EQ(WrongFieldIn(Call(*job_, &JobStub::CreateJob, create, &job)), "job.pack");
  for (const char* bad : {"", "jobs/", "jobs/1", "jobs/00000000-0000-0000-0000-00000000000G",
                          "jobs/00000000-0000-0000-0000-000000000000/x"}) {
    EXPECT_TRUE(Refused(Get(bad, &job), grpc::INVALID_ARGUMENT, "jobs/{job_id}")) << bad;
    EXPECT_TRUE(
        Refused(On(&JobStub::CancelJob, bad, &job), grpc::INVALID_ARGUMENT, "jobs/{job_id}"));
    EXPECT_TRUE(
        Refused(On(&JobStub::RetryJob, bad, &job), grpc::INVALID_ARGUMENT, "jobs/{job_id}"));
  }
  EXPECT_TRUE(Refused(Get(kNoJob, &job), grpc::NOT_FOUND, "00000000"));
  EXPECT_TRUE(Refused(On(&JobStub::CancelJob, kNoJob, &job), grpc::NOT_FOUND, "00000000"));
  EXPECT_TRUE(Refused(On(&JobStub::RetryJob, kNoJob, &job), grpc::NOT_FOUND, "00000000"));
  v1::ListJobAttemptsRequest attempts;
  v1::ListJobAttemptsResponse listed;
  attempts.set_parent(kNoJob);
  EXPECT_TRUE(
      Refused(Call(*job_, &JobStub::ListJobAttempts, attempts, &listed), grpc::NOT_FOUND, ""));
}

TEST_F(JobRpcTest, CancelsAndRetriesInTheRightStates) {
  const auto made = MakeJob();
  v1::Job job;
  auto status = On(&JobStub::RetryJob, made.name(), &job);
  EXPECT_TRUE(Refused(status, grpc::FAILED_PRECONDITION, "queued"));
  ASSERT_TRUE(On(&JobStub::CancelJob, made.name(), &job).ok());
  EXPECT_EQ(job.state(), v1::JOB_STATE_CANCELLED);
  EXPECT_TRUE(job.has_end_time());
  status = On(&JobStub::CancelJob, made.name(), &job);
  EXPECT_TRUE(Refused(status, grpc::FAILED_PRECONDITION, "cancelled"));
  EXPECT_EQ(ReasonIn(status), "CONFLICT");
  ASSERT_TRUE(On(&JobStub::RetryJob, made.name(), &job).ok());
  EXPECT_EQ(job.state(), v1::JOB_STATE_QUEUED);
  LeaseJob();
  ASSERT_TRUE(On(&JobStub::CancelJob, made.name(), &job).ok());
  EXPECT_EQ(job.state(), v1::JOB_STATE_RUNNING) << "the worker must hear of it first";
  EXPECT_TRUE(job.cancel_requested());
}

TEST_F(JobRpcTest, ListsByStateAndModel) {
  const auto first = MakeJob();
  MakeModel("other");
  v1::CreateJobRequest request;
  request.mutable_job()->set_checkpoint(MakeCheckpoint("other", "others").name());
  request.mutable_job()->set_pack("packs/small");
  v1::Job second;
  ASSERT_TRUE(Call(*job_, &JobStub::CreateJob, request, &second).ok());
  LeaseJob();  // the oldest, which is the first
  const auto names = [&](const v1::ListJobsRequest& list) {
    v1::ListJobsResponse response;
    EXPECT_TRUE(Call(*job_, &JobStub::ListJobs, list, &response).ok());
    std::vector<std::string> found;
    for (const auto& job : response.jobs()) found.push_back(job.name());
    return found;
  };
  using ::testing::ElementsAre;
  v1::ListJobsRequest list;
  EXPECT_THAT(names(list), ElementsAre(second.name(), first.name())) << "newest first";
  list.add_states(v1::JOB_STATE_RUNNING);
  EXPECT_THAT(names(list), ElementsAre(first.name()));
  list.set_model("models/other");
  EXPECT_THAT(names(list), ElementsAre());
  list.clear_states();
  EXPECT_THAT(names(list), ElementsAre(second.name()));
}

TEST_F(JobRpcTest, RefusesBadFilters) {
  v1::ListJobsResponse response;
  const std::pair<const char*, void (*)(v1::ListJobsRequest&)> cases[] = {
      {"states", [](auto& r) { r.add_states(v1::JOB_STATE_UNSPECIFIED); }},
      {"states", [](auto& r) { r.add_states(static_cast<v1::JobState>(99)); }},
      {"states",  // more than there are
       [](auto& r) {
         for (int i = 0; i < 6; ++i) r.add_states(v1::JOB_STATE_RUNNING);
       }},
      {"model", [](auto& r) { r.set_model("squeezenet"); }},
      {"page_size", [](auto& r) { r.set_page_size(-1); }},
      {"page_token", [](auto& r) { r.set_page_token("AAAA"); }}};
  for (const auto& [field, spoil] : cases) {
    v1::ListJobsRequest request;
    spoil(request);
    const auto status = Call(*job_, &JobStub::ListJobs, request, &response);
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
    EXPECT_EQ(WrongFieldIn(status), field);
  }
}

}  // namespace
}  // namespace ventral::testing
