// Limits of users, as those who reach them and those who set them see them.
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "scoring/base/digest.h"
#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using grpc::StatusCode;
using store::Role;
using ::testing::HasSubstr;

std::string QuotaSubject(const grpc::Status& status) {
  google::rpc::Status rich;
  google::rpc::QuotaFailure failure;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  for (const auto& detail : rich.details()) {
    if (detail.UnpackTo(&failure)) return failure.violations(0).subject();
  }
  return "";
}

class QuotaRpcTest : public AccessRpcTest {
 protected:
  v1::UserQuota Set(const std::string& user, const store::QuotaNumbers& limits) {
    v1::SetUserQuotaRequest request;
    request.set_name("users/" + user);
    request.set_jobs(limits.jobs);
    request.set_daily_uploads(limits.daily_uploads);
    request.set_daily_upload_bytes(limits.daily_upload_bytes);
    Become(Role::kAdmin);
    v1::UserQuota quota;
    const auto status = Call(*admin_, &AdminStub::SetUserQuota, request, &quota);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return quota;
  }
  v1::UserQuota Get(const std::string& user) {
    v1::GetUserQuotaRequest request;
    request.set_name("users/" + user);
    Become(Role::kAdmin);
    v1::UserQuota quota;
    EXPECT_TRUE(Call(*admin_, &AdminStub::GetUserQuota, request, &quota).ok());
    return quota;
  }
  grpc::Status TryBytes(const std::string& bytes, const std::string& sent) {
    v1::UploadBlobResponse response;
    return TryUpload(DigestOf(bytes).hex(), static_cast<std::int64_t>(bytes.size()), {sent},
                     &response);
  }
};

TEST_F(QuotaRpcTest, AJobTooManySaysWhichLimitItIs) {
  Become(Role::kPublisher);
  const v1::Job job = MakeJob();
  EXPECT_EQ(Set("publisher", {.jobs = 1}).jobs().used(), 1);
  Become(Role::kPublisher);
  v1::CreateJobRequest request;
  request.mutable_job()->set_checkpoint(job.checkpoint());
  request.mutable_job()->set_pack(job.pack());
  v1::Job another;
  const auto refused = Call(*job_, &JobStub::CreateJob, request, &another);
  EXPECT_TRUE(Refused(refused, StatusCode::RESOURCE_EXHAUSTED, "user publisher has 1 jobs"));
  EXPECT_THAT(refused.error_message(), HasSubstr("'ventral quota' shows"));
  EXPECT_EQ(QuotaSubject(refused), "users/publisher");
  v1::CancelJobRequest cancel;
  cancel.set_name(job.name());
  ASSERT_TRUE(Call(*job_, &JobStub::CancelJob, cancel, &another).ok());
  EXPECT_TRUE(Call(*job_, &JobStub::CreateJob, request, &another).ok());
  v1::RetryJobRequest retry;
  retry.set_name(job.name());
  EXPECT_EQ(QuotaSubject(Call(*job_, &JobStub::RetryJob, retry, &another)), "users/publisher");
}

TEST_F(QuotaRpcTest, UploadsCountByWhatCame) {
  Set("submitter", {.daily_uploads = 3, .daily_upload_bytes = 100});
  Become(Role::kSubmitter);
  ASSERT_TRUE(TryBytes(std::string(50, 'a'), std::string(50, 'a')).ok());
  ASSERT_TRUE(TryBytes(std::string(50, 'a'), std::string(50, 'a')).ok()) << "it is there already";
  EXPECT_FALSE(TryBytes(std::string(50, 'b'), std::string(10, 'b')).ok());
  auto quota = Get("submitter");
  EXPECT_EQ(quota.daily_uploads().used(), 2);
  EXPECT_EQ(quota.daily_upload_bytes().used(), 60) << "of the one that broke off, what came";
  Become(Role::kSubmitter);
  const auto bytes = TryBytes(std::string(41, 'c'), std::string(41, 'c'));
  EXPECT_TRUE(Refused(bytes, StatusCode::RESOURCE_EXHAUSTED, "40 are left"));
  EXPECT_EQ(QuotaSubject(bytes), "users/submitter");
  EXPECT_THAT(bytes.error_message(), HasSubstr("'ventral quota' shows"));
  ASSERT_TRUE(TryBytes(std::string(40, 'd'), std::string(40, 'd')).ok());
  EXPECT_TRUE(Refused(TryBytes("e", "e"), StatusCode::RESOURCE_EXHAUSTED,
                      "none is left until 2026-01-02 00:00:00 UTC"));
  clock_.Advance(std::chrono::hours(24));
  EXPECT_TRUE(TryBytes("e", "e").ok());
}

TEST_F(QuotaRpcTest, AnUploadThatFailedByOurFaultDoesNotCount) {
  Set("submitter", {.daily_uploads = 1, .daily_upload_bytes = 0});
  Become(Role::kSubmitter);
  const auto place = folder_.path() / "blobs" / "sha256" / DigestOf("bytes").hex().substr(0, 2);
  WriteFile(place, "where a folder belongs");
  EXPECT_EQ(TryBytes("bytes", "bytes").error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(Get("submitter").daily_uploads().used(), 0);
  std::filesystem::remove(place);
  Become(Role::kSubmitter);
  EXPECT_TRUE(TryBytes("bytes", "bytes").ok());
}

TEST_F(QuotaRpcTest, EachReadsItsOwn) {
  Set("submitter", {.jobs = 7});
  Set("publisher", {.jobs = 9});
  const auto ask = [&](const std::string& name, v1::UserQuota* quota) {
    v1::GetUserQuotaRequest request;
    request.set_name(name);
    return Call(*admin_, &AdminStub::GetUserQuota, request, quota);
  };
  v1::UserQuota quota;
  Become(Role::kSubmitter);
  for (const char* own : {"users/me", "users/submitter"}) {
    ASSERT_TRUE(ask(own, &quota).ok());
    EXPECT_EQ(quota.name(), "users/submitter/quota");
    EXPECT_EQ(quota.jobs().limit(), 7);
  }
  // The same words, whether there is such a user or not.
  for (const std::string other : {"publisher", "admin", "nobody"}) {
    EXPECT_TRUE(
        Refused(ask("users/" + other, &quota), StatusCode::NOT_FOUND, "there is no user " + other));
  }
  EXPECT_EQ(ask("users/", &quota).error_code(), StatusCode::INVALID_ARGUMENT);
  Become(Role::kReader);
  EXPECT_EQ(ask("users/me", &quota).error_code(), StatusCode::PERMISSION_DENIED);
  Become(Role::kAdmin);
  ASSERT_TRUE(ask("users/publisher", &quota).ok());
  EXPECT_EQ(quota.jobs().limit(), 9);
  ASSERT_TRUE(ask("users/me", &quota).ok());
  EXPECT_EQ(quota.name(), "users/admin/quota");
  v1::CreateUserRequest me;
  me.mutable_user()->set_user_id("me");
  me.mutable_user()->set_role(v1::ROLE_READER);
  v1::User made;
  EXPECT_TRUE(Refused(Call(*admin_, &AdminStub::CreateUser, me, &made),
                      StatusCode::INVALID_ARGUMENT, "stands for whoever calls"));
}

TEST_F(RpcTest, WithoutAccountsNobodyHasAQuota) {
  v1::GetUserQuotaRequest request;
  request.set_name("users/me");
  v1::UserQuota quota;
  EXPECT_TRUE(Refused(Call(*admin_, &AdminStub::GetUserQuota, request, &quota),
                      StatusCode::NOT_FOUND, "no accounts"));
}

TEST_F(QuotaRpcTest, IsSetByAdminsAndTold) {
  const auto quota = Set("reader", {.jobs = 4});
  EXPECT_EQ(quota.name(), "users/reader/quota");
  EXPECT_EQ(quota.jobs().limit(), 4);
  EXPECT_TRUE(quota.jobs().own());
  EXPECT_EQ(quota.reset_time().seconds() % 86'400, 0);
  v1::ListAuditEventsResponse events;
  ASSERT_TRUE(
      Call(*admin_, &AdminStub::ListAuditEvents, v1::ListAuditEventsRequest(), &events).ok());
  EXPECT_EQ(events.events(0).method(), "ventral.v1.AdminService.SetUserQuota");
  EXPECT_EQ(events.events(0).resource(), "users/reader/quota");
  v1::SetUserQuotaRequest nobody;
  nobody.set_name("users/nobody");
  v1::UserQuota none;
  EXPECT_EQ(Call(*admin_, &AdminStub::SetUserQuota, nobody, &none).error_code(),
            StatusCode::NOT_FOUND);
  nobody.set_name("users/reader");
  nobody.set_jobs(-2);
  EXPECT_TRUE(Refused(Call(*admin_, &AdminStub::SetUserQuota, nobody, &none),
                      StatusCode::INVALID_ARGUMENT, "-1 for the server's default"));
}

}  // namespace
}  // namespace ventral::testing
