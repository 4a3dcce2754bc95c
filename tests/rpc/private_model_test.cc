// A private model is its owner's and the admins': every method, asked by a stranger.
#include <filesystem>
#include <functional>
#include <set>

#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using store::Role;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The owner is the submitter; the stranger, a publisher, may call whatever a submitter may.
class PrivateModelTest : public AccessRpcTest {
 protected:
  void SetUp() override {
    AccessRpcTest::SetUp();
    Become(Role::kAdmin);
    PublishPack();
    Become(Role::kSubmitter);
    v1::CreateModelRequest request;
    request.mutable_model()->set_model_id("hidden");
    request.mutable_model()->set_private_(true);
    ASSERT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &made_).ok());
    checkpoint_ = MakeCheckpoint("hidden", "secret weights");
    done_ = Queue();
    Become(Role::kWorker);
    const v1::Lease lease = LeaseJob();
    v1::CompleteJobResponse completed;
    ASSERT_TRUE(Complete(lease, ReportFor(lease), &completed).ok());
    score_name_ = completed.scores(0);
    Become(Role::kSubmitter);
    open_ = Queue();
  }

  v1::Job Queue() {
    v1::CreateJobRequest request;
    request.mutable_job()->set_checkpoint(checkpoint_.name());
    request.mutable_job()->set_pack("packs/small");
    v1::Job job;
    EXPECT_TRUE(Call(*job_, &JobStub::CreateJob, request, &job).ok());
    return job;
  }

  template <typename Request, typename Stub, typename Response>
  grpc::Status Named(Stub& stub,
                     grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                     const std::string& name, Response* response) {
    Request request;
    request.set_name(name);
    return Call(stub, method, request, response);
  }
  grpc::Status GetModel(v1::Model* model) {
    return Named(*model_, &ModelStub::GetModel, "models/hidden", model);
  }
  // What whoever is called as sees of it in all lists.
  std::string Lists() {
    std::string all;
    v1::ListModelsResponse models;
    EXPECT_TRUE(Call(*model_, &ModelStub::ListModels, {}, &models).ok());
    v1::ListJobsResponse jobs;
    EXPECT_TRUE(Call(*job_, &JobStub::ListJobs, {}, &jobs).ok());
    v1::ListScoresResponse scores;
    EXPECT_TRUE(Call(*score_, &ScoreStub::ListScores, {}, &scores).ok());
    v1::Leaderboard board;
    EXPECT_TRUE(Call(*score_, &ScoreStub::GetLeaderboard, {}, &board).ok());
    v1::CompareModelsRequest compare;
    compare.set_benchmark("small.it.rsa");
    v1::ModelComparison comparison;
    EXPECT_TRUE(Call(*score_, &ScoreStub::CompareModels, compare, &comparison).ok());
    for (const Message* list :
         std::initializer_list<const Message*>{&models, &jobs, &scores, &board, &comparison}) {
      all += list->ShortDebugString();
    }
    return all;
  }

  v1::Model made_;
  v1::Checkpoint checkpoint_;
  v1::Job done_, open_;
  std::string score_name_;
};

TEST_F(PrivateModelTest, ItsOwnerAndAdminsSeeIt) {
  EXPECT_TRUE(made_.private_());
  EXPECT_EQ(made_.owner(), "users/submitter");
  for (const Role role : {Role::kSubmitter, Role::kAdmin}) {
    Become(role);
    v1::Model model;
    ASSERT_TRUE(GetModel(&model).ok());
    EXPECT_EQ(model.owner(), "users/submitter");
    EXPECT_THAT(Lists(), HasSubstr("models/hidden"));
    EXPECT_THAT(Lists(), HasSubstr(open_.name()));
  }
}

// Each method that names a model, or what belongs to one, as a stranger calls it.
TEST_F(PrivateModelTest, AStrangerFindsItNowhere) {
  const std::string kHidden = "models/hidden";
  v1::CreateModelRequest same;
  same.mutable_model()->set_model_id("hidden");
  same.mutable_model()->set_display_name("hidden");
  same.mutable_model()->set_private_(true);
  v1::CreateCheckpointRequest add;
  add.set_parent(kHidden);
  add.mutable_checkpoint()->set_sha256(checkpoint_.sha256());
  v1::ListCheckpointsRequest checkpoints;
  checkpoints.set_parent(kHidden);
  v1::CreateJobRequest queue;
  queue.mutable_job()->set_checkpoint(checkpoint_.name());
  queue.mutable_job()->set_pack("packs/small");
  v1::ListJobAttemptsRequest attempts;
  attempts.set_parent(done_.name());
  v1::CreateRescoreJobsRequest rescore_model, rescore_job;
  rescore_model.set_model(kHidden);
  rescore_job.set_job(done_.name());
  v1::ListJobsRequest jobs;
  jobs.set_model(kHidden);
  v1::ListScoresRequest scores;
  scores.set_model(kHidden);
  v1::CompareModelsRequest compare;
  compare.set_benchmark("small.it.rsa");
  compare.add_models(kHidden);

  Become(Role::kPublisher);
  v1::Model model;
  v1::Checkpoint checkpoint;
  v1::Job job;
  v1::Score score;
  v1::ListCheckpointsResponse some_checkpoints;
  v1::ListJobAttemptsResponse some_attempts;
  v1::CreateRescoreJobsResponse rescores;
  v1::ListScoresResponse some_scores;
  v1::ModelComparison comparison;
  const std::pair<const char*, grpc::Status> not_found[] = {
      {"GetModel", GetModel(&model)},
      {"PublishModel", Named(*model_, &ModelStub::PublishModel, kHidden, &model)},
      {"WithdrawModel", Named(*model_, &ModelStub::WithdrawModel, kHidden, &model)},
      {"DeleteModel", Named(*model_, &ModelStub::DeleteModel, kHidden, &model)},
      {"UndeleteModel", Named(*model_, &ModelStub::UndeleteModel, kHidden, &model)},
      {"CreateCheckpoint", Call(*model_, &ModelStub::CreateCheckpoint, add, &checkpoint)},
      {"GetCheckpoint", Named(*model_, &ModelStub::GetCheckpoint, checkpoint_.name(), &checkpoint)},
      {"ListCheckpoints",
       Call(*model_, &ModelStub::ListCheckpoints, checkpoints, &some_checkpoints)},
      {"CreateJob", Call(*job_, &JobStub::CreateJob, queue, &job)},
      {"GetJob", Named(*job_, &JobStub::GetJob, done_.name(), &job)},
      {"CancelJob", Named(*job_, &JobStub::CancelJob, open_.name(), &job)},
      {"RetryJob", Named(*job_, &JobStub::RetryJob, done_.name(), &job)},
      {"ListJobAttempts", Call(*job_, &JobStub::ListJobAttempts, attempts, &some_attempts)},
      {"CreateRescoreJobs", Call(*job_, &JobStub::CreateRescoreJobs, rescore_model, &rescores)},
      {"CreateRescoreJobs", Call(*job_, &JobStub::CreateRescoreJobs, rescore_job, &rescores)},
      {"GetScore", Named(*score_, &ScoreStub::GetScore, score_name_, &score)},
      {"ListScores", Call(*score_, &ScoreStub::ListScores, scores, &some_scores)},
      {"CompareModels", Call(*score_, &ScoreStub::CompareModels, compare, &comparison)}};
  std::set<std::string> walked = {"CreateModel", "ListModels", "ListJobs",   "GetLeaderboard",
                                  "WatchJob",    "FetchGrams", "ListWorkers"};  // below
  for (const auto& [method, status] : not_found) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND)
        << method << ": " << status.error_message();
    EXPECT_THAT(status.error_message(), Not(HasSubstr("private"))) << method;
    walked.insert(method);
  }
  // The same words as for an id that was described otherwise.
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateModel, same, &model), grpc::ALREADY_EXISTS,
                      "described otherwise or another's"));
  v1::ListJobsResponse of_model;
  ASSERT_TRUE(Call(*job_, &JobStub::ListJobs, jobs, &of_model).ok());
  EXPECT_THAT(of_model.jobs(), IsEmpty());
  const std::string seen = Lists();
  for (const std::string& name :
       {kHidden, checkpoint_.sha256(), done_.name(), open_.name(), score_name_}) {
    EXPECT_THAT(seen, Not(HasSubstr(name)));
  }
  for (const auto& stream : {std::function([&](grpc::ClientContext* context) {
                               v1::WatchJobRequest request;
                               request.set_name(open_.name());
                               return job_->WatchJob(context, request)->Finish();
                             }),
                             std::function([&](grpc::ClientContext* context) {
                               v1::FetchGramsRequest request;
                               request.set_name(done_.name());
                               return job_->FetchGrams(context, request)->Finish();
                             })}) {
    grpc::ClientContext context;
    EXPECT_EQ(stream(&context).error_code(), grpc::StatusCode::NOT_FOUND);
  }
  // And no method was forgotten: whoever adds one says here what a stranger learns by it.
  const std::set<std::string> shows_no_model = {
      "FindMissingBlobs", "QueryUpload",  "UploadBlob",     "PublishPack",
      "SetPackPolicy",    "GetPack",      "DeletePack",     "UndeletePack",
      "ListPacks",        "GetBenchmark", "ListBenchmarks", "SetJobPriority"};
  for (const auto* service :
       {v1::ModelService::service_full_name(), v1::JobService::service_full_name(),
        v1::ScoreService::service_full_name(), v1::PackService::service_full_name(),
        v1::BlobService::service_full_name(), v1::WorkerPoolService::service_full_name()}) {
    const auto* found =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    ASSERT_NE(found, nullptr);
    for (int i = 0; i < found->method_count(); ++i) {
      const std::string& method = found->method(i)->name();
      EXPECT_TRUE(walked.contains(method) || shows_no_model.contains(method)) << method;
    }
  }
}

TEST_F(PrivateModelTest, NoWorkerIsSeenAtIt) {
  Become(Role::kWorker);
  v1::LeaseJobRequest ask;
  ask.set_worker("gpu-1");
  ask.set_device("cpu");
  ask.mutable_node()->set_version("0.1.0");
  ask.mutable_node()->add_devices("cpu");
  v1::LeaseJobResponse leased;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, ask, &leased).ok());
  ASSERT_EQ(leased.lease().job(), open_.name());
  const auto workers = [&](Role role) {
    Become(role);
    v1::ListWorkersResponse list;
    EXPECT_TRUE(Call(*pool_, &PoolStub::ListWorkers, {}, &list).ok());
    return list.ShortDebugString();
  };
  EXPECT_THAT(workers(Role::kPublisher), Not(HasSubstr(open_.name())));
  EXPECT_THAT(workers(Role::kSubmitter), HasSubstr(open_.name()));
}

TEST_F(PrivateModelTest, ADigestAloneGivesNoRightToTheBytes) {
  Become(Role::kPublisher);
  v1::FindMissingBlobsRequest ask;
  ask.add_sha256(checkpoint_.sha256());
  v1::FindMissingBlobsResponse missing;
  ASSERT_TRUE(Call(*blob_, &BlobStub::FindMissingBlobs, ask, &missing).ok());
  EXPECT_EQ(missing.missing_sha256_size(), 1) << "it must not tell that somebody has it";
  v1::QueryUploadRequest query;
  query.set_sha256(checkpoint_.sha256());
  query.set_size_bytes(14);
  v1::QueryUploadResponse there;
  ASSERT_TRUE(Call(*blob_, &BlobStub::QueryUpload, query, &there).ok());
  EXPECT_FALSE(there.already_present());
  EXPECT_EQ(there.received_bytes(), 0);
  MakeModel("mine");
  v1::CreateCheckpointRequest claim;
  claim.set_parent("models/mine");
  claim.mutable_checkpoint()->set_sha256(checkpoint_.sha256());
  v1::Checkpoint made;
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateCheckpoint, claim, &made),
                      grpc::FAILED_PRECONDITION, "was not uploaded"));
  v1::UploadBlobResponse uploaded;
  const std::string bytes = "secret weights";
  ASSERT_TRUE(
      TryUpload(checkpoint_.sha256(), static_cast<std::int64_t>(bytes.size()), {bytes}, &uploaded)
          .ok());
  EXPECT_FALSE(uploaded.already_present());
  EXPECT_TRUE(Call(*model_, &ModelStub::CreateCheckpoint, claim, &made).ok());
}

TEST_F(PrivateModelTest, PublishedItIsEverybodysToSeeAndNobodyElsesToChange) {
  v1::Model model;
  ASSERT_TRUE(Named(*model_, &ModelStub::PublishModel, "models/hidden", &model).ok());
  EXPECT_FALSE(model.private_());
  Become(Role::kPublisher);
  EXPECT_THAT(Lists(), HasSubstr("models/hidden"));
  ASSERT_TRUE(GetModel(&model).ok());
  EXPECT_EQ(model.owner(), "");
  EXPECT_TRUE(Refused(Named(*model_, &ModelStub::WithdrawModel, "models/hidden", &model),
                      grpc::PERMISSION_DENIED, "another user's"));
  EXPECT_TRUE(Refused(Named(*model_, &ModelStub::DeleteModel, "models/hidden", &model),
                      grpc::PERMISSION_DENIED, "another user's"));
  v1::Job job;
  EXPECT_TRUE(Refused(Named(*job_, &JobStub::CancelJob, open_.name(), &job),
                      grpc::PERMISSION_DENIED, "another user's"));
  v1::CreateCheckpointRequest add;
  add.set_parent("models/hidden");
  add.mutable_checkpoint()->set_sha256(Upload("other weights"));
  v1::Checkpoint made;
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateCheckpoint, add, &made),
                      grpc::PERMISSION_DENIED, "another user's"));
  add.mutable_checkpoint()->set_sha256(checkpoint_.sha256());
  EXPECT_TRUE(Call(*model_, &ModelStub::CreateCheckpoint, add, &made).ok()) << "it is there";
  const std::string theirs = Queue().name();
  Become(Role::kSubmitter);
  EXPECT_TRUE(Named(*job_, &JobStub::CancelJob, theirs, &job).ok()) << "its owner may";
  ASSERT_TRUE(Named(*model_, &ModelStub::WithdrawModel, "models/hidden", &model).ok());
  Become(Role::kPublisher);
  EXPECT_THAT(Lists(), Not(HasSubstr("models/hidden")));
}

TEST_F(PrivateModelTest, AnothersRequestIdIsNotMet) {
  v1::CreateModelRequest request;
  request.set_request_id("run-1");
  for (const Role role : {Role::kSubmitter, Role::kPublisher}) {
    Become(role);
    request.mutable_model()->set_model_id("of-" + std::string(store::RoleName(role)));
    request.mutable_model()->set_private_(true);
    v1::Model model;
    EXPECT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &model).ok());
    EXPECT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &model).ok()) << "again";
  }
  request.mutable_model()->set_model_id("other");
  v1::Model model;
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateModel, request, &model), grpc::ALREADY_EXISTS,
                      "was used for another request"));
}

TEST_F(PrivateModelTest, AWatchEndsWhenItIsWithdrawn) {
  v1::Model model;
  ASSERT_TRUE(Named(*model_, &ModelStub::PublishModel, "models/hidden", &model).ok());
  Become(Role::kPublisher);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  v1::WatchJobRequest request;
  request.set_name(open_.name());
  const auto stream = job_->WatchJob(&context, request);
  v1::Job job;
  ASSERT_TRUE(stream->Read(&job));
  ASSERT_TRUE(store_->CatalogueFor({"submitter"})
                  ->ChangeModel("hidden", store::ModelChange::kWithdraw)
                  .ok());
  EXPECT_FALSE(stream->Read(&job));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(PrivateModelTest, WithdrawnItEndsTheJobsOfOthersAndSaysWhy) {
  v1::Model model;
  ASSERT_TRUE(Named(*model_, &ModelStub::PublishModel, "models/hidden", &model).ok());
  Become(Role::kPublisher);
  const std::string theirs = Queue().name();
  Become(Role::kSubmitter);
  ASSERT_TRUE(Named(*model_, &ModelStub::WithdrawModel, "models/hidden", &model).ok());
  v1::Job job;
  ASSERT_TRUE(Named(*job_, &JobStub::GetJob, open_.name(), &job).ok());
  EXPECT_EQ(job.state(), v1::JOB_STATE_QUEUED) << "its owner's goes on";
  ASSERT_TRUE(Named(*job_, &JobStub::GetJob, theirs, &job).ok());
  EXPECT_EQ(job.state(), v1::JOB_STATE_CANCELLED);
  EXPECT_TRUE(Refused(Named(*job_, &JobStub::RetryJob, theirs, &job), grpc::FAILED_PRECONDITION,
                      "submit its checkpoint anew"));
  ASSERT_TRUE(Named(*model_, &ModelStub::PublishModel, "models/hidden", &model).ok());
  Become(Role::kPublisher);
  ASSERT_TRUE(Named(*job_, &JobStub::GetJob, theirs, &job).ok());
  EXPECT_THAT(job.failure().message(), HasSubstr("model hidden was withdrawn"));
  EXPECT_TRUE(Named(*job_, &JobStub::RetryJob, theirs, &job).ok());
}

TEST_F(PrivateModelTest, DeletedItIsNobodysAndComesBack) {
  v1::Model model;
  ASSERT_TRUE(Named(*model_, &ModelStub::DeleteModel, "models/hidden", &model).ok());
  EXPECT_TRUE(model.has_delete_time());
  for (const Role role : {Role::kSubmitter, Role::kAdmin}) {
    Become(role);
    EXPECT_EQ(GetModel(&model).error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_THAT(Lists(), Not(HasSubstr("models/hidden")));
  }
  EXPECT_EQ(store_->jobs().Get(open_.name().substr(5)).value().state, store::JobState::kCancelled);
  Become(Role::kSubmitter);
  v1::ListModelsRequest ask;
  ask.set_show_deleted(true);
  v1::ListModelsResponse deleted;
  ASSERT_TRUE(Call(*model_, &ModelStub::ListModels, ask, &deleted).ok());
  ASSERT_EQ(deleted.models_size(), 1);
  Become(Role::kPublisher);
  ASSERT_TRUE(Call(*model_, &ModelStub::ListModels, ask, &deleted).ok());
  EXPECT_THAT(deleted.models(), IsEmpty());
  EXPECT_EQ(Named(*model_, &ModelStub::UndeleteModel, "models/hidden", &model).error_code(),
            grpc::StatusCode::NOT_FOUND);
  Become(Role::kSubmitter);
  ASSERT_TRUE(Named(*model_, &ModelStub::UndeleteModel, "models/hidden", &model).ok());
  EXPECT_THAT(Lists(), HasSubstr(score_name_));
}

TEST_F(RpcTest, WithoutAccountsNothingIsPrivate) {
  v1::CreateModelRequest request;
  request.mutable_model()->set_model_id("hidden");
  request.mutable_model()->set_private_(true);
  v1::Model model;
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateModel, request, &model),
                      grpc::INVALID_ARGUMENT, "has no accounts"));
  MakeModel();
  v1::WithdrawModelRequest withdraw;
  withdraw.set_name("models/squeezenet1_1");
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::WithdrawModel, withdraw, &model),
                      grpc::FAILED_PRECONDITION, "no owner"));
}

}  // namespace
}  // namespace ventral::testing
