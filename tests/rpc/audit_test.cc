// Who did what: each call that changes something, once, and nothing secret.
#include "server/service/audit.h"

#include <google/protobuf/util/time_util.h>

#include "tests/rpc/access_fixture.h"
#include "tests/rpc/captured_log.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class AuditRpcTest : public AccessRpcTest {
 protected:
  static void SetUpTestSuite() { LogSinks(); }
  // As an admin, who then stays the caller.
  v1::ListAuditEventsResponse Events(const v1::ListAuditEventsRequest& request = {}) {
    Become(Role::kAdmin);
    v1::ListAuditEventsResponse events;
    const auto status = Call(*admin_, &AdminStub::ListAuditEvents, request, &events);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return events;
  }
  // Oldest first: "submitter CreateModel models/m OK".
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    const v1::ListAuditEventsResponse events = Events();
    for (const auto& event : events.events()) {
      told.insert(told.begin(), event.user().substr(event.user().find('/') + 1) + " " +
                                    event.method().substr(event.method().rfind('.') + 1) + " " +
                                    event.resource() + " " + event.outcome());
    }
    return told;
  }
};

TEST_F(AuditRpcTest, TellsALifeOfAJob) {
  Become(Role::kPublisher);
  const v1::Job job = MakeJob();
  Become(Role::kWorker);
  v1::LeaseJobRequest ask;
  ask.set_worker("w");
  ask.set_device("cpu");
  v1::LeaseJobResponse leased;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, ask, &leased).ok());
  v1::HeartbeatRequest beat;
  beat.set_job(job.name());
  beat.set_lease_token(leased.lease().lease_token());
  v1::HeartbeatResponse beaten;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::Heartbeat, beat, &beaten).ok());
  v1::CompleteJobResponse completed;
  ASSERT_TRUE(Complete(leased.lease(), ReportFor(leased.lease()), &completed).ok());
  v1::LeaseJobResponse none;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, ask, &none).ok());
  EXPECT_FALSE(none.has_lease());

  const auto told = Told();
  std::vector<std::string> without_uploads;
  int uploads = 0;
  for (const auto& line : told) {
    if (line.starts_with("publisher UploadBlob blobs/")) {
      ++uploads;
    } else {
      without_uploads.push_back(line);
    }
  }
  EXPECT_EQ(uploads, 7) << "a checkpoint and the six files of a pack";
  EXPECT_THAT(
      without_uploads,
      ElementsAre(
          "publisher CreateModel models/squeezenet1_1 OK",
          StartsWith("publisher CreateCheckpoint models/squeezenet1_1/checkpoints/"),
          "publisher PublishPack packs/small OK", "publisher CreateJob " + job.name() + " OK",
          "worker LeaseJob " + job.name() + " OK", "worker CompleteJob " + job.name() + " OK"))
      << "no heartbeat, and no lease that was none";
}

TEST_F(AuditRpcTest, TellsWhatFailedAndWhatWasRefusedToSomeoneKnown) {
  v1::CancelJobRequest cancel;
  cancel.set_name("jobs/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58");
  v1::Job job;
  Become(Role::kSubmitter);
  EXPECT_FALSE(Call(*job_, &JobStub::CancelJob, cancel, &job).ok());
  Become(Role::kReader);
  EXPECT_FALSE(Call(*job_, &JobStub::CancelJob, cancel, &job).ok());
  Become(std::nullopt);
  EXPECT_FALSE(Call(*job_, &JobStub::CancelJob, cancel, &job).ok());
  EXPECT_THAT(Told(), ElementsAre("submitter CancelJob " + cancel.name() + " NOT_FOUND",
                                  "reader CancelJob " + cancel.name() + " PERMISSION_DENIED"));
}

// Else a loop with a reader's token would fill the database.
TEST_F(AuditRpcTest, TellsOfWhatFailsOnceAMinuteForUserMethodAndOutcome) {
  v1::CancelJobRequest cancel;
  v1::RetryJobRequest retry;
  v1::Job job;
  for (int i = 0; i < 20; ++i) {
    cancel.set_name("jobs/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e" + std::to_string(10 + i));
    retry.set_name(cancel.name());
    for (const Role role : {Role::kReader, Role::kSubmitter}) {
      Become(role);
      EXPECT_FALSE(Call(*job_, &JobStub::CancelJob, cancel, &job).ok());
      EXPECT_FALSE(Call(*job_, &JobStub::RetryJob, retry, &job).ok());
    }
    cancel.set_name("nonsense");
    EXPECT_FALSE(Call(*job_, &JobStub::CancelJob, cancel, &job).ok());
  }
  Become(Role::kSubmitter);
  for (const char* model : {"a", "b", "c"}) MakeModel(model);
  const std::string first = " jobs/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e10 ";
  EXPECT_THAT(Told(),
              ElementsAre("reader CancelJob" + first + "PERMISSION_DENIED",
                          "reader RetryJob" + first + "PERMISSION_DENIED",
                          "submitter CancelJob" + first + "NOT_FOUND",
                          "submitter RetryJob" + first + "NOT_FOUND",
                          "submitter CancelJob nonsense INVALID_ARGUMENT",
                          "submitter CreateModel models/a OK", "submitter CreateModel models/b OK",
                          "submitter CreateModel models/c OK"));
}

TEST_F(AuditRpcTest, TellsRescoresOfWhateverWasNamed) {
  Become(Role::kPublisher);
  const v1::Job job = MakeJob();
  Become(Role::kWorker);
  const v1::Lease lease = LeaseJob();
  v1::CompleteJobResponse completed;
  ASSERT_TRUE(Complete(lease, ReportFor(lease), &completed).ok());
  const std::size_t before = Told().size();
  Become(Role::kSubmitter);
  v1::CreateRescoreJobsRequest of_model, of_pack;
  of_model.set_model("models/squeezenet1_1");
  of_pack.set_pack("packs/small");
  v1::CreateRescoreJobsResponse made;
  for (const auto& request : {of_model, of_pack, v1::CreateRescoreJobsRequest()}) {
    const auto status = Call(*job_, &JobStub::CreateRescoreJobs, request, &made);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  auto told = Told();
  told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(told, ElementsAre("submitter CreateRescoreJobs models/squeezenet1_1 OK",
                                "submitter CreateRescoreJobs packs/small OK",
                                "submitter CreateRescoreJobs  OK"));
}

// What a leaked token is tried with after its owner noticed.
TEST_F(AuditRpcTest, TellsOfATokenThatLetsNobodyInAnyMoreOnceAMinute) {
  const auto tokens = store_->accounts().ListTokens("submitter", {}).value();
  ASSERT_TRUE(store_->accounts().RevokeToken("submitter", tokens.rows[0].id).ok());
  ASSERT_TRUE(store_->accounts().Disable("reader").ok());
  v1::ListModelsResponse models;
  for (const Role role : {Role::kSubmitter, Role::kReader}) {
    Become(role);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(Call(*model_, &ModelStub::ListModels, {}, &models).error_code(),
                grpc::StatusCode::UNAUTHENTICATED);
    }
  }
  CallOver(ChannelWith(service::NewSecret().value()));
  EXPECT_FALSE(Call(*model_, &ModelStub::ListModels, {}, &models).ok());
  const auto events = Events();
  ASSERT_EQ(events.events_size(), 2);
  const auto& event = events.events(1);
  EXPECT_EQ(event.user(), "users/submitter");
  EXPECT_EQ(event.token(), "users/submitter/tokens/" + tokens.rows[0].id);
  EXPECT_EQ(event.resource(), event.token());
  EXPECT_EQ(event.outcome(), "UNAUTHENTICATED");
  EXPECT_EQ(event.method(), "ventral.v1.ModelService.ListModels");
  EXPECT_THAT(event.peer(), StartsWith("ipv4:127.0.0.1:"));
  EXPECT_EQ(events.events(0).user(), "users/reader");
}

TEST_F(AuditRpcTest, KeepsNoSecretThatWasPastedWhereANameBelongs) {
  Become(Role::kAdmin);
  const std::string secret = secrets_.at(Role::kReader), part = secret.substr(8, 16);
  v1::DisableUserRequest disable;
  disable.set_name("users/" + secret);
  v1::RevokeTokenRequest revoke;
  revoke.set_name(secret);
  v1::CreateUserRequest create;
  create.mutable_user()->set_user_id(secret);
  create.mutable_user()->set_role(v1::ROLE_READER);
  v1::CreateTokenRequest make;
  make.set_parent("users/reader");
  make.set_description("was " + secret);
  v1::User user;
  v1::Token token;
  v1::CreateTokenResponse made;
  for (const auto& status : {Call(*admin_, &AdminStub::DisableUser, disable, &user),
                             Call(*admin_, &AdminStub::RevokeToken, revoke, &token),
                             Call(*admin_, &AdminStub::CreateUser, create, &user),
                             Call(*admin_, &AdminStub::CreateToken, make, &made)}) {
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(status.error_message(), Not(HasSubstr(part)));
  }
  const auto events = Events();
  EXPECT_EQ(events.events_size(), 4);
  EXPECT_THAT(events.DebugString(), Not(HasSubstr(part)));
  EXPECT_EQ(events.events(3).resource(), "users/ventral_…");
}

TEST_F(AuditRpcTest, CapsWhatARequestNames) {
  v1::CancelJobRequest long_name;
  long_name.set_name("jobs/" + std::string(100'000, 'x'));
  EXPECT_EQ(service::ResourceIn(long_name).size(), 400u);
}

TEST_F(AuditRpcTest, OfARefusalTheLogSaysFromWhereItWas) {
  const CapturedLog log;
  v1::ListModelsResponse models;
  v1::CreateModelRequest create;
  v1::Model model;
  Become(std::nullopt);
  EXPECT_FALSE(Call(*model_, &ModelStub::ListModels, {}, &models).ok());
  Become(Role::kReader);
  EXPECT_FALSE(Call(*model_, &ModelStub::CreateModel, create, &model).ok());
  EXPECT_TRUE(Call(*model_, &ModelStub::ListModels, {}, &models).ok());
  StopServer();
  EXPECT_THAT(log.text(), ContainsRegex("ListModels UNAUTHENTICATED .* ms from ipv4:127.0.0.1:"));
  EXPECT_THAT(log.text(),
              ContainsRegex("CreateModel PERMISSION_DENIED .* ms by reader from ipv4:127.0.0.1:"));
  EXPECT_THAT(log.text(), Not(ContainsRegex("ListModels OK .* from ")));
}

TEST_F(AuditRpcTest, EveryLineOfACallNamesItAndWhatItIsAbout) {
  const CapturedLog log;
  Become(Role::kPublisher);
  v1::Job job = MakeJob();
  Become(Role::kWorker);
  const v1::Lease lease = LeaseJob();
  ASSERT_EQ(lease.job(), job.name());
  StopServer();
  EXPECT_THAT(log.text(), ContainsRegex("request=[0-9a-f]{8} /ventral.v1.JobService/CreateJob OK "
                                        ".* by publisher on jobs/" +
                                        job.name().substr(5)));
  EXPECT_THAT(log.text(), ContainsRegex("CreateModel OK .* on models/squeezenet1_1"));
  EXPECT_THAT(log.text(), ContainsRegex("LeaseJob OK .* by worker on " + job.name()));
}

class SickAuditRpcTest : public RpcTest {
 protected:
  static void SetUpTestSuite() { LogSinks(); }
  SickAuditRpcTest() : SickAuditRpcTest(std::make_unique<TestCluster>()) {
    options_.accounts = true;
  }
  std::unique_ptr<TestCluster> cluster_;

 private:
  explicit SickAuditRpcTest(std::unique_ptr<TestCluster> cluster)
      : RpcTest(cluster->connection()), cluster_(std::move(cluster)) {}
};

// Without a database nobody is known, and strangers' words would fill the server's log.
TEST_F(SickAuditRpcTest, TellsNothingOfStrangersWhileTheDatabaseIsAway) {
  const CapturedLog log;
  cluster_->Stop();
  Access access;
  access.token = service::NewSecret().value();
  CallOver(OpenChannel(server_->address(), access, {}));
  v1::CancelJobRequest cancel;
  cancel.set_name("jobs/words-of-a-stranger");
  v1::Job job;
  EXPECT_EQ(Call(*job_, &JobStub::CancelJob, cancel, &job).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  StopServer();
  EXPECT_THAT(log.text(), HasSubstr("CancelJob UNAVAILABLE"));
  EXPECT_THAT(log.text(), Not(HasSubstr("words-of-a-stranger")));
  cluster_->Start();
}

TEST_F(AuditRpcTest, SaysWhenFromWhereAndWithWhichToken) {
  Become(Role::kSubmitter);
  MakeModel("m");
  const auto events = Events();
  ASSERT_EQ(events.events_size(), 1);
  const auto& event = events.events(0);
  EXPECT_EQ(event.method(), "ventral.v1.ModelService.CreateModel");
  EXPECT_THAT(event.peer(), StartsWith("ipv4:127.0.0.1:"));
  EXPECT_EQ(event.user(), "users/submitter");
  const auto tokens = store_->accounts().ListTokens("submitter", {}).value();
  EXPECT_EQ(event.token(), "users/submitter/tokens/" + tokens.rows[0].id);
  EXPECT_EQ(event.time().seconds(), std::chrono::system_clock::to_time_t(clock_.Now()));
  EXPECT_EQ(event.name(), "auditEvents/1");
}

TEST_F(AuditRpcTest, IsListedByUserAndSinceATime) {
  Become(Role::kSubmitter);
  MakeModel("a");
  Become(Role::kPublisher);
  MakeModel("b");
  clock_.Advance(std::chrono::seconds(100));
  MakeModel("c");
  v1::ListAuditEventsRequest request;
  request.set_user("users/publisher");
  EXPECT_EQ(Events(request).events_size(), 2);
  *request.mutable_since_time() = google::protobuf::util::TimeUtil::SecondsToTimestamp(
      std::chrono::system_clock::to_time_t(clock_.Now()));
  EXPECT_EQ(Events(request).events_size(), 1);
  request.clear_user();
  request.clear_since_time();
  request.set_page_size(2);
  const auto first = Events(request);
  EXPECT_EQ(first.events_size(), 2);
  request.set_page_token(first.next_page_token());
  EXPECT_EQ(Events(request).events(0).resource(), "models/a");
  for (const std::int64_t seconds : {-62'135'596'800ll, 253'402'300'799ll, -9'223'372'037ll}) {
    request.mutable_since_time()->set_seconds(seconds);
    v1::ListAuditEventsResponse none;
    const auto status = Call(*admin_, &AdminStub::ListAuditEvents, request, &none);
    EXPECT_EQ(WrongFieldIn(status), "since_time") << seconds;
    EXPECT_THAT(status.error_message(), HasSubstr("years 1678 to 2261"));
  }
  request.clear_since_time();
  request.set_user("publisher");
  v1::ListAuditEventsResponse none;
  EXPECT_EQ(WrongFieldIn(Call(*admin_, &AdminStub::ListAuditEvents, request, &none)), "user");
}

TEST_F(AuditRpcTest, OfATokenThatIsMadeTellsItsNameAndNotItsSecret) {
  Become(Role::kAdmin);
  v1::CreateTokenRequest request;
  request.set_parent("users/reader");
  v1::CreateTokenResponse made;
  ASSERT_TRUE(Call(*admin_, &AdminStub::CreateToken, request, &made).ok());
  const auto events = Events();
  ASSERT_EQ(events.events_size(), 1);
  EXPECT_EQ(events.events(0).resource(), made.token().name());
  EXPECT_THAT(events.DebugString(), Not(HasSubstr(made.secret().substr(8, 16))));
  EXPECT_EQ(service::ResourceIn(made), made.token().name());
}

}  // namespace
}  // namespace ventral::testing
