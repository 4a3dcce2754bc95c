// Who did what: each call that changes something, once, and nothing secret.
#include "server/service/audit.h"

#include <google/protobuf/util/time_util.h>

#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class AuditRpcTest : public AccessRpcTest {
 protected:
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
