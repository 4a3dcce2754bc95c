// A deleted pack is seen by nobody: every method that names it, or what belongs to it, asked by its
// publisher, by others and by an admin.
#include <functional>
#include <set>

#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using google::protobuf::Message;
using store::Role;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DeletedPackTest : public AccessRpcTest {
 protected:
  void SetUp() override {
    AccessRpcTest::SetUp();
    Become(Role::kPublisher);
    files_ = PackFiles();
    v1::Pack pack;
    ASSERT_TRUE(Call(*pack_, &PackStub::PublishPack, files_, &pack).ok());
    Become(Role::kSubmitter);
    MakeModel("net");
    checkpoint_ = MakeCheckpoint("net").name();
    done_ = Queue().name();
    Become(Role::kWorker);
    const v1::Lease lease = LeaseJob();
    v1::CompleteJobResponse completed;
    ASSERT_TRUE(Complete(lease, ReportFor(lease), &completed).ok());
    score_name_ = completed.scores(0);
    Become(Role::kSubmitter);
    running_ = Queue().name();
    Become(Role::kWorker);
    lease_ = LeaseJob();
    ASSERT_EQ(lease_.job(), running_);
    Become(Role::kSubmitter);
    waiting_ = Queue().name();
  }

  grpc::Status TryQueue(v1::Job* job) {
    v1::CreateJobRequest request;
    request.mutable_job()->set_checkpoint(checkpoint_);
    request.mutable_job()->set_pack("packs/small");
    return Call(*job_, &JobStub::CreateJob, request, job);
  }
  v1::Job Queue() {
    v1::Job job;
    EXPECT_TRUE(TryQueue(&job).ok());
    return job;
  }
  template <typename Request, typename Stub, typename Response>
  grpc::Status Of(Stub& stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const std::string& name, Response* response) {
    Request request;
    request.set_name(name);
    return Call(stub, method, request, response);
  }
  grpc::Status Delete(v1::Pack* pack) {
    return Of(*pack_, &PackStub::DeletePack, "packs/small", pack);
  }
  grpc::Status Undelete(v1::Pack* pack) {
    return Of(*pack_, &PackStub::UndeletePack, "packs/small", pack);
  }
  // What whoever is called as is told in all lists.
  std::string Lists() {
    v1::ListPacksResponse packs;
    EXPECT_TRUE(Call(*pack_, &PackStub::ListPacks, {}, &packs).ok());
    v1::ListBenchmarksRequest all;
    all.set_parent("packs/-");
    v1::ListBenchmarksResponse benchmarks;
    EXPECT_TRUE(Call(*pack_, &PackStub::ListBenchmarks, all, &benchmarks).ok());
    v1::ListJobsResponse jobs;
    EXPECT_TRUE(Call(*job_, &JobStub::ListJobs, {}, &jobs).ok());
    v1::ListScoresResponse scores;
    EXPECT_TRUE(Call(*score_, &ScoreStub::ListScores, {}, &scores).ok());
    v1::Leaderboard board;
    EXPECT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, {}, &board).ok());
    v1::ListWorkersResponse workers;
    EXPECT_TRUE(Call(*pool_, &PoolStub::ListWorkers, {}, &workers).ok());
    std::string told;
    for (const Message* list : std::initializer_list<const Message*>{&packs, &benchmarks, &jobs,
                                                                     &scores, &board, &workers}) {
      told += list->ShortDebugString();
    }
    return told;
  }

  v1::PublishPackRequest files_;
  std::string checkpoint_, done_, running_, waiting_, score_name_;
  v1::Lease lease_;
};

TEST_F(DeletedPackTest, NobodyFindsItAnywhere) {
  const std::string before = Lists();
  EXPECT_THAT(before, HasSubstr("small.it.rsa"));
  v1::Pack pack;
  Become(Role::kPublisher);
  ASSERT_TRUE(Delete(&pack).ok());
  EXPECT_TRUE(pack.has_delete_time());
  EXPECT_EQ(pack.name(), "packs/small");

  v1::SetPackPolicyRequest policy;
  policy.set_name("packs/small");
  v1::ListBenchmarksRequest benchmarks;
  benchmarks.set_parent("packs/small");
  v1::ListJobAttemptsRequest attempts;
  attempts.set_parent(done_);
  v1::CreateRescoreJobsRequest rescore_pack, rescore_job, rescore_model;
  rescore_pack.set_pack("packs/small");
  rescore_job.set_job(done_);
  rescore_model.set_model("models/net");
  v1::CompareModelsRequest compare;
  compare.set_benchmark("small.it.rsa");
  v1::GetLeaderboardRequest one_column;
  one_column.add_benchmarks("small.it.rsa");
  v1::Job job;
  v1::Score score;
  v1::Benchmark benchmark;
  v1::ListBenchmarksResponse some_benchmarks;
  v1::ListJobAttemptsResponse some_attempts;
  v1::CreateRescoreJobsResponse rescores;
  v1::Leaderboard board;
  v1::ModelComparison comparison;
  std::set<std::string> walked = {"ListPacks",  "ListJobs",    "ListScores", "WatchJob",
                                  "FetchGrams", "ListWorkers", "DeletePack", "UndeletePack",
                                  "PublishPack"};  // below, and in the other tests
  for (const Role role : {Role::kPublisher, Role::kAdmin}) {
    Become(role);
    const std::pair<const char*, grpc::Status> not_found[] = {
        {"GetPack", Of(*pack_, &PackStub::GetPack, "packs/small", &pack)},
        {"SetPackPolicy", Call(*pack_, &PackStub::SetPackPolicy, policy, &pack)},
        {"GetBenchmark",
         Of(*pack_, &PackStub::GetBenchmark, "packs/small/benchmarks/small.it.rsa", &benchmark)},
        {"ListBenchmarks", Call(*pack_, &PackStub::ListBenchmarks, benchmarks, &some_benchmarks)},
        {"CreateJob", TryQueue(&job)},
        {"GetJob", Of(*job_, &JobStub::GetJob, done_, &job)},
        {"CancelJob", Of(*job_, &JobStub::CancelJob, running_, &job)},
        {"RetryJob", Of(*job_, &JobStub::RetryJob, waiting_, &job)},
        {"ListJobAttempts", Call(*job_, &JobStub::ListJobAttempts, attempts, &some_attempts)},
        {"CreateRescoreJobs", Call(*job_, &JobStub::CreateRescoreJobs, rescore_pack, &rescores)},
        {"CreateRescoreJobs", Call(*job_, &JobStub::CreateRescoreJobs, rescore_job, &rescores)},
        {"CreateRescoreJobs", Call(*job_, &JobStub::CreateRescoreJobs, rescore_model, &rescores)},
        {"GetScore", Of(*score_, &ScoreStub::GetScore, score_name_, &score)},
        {"GetLeaderboard", Call(*score_, &ScoreStub::GetLeaderboard, one_column, &board)},
        {"CompareModels", Call(*score_, &ScoreStub::CompareModels, compare, &comparison)}};
    for (const auto& [method, status] : not_found) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND)
          << method << ": " << status.error_message();
      EXPECT_THAT(status.error_message(), Not(HasSubstr("deleted"))) << method;
      walked.insert(method);
    }
    EXPECT_THAT(Lists(), Not(HasSubstr("small")));
    for (const std::string& name : {done_, running_, waiting_, score_name_}) {
      EXPECT_THAT(Lists(), Not(HasSubstr(name)));
    }
    for (const auto& stream : {std::function([&](grpc::ClientContext* context) {
                                 v1::WatchJobRequest request;
                                 request.set_name(running_);
                                 return job_->WatchJob(context, request)->Finish();
                               }),
                               std::function([&](grpc::ClientContext* context) {
                                 v1::FetchGramsRequest request;
                                 request.set_name(done_);
                                 return job_->FetchGrams(context, request)->Finish();
                               })}) {
      grpc::ClientContext context;
      EXPECT_EQ(stream(&context).error_code(), grpc::StatusCode::NOT_FOUND);
    }
  }
  // And no method was forgotten: whoever adds one says here what is learnt by it.
  const std::set<std::string> shows_no_pack = {
      "CreateModel",      "GetModel",      "ListModels",       "PublishModel",  "WithdrawModel",
      "DeleteModel",      "UndeleteModel", "CreateCheckpoint", "GetCheckpoint", "ListCheckpoints",
      "FindMissingBlobs", "UploadBlob",    "SetJobPriority",   "QueryUpload"};
  for (const auto* service :
       {v1::ModelService::service_full_name(), v1::JobService::service_full_name(),
        v1::ScoreService::service_full_name(), v1::PackService::service_full_name(),
        v1::BlobService::service_full_name(), v1::WorkerPoolService::service_full_name()}) {
    const auto* found =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    ASSERT_NE(found, nullptr);
    for (int i = 0; i < found->method_count(); ++i) {
      const std::string& method = found->method(i)->name();
      EXPECT_TRUE(walked.contains(method) || shows_no_pack.contains(method)) << method;
    }
  }
  Become(Role::kPublisher);
  ASSERT_TRUE(Undelete(&pack).ok());
  EXPECT_FALSE(pack.has_delete_time());
  EXPECT_THAT(Lists(), HasSubstr(score_name_));
  EXPECT_TRUE(Of(*job_, &JobStub::GetJob, done_, &job).ok());
}

TEST_F(DeletedPackTest, ItsPublisherAloneAndAdminsMay) {
  v1::Pack pack;
  EXPECT_TRUE(Refused(Delete(&pack), grpc::PERMISSION_DENIED, "wants a publisher"));
  ASSERT_TRUE(store_->accounts().CreateUser({"noor", "noor", Role::kPublisher, {}, {}}).ok());
  const auto noor = ChannelWith(MakeToken("noor"));
  CallOver(noor);
  EXPECT_TRUE(Refused(Delete(&pack), grpc::PERMISSION_DENIED, "another publisher's"));
  EXPECT_TRUE(Of(*pack_, &PackStub::GetPack, "packs/small", &pack).ok());
  Become(Role::kAdmin);
  ASSERT_TRUE(Delete(&pack).ok());
  CallOver(noor);
  EXPECT_EQ(Undelete(&pack).error_code(), grpc::StatusCode::NOT_FOUND);
  v1::ListPacksRequest bin;
  bin.set_show_deleted(true);
  v1::ListPacksResponse deleted;
  ASSERT_TRUE(Call(*pack_, &PackStub::ListPacks, bin, &deleted).ok());
  EXPECT_THAT(deleted.packs(), IsEmpty());
  Become(Role::kPublisher);
  ASSERT_TRUE(Call(*pack_, &PackStub::ListPacks, bin, &deleted).ok());
  ASSERT_EQ(deleted.packs_size(), 1);
  EXPECT_TRUE(deleted.packs(0).has_delete_time());
  EXPECT_EQ(deleted.packs(0).benchmarks_size(), 2);
  EXPECT_TRUE(Refused(Call(*pack_, &PackStub::PublishPack, files_, &pack), grpc::ALREADY_EXISTS,
                      "undelete it first"));
  clock_.Advance(std::chrono::hours(24 * 31));
  EXPECT_EQ(Undelete(&pack).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(DeletedPackTest, ItsWorkerIsToldAtTheNextHeartbeatAndTheJobEnds) {
  Become(Role::kAdmin);
  v1::SetPackPolicyRequest closed;
  closed.set_name("packs/small");
  closed.mutable_policy()->set_private_(true);
  v1::Pack pack;
  ASSERT_TRUE(Call(*pack_, &PackStub::SetPackPolicy, closed, &pack).ok());
  ASSERT_TRUE(Delete(&pack).ok());
  Become(Role::kWorker);
  v1::HeartbeatRequest beat;
  beat.set_job(running_);
  beat.set_lease_token(lease_.lease_token());
  v1::HeartbeatResponse beaten;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::Heartbeat, beat, &beaten).ok());
  EXPECT_TRUE(beaten.cancel_requested());
  v1::FailJobRequest fail;
  fail.set_job(running_);
  fail.set_lease_token(lease_.lease_token());
  fail.set_cancelled(true);
  fail.set_log_tail("pixel 1735159650");
  v1::FailJobResponse failed;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::FailJob, fail, &failed).ok());
  EXPECT_EQ(failed.state(), v1::JOB_STATE_CANCELLED);
  Become(Role::kAdmin);
  ASSERT_TRUE(Undelete(&pack).ok());
  v1::ListJobAttemptsRequest ask;
  ask.set_parent(running_);
  v1::ListJobAttemptsResponse attempts;
  ASSERT_TRUE(Call(*job_, &JobStub::ListJobAttempts, ask, &attempts).ok());
  EXPECT_THAT(attempts.ShortDebugString(), Not(HasSubstr("1735159650"))) << "it is private";
  v1::Job job;
  ASSERT_TRUE(Of(*job_, &JobStub::RetryJob, waiting_, &job).ok());
}

TEST_F(DeletedPackTest, AWorkerThatDidNotHearOfItMayComplete) {
  Become(Role::kPublisher);
  v1::Pack pack;
  ASSERT_TRUE(Delete(&pack).ok());
  Become(Role::kWorker);
  v1::CompleteJobResponse completed;
  const auto status = Complete(lease_, ReportFor(lease_, 0.75), &completed);
  ASSERT_TRUE(status.ok()) << status.error_message();
  Become(Role::kPublisher);
  v1::Score score;
  EXPECT_EQ(Of(*score_, &ScoreStub::GetScore, completed.scores(0), &score).error_code(),
            grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(Undelete(&pack).ok());
  EXPECT_TRUE(Of(*score_, &ScoreStub::GetScore, completed.scores(0), &score).ok());
}

TEST_F(DeletedPackTest, AWatchOnItEnds) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  v1::WatchJobRequest request;
  request.set_name(waiting_);
  const auto stream = job_->WatchJob(&context, request);
  v1::Job job;
  ASSERT_TRUE(stream->Read(&job));
  ASSERT_TRUE(
      store_->CatalogueFor({"publisher"})->ChangePack("small", store::PackChange::kDelete).ok());
  EXPECT_FALSE(stream->Read(&job));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace ventral::testing
