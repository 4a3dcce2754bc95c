// What a user may do at most, also where many ask at once.
#include "server/store/quotas.h"

#include <atomic>
#include <thread>

#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using store::JobState;
using store::NewJob;
using store::QuotaChange;
using store::Role;
using ::testing::HasSubstr;

class QuotasTest : public StoreTest {
 protected:
  QuotasTest() {
    AddModel("alexnet", 'a');
    AddPack();
    for (const char* user : {"mara", "noor"}) {
      EXPECT_TRUE(store_->accounts().CreateUser({user, user, Role::kSubmitter, {}, {}}).ok());
    }
  }
  store::Quotas& quotas() { return store_->quotas(); }
  Result<store::JobRow> Create(const std::string& owner, const std::string& request = "") {
    return jobs().Create({"alexnet", Sha('a'), "it", request, owner});
  }
  // So many threads at once; how many of them succeeded.
  static int AtOnce(int threads, const std::function<bool(int)>& act) {
    std::atomic<int> done = 0;
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        if (act(i)) ++done;
      });
    }
    running.clear();
    return done;
  }
};

TEST_F(QuotasTest, ThereAreNoneUnlessSomebodySetsThem) {
  const auto quota = quotas().Get("mara").value();
  EXPECT_EQ(quota.limits.jobs, 0);
  EXPECT_FALSE(quota.own_jobs || quota.own_daily_uploads || quota.own_daily_upload_bytes);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Create("mara").ok());
  EXPECT_TRUE(quotas().ChargeUpload("mara", 1ll << 50).ok());
  EXPECT_TRUE(Create("").ok()) << "accounts are off";
  EXPECT_TRUE(quotas().ChargeUpload("", 1).ok());
  const auto used = quotas().Get("mara").value().used;
  EXPECT_EQ(used.jobs, 5);
  EXPECT_EQ(used.daily_uploads, 1);
  EXPECT_EQ(used.daily_upload_bytes, 1ll << 50);
  EXPECT_EQ(quotas().Get("nobody").error().code, ErrorCode::kNotFound);
}

TEST_F(QuotasTest, JobsThatWaitOrRunCountUntilTheyEnd) {
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{2, {}, {}}).ok());
  const auto first = Create("mara").value();
  ASSERT_TRUE(Create("mara").ok());
  ASSERT_TRUE(jobs().Lease("w", "cpu").value().has_value());
  const auto refused = Create("mara");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(refused.error().message, HasSubstr("2 jobs that wait or run, and may have 2"));
  EXPECT_THAT(refused.error().message, HasSubstr("until one of them ends"));
  EXPECT_TRUE(Create("noor").ok()) << "another user's limit is another's";
  ASSERT_TRUE(jobs().Cancel(jobs().List({}).value().rows[1].id).ok());
  EXPECT_TRUE(Create("mara").ok());
  EXPECT_EQ(jobs().Get(first.id).value().state, JobState::kRunning);
}

TEST_F(QuotasTest, TwoJobsMadeAtOnceDoNotPassTheLimitTogether) {
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{3, {}, {}}).ok());
  EXPECT_EQ(AtOnce(8, [&](int) { return Create("mara").ok(); }), 3);
  EXPECT_EQ(quotas().Get("mara").value().used.jobs, 3);
}

TEST_F(QuotasTest, TheSameRequestAtOnceIsOneJobAndNotRefused) {
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{1, {}, {}}).ok());
  EXPECT_EQ(AtOnce(6, [&](int) { return Create("mara", "request 1").ok(); }), 6);
  EXPECT_EQ(quotas().Get("mara").value().used.jobs, 1);
}

TEST_F(QuotasTest, ARetryCountsUnlessTheFailureWasOurs) {
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{1, {}, {}}).ok());
  const auto job = Create("mara").value();
  ASSERT_TRUE(jobs().Cancel(job.id).ok());
  ASSERT_TRUE(Create("mara").ok());
  EXPECT_EQ(jobs().Retry(job.id, "mara").error().code, ErrorCode::kResourceLimit);
  EXPECT_EQ(jobs().Retry(job.id, "noor").error().code, ErrorCode::kResourceLimit)
      << "it stays a job of who made it";
  EXPECT_TRUE(jobs().Retry(job.id, "root", /*by_admin=*/true).ok());
  EXPECT_EQ(jobs().Get(job.id).value().owner, "mara");
  EXPECT_EQ(quotas().Get("mara").value().used.jobs, 2);
  const std::string where = " WHERE job_id = '" + job.id + "'";
  Sql("UPDATE jobs SET state = 'running', lease_token = gen_random_uuid(), lease_expires = now(), "
      "started = now(), attempts = 1, attempt_number = 1" +
      where);
  Sql("UPDATE jobs SET state = 'failed', ended = now(), failure_cause = 'infrastructure', "
      "failure_message = 'the worker was lost', owner = 'mara', lease_token = NULL, "
      "lease_expires = NULL" +
      where);
  EXPECT_TRUE(jobs().Retry(job.id, "mara").ok());
}

TEST_F(QuotasTest, ARescoreIsAJobToo) {
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{1, {}, {}}).ok());
  store::RescoreCandidate candidate{"alexnet", Sha('a'), "it",
                                    "1.0.0",   "1",      store::GramsRow{Sha('1'), 77}};
  ASSERT_TRUE(Create("mara").ok());
  EXPECT_EQ(store_->rescoring().Create(std::span(&candidate, 1), {"mara"}).error().code,
            ErrorCode::kResourceLimit);
  EXPECT_TRUE(store_->rescoring().Create(std::span(&candidate, 1), {"noor"}).ok());
  EXPECT_EQ(quotas().Get("noor").value().used.jobs, 1);
}

TEST_F(QuotasTest, UploadsCountByDay) {
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{{}, 2, 100}).ok());
  ASSERT_TRUE(quotas().ChargeUpload("mara", 60).ok());
  const auto bytes = quotas().ChargeUpload("mara", 60);
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(bytes.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(bytes.error().message,
              HasSubstr("100 bytes a day: 40 are left, and the upload has 60, until 2025-06-02 "
                        "00:00:00 UTC"));
  ASSERT_TRUE(quotas().ChargeUpload("mara", 40).ok());
  ASSERT_TRUE(quotas().ChargeUpload("mara", 0, 0).ok()) << "one that goes on is no further one";
  const auto uploads = quotas().ChargeUpload("mara", 0);
  ASSERT_FALSE(uploads.ok());
  EXPECT_THAT(uploads.error().message, HasSubstr("2 files a day: none is left until 2025-06-02"));
  clock_.Advance(std::chrono::hours(24));
  EXPECT_TRUE(quotas().ChargeUpload("mara", 100).ok());
  EXPECT_EQ(quotas().ChargeUpload("noor", 101).value().bytes, 101);
  EXPECT_FALSE(quotas().ChargeUpload("mara", 101).ok());
}

TEST_F(QuotasTest, UploadsAtOnceDoNotPassTheLimitTogether) {
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{{}, {}, 50}).ok());
  EXPECT_EQ(AtOnce(12, [&](int) { return quotas().ChargeUpload("mara", 10).ok(); }), 5);
}

TEST_F(QuotasTest, WhatIsGivenBackIsThereAgain) {
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{{}, 1, 100}).ok());
  const auto charge = quotas().ChargeUpload("mara", 100).value();
  ASSERT_TRUE(quotas().GiveBack(charge, 1, 70).ok());
  const auto used = quotas().Get("mara").value().used;
  EXPECT_EQ(used.daily_uploads, 0);
  EXPECT_EQ(used.daily_upload_bytes, 30);
  EXPECT_TRUE(quotas().ChargeUpload("mara", 70).ok());
}

TEST_F(QuotasTest, OwnLimitsStandBeforeDefaults) {
  auto options = Options();
  options.quota = {.jobs = 1, .daily_uploads = 7, .daily_upload_bytes = 0};
  store_ = store::OpenStore(options, clock_);
  EXPECT_EQ(quotas().Get("mara").value().limits.jobs, 1);
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{0, {}, 5}).ok());
  auto quota = quotas().Get("mara").value();
  EXPECT_EQ(quota.limits.jobs, 0);
  EXPECT_TRUE(quota.own_jobs && quota.own_daily_upload_bytes && !quota.own_daily_uploads);
  EXPECT_EQ(quota.limits.daily_uploads, 7);
  EXPECT_TRUE(Create("mara").ok());
  EXPECT_TRUE(Create("mara").ok());
  ASSERT_TRUE(quotas().Set("mara", QuotaChange{store::kDefaultLimit, {}, {}}).ok());
  quota = quotas().Get("mara").value();
  EXPECT_EQ(quota.limits.jobs, 1);
  EXPECT_EQ(quota.limits.daily_upload_bytes, 5) << "what is absent stays";
  EXPECT_FALSE(Create("mara").ok());
  EXPECT_EQ(quotas().Set("mara", QuotaChange{-2, {}, {}}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(quotas().Set("nobody", QuotaChange{1, {}, {}}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace ventral::testing
