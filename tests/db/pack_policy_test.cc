// Who publishes a pack, and how often one submitter may be scored on a held-out one.
#include <atomic>
#include <thread>

#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using store::AttemptLimit;
using store::PackPolicy;
using store::Viewer;
using ::testing::HasSubstr;

class PackPolicyTest : public StoreTest {
 protected:
  PackPolicyTest() { AddModel("alexnet", 'a'); }
  Result<store::PackRow> Publish(const Viewer& viewer, const std::string& version,
                                 const std::optional<PackPolicy>& policy = {}) {
    return store_->CatalogueFor(viewer)->CreatePack(PackWith("it", version, {"it.rsa"}), {},
                                                    policy);
  }
  Result<store::JobRow> Create(const std::string& owner) {
    return jobs().Create({"alexnet", Sha('a'), "it", "", owner});
  }
  store::LeaseRow Lease() { return jobs().Lease("w", "cpu").value().value(); }
  void Fail(FailureCause cause) {
    const auto lease = Lease();
    store::AttemptFailure failure;
    failure.failure = {cause, "it broke"};
    ASSERT_TRUE(jobs().Fail(lease.job, lease.token, failure).ok());
  }
};

TEST_F(PackPolicyTest, APackIsItsFirstPublishers) {
  ASSERT_TRUE(Publish({"mara"}, "1").ok());
  EXPECT_EQ(catalogue().GetPack("it").value().owner, "mara");
  EXPECT_TRUE(Publish({"mara"}, "2").ok());
  EXPECT_EQ(Publish({"noor"}, "3").error().code, ErrorCode::kPermission);
  EXPECT_EQ(store_->CatalogueFor({"noor"})->SetPackPolicy("it", {}).error().code,
            ErrorCode::kPermission);
  EXPECT_TRUE(Publish({"admin", true}, "3").ok());
  EXPECT_EQ(catalogue().GetPack("it").value().owner, "mara");
  EXPECT_EQ(store_->CatalogueFor({"mara"})->SetPackPolicy("v4", {}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(PackPolicyTest, APackFromBeforeThereWereOwnersIsAnyPublishers) {
  ASSERT_TRUE(Publish(store::Everything(), "1").ok());
  Sql("DELETE FROM pack_policies");
  EXPECT_TRUE(Publish({"noor"}, "2").ok());
  EXPECT_TRUE(Publish({"mara"}, "3").ok());
  // Who could close it could open it again.
  EXPECT_EQ(store_->CatalogueFor({"mara"})->SetPackPolicy("it", PackPolicy{true, {}}).error().code,
            ErrorCode::kPermission);
  EXPECT_EQ(Publish({"mara"}, "4", PackPolicy{}).error().code, ErrorCode::kPermission);
  ASSERT_TRUE(catalogue().SetPackPolicy("it", PackPolicy{true, {}}).ok());
  EXPECT_EQ(Publish({"mara"}, "4").error().code, ErrorCode::kPermission);
  EXPECT_TRUE(Publish(store::Everything(), "4").ok());
}

TEST_F(PackPolicyTest, ItStaysWithLaterVersionsUntilItIsChanged) {
  ASSERT_TRUE(Publish({"mara"}, "1", PackPolicy{true, AttemptLimit{3, 30}}).ok());
  ASSERT_TRUE(Publish({"mara"}, "2").ok());
  const auto policy = catalogue().GetPack("it").value().policy;
  EXPECT_TRUE(policy.is_private);
  ASSERT_TRUE(policy.attempts.has_value());
  EXPECT_EQ(policy.attempts->jobs, 3);
  EXPECT_EQ(policy.attempts->days, 30);
  const auto opened = store_->CatalogueFor({"mara"})->SetPackPolicy("it", {}).value();
  EXPECT_FALSE(opened.policy.is_private || opened.policy.attempts);
  for (const AttemptLimit& wrong : {AttemptLimit{0, 30}, {3, 0}, {3, 5000}, {-1, -1}}) {
    EXPECT_EQ(Publish({"mara"}, "3", PackPolicy{false, wrong}).error().code,
              ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(catalogue().GetPack("it").value().version, "2") << "nothing was half published";
}

TEST_F(PackPolicyTest, ASubmitterIsScoredSoOftenAndNoMore) {
  ASSERT_TRUE(Publish({"mara"}, "1", PackPolicy{false, AttemptLimit{2, 7}}).ok());
  ASSERT_TRUE(Create("noor").ok());
  clock_.Advance(std::chrono::hours(24));
  ASSERT_TRUE(Create("noor").ok());
  const auto refused = Create("noor");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(refused.error().message, HasSubstr("2 times within 7 days"));
  EXPECT_THAT(refused.error().message, HasSubstr("none is left until 2025-06-08 00:00:00 UTC"));
  EXPECT_TRUE(Create("mara").ok()) << "another's are another's";
  EXPECT_TRUE(Create("").ok()) << "accounts are off";
  ASSERT_TRUE(Publish({"mara"}, "2").ok());
  EXPECT_FALSE(Create("noor").ok()) << "a new version is the same pack";
  ASSERT_TRUE(jobs().Cancel(jobs().List({}).value().rows.back().id).ok());
  EXPECT_TRUE(Create("noor").ok()) << "it was cancelled before it ran";
}

TEST_F(PackPolicyTest, WhatFailedByOurFaultDoesNotCountAndItsRetryDoes) {
  ASSERT_TRUE(Publish({"mara"}, "1", PackPolicy{false, AttemptLimit{1, 7}}).ok());
  const auto first = Create("noor").value();
  for (int attempt = 0; attempt < 3; ++attempt) {
    clock_.Advance(std::chrono::hours(1));
    Fail(FailureCause::kInfrastructure);
  }
  ASSERT_EQ(jobs().Get(first.id).value().state, store::JobState::kFailed);
  ASSERT_TRUE(Create("noor").ok());
  const auto retry = jobs().Retry(first.id, "noor");
  ASSERT_FALSE(retry.ok()) << "or ten that failed so would be ten attempts";
  EXPECT_EQ(retry.error().code, ErrorCode::kResourceLimit);
  clock_.Advance(std::chrono::hours(24 * 8));
  Fail(FailureCause::kInvalidCheckpoint);  // the second one
  EXPECT_FALSE(jobs().Retry(first.id, "noor").ok()) << "a failure of its own counts";
  clock_.Advance(std::chrono::hours(24 * 8));
  ASSERT_TRUE(jobs().Retry(first.id, "noor").ok()) << "the window has passed";
  EXPECT_FALSE(Create("noor").ok()) << "the retried one waits, however old it is";
}

TEST_F(PackPolicyTest, ScoresOnAClosedPackComeWithoutDetailsButToItsPublisher) {
  ASSERT_TRUE(Publish({"mara"}, "1", PackPolicy{false, AttemptLimit{3, 7}}).ok());
  ASSERT_TRUE(Create("noor").ok());
  const auto lease = Lease();
  auto score = ScoreOf("it.rsa");
  score.result_json = R"({"raw": 0.5, "layers": [{"perNeuroid": [1]}], "resamples": {"a": 1}})";
  const auto id = jobs().Complete(lease.job, lease.token, {{score}}, "").value().at(0);
  const auto seen_by = [&](const Viewer& viewer) {
    const auto catalogue = store_->CatalogueFor(viewer);
    const std::string one = catalogue->GetScore(id).value().score.result_json;
    EXPECT_EQ(one, catalogue->ListScores({}).value().rows.at(0).score.result_json);
    EXPECT_THAT(one, HasSubstr("raw"));
    return one.find("layers") != std::string::npos || one.find("resamples") != std::string::npos;
  };
  EXPECT_TRUE(seen_by({"mara"}));
  EXPECT_TRUE(seen_by(store::Everything()));
  EXPECT_FALSE(seen_by({"noor"}));
  EXPECT_FALSE(seen_by({}));
  ASSERT_TRUE(store_->CatalogueFor({"mara"})->SetPackPolicy("it", {}).ok());
  EXPECT_TRUE(seen_by({"noor"}));
}

TEST_F(PackPolicyTest, ARescoreDoesNotCountAndIsRetried) {
  ASSERT_TRUE(Publish({"mara"}, "1", PackPolicy{false, AttemptLimit{1, 7}}).ok());
  ASSERT_TRUE(Create("noor").ok());
  store::RescoreCandidate candidate{"alexnet", Sha('a'), "it",
                                    "1",       "1",      store::GramsRow{Sha('1'), 77}};
  const auto rescore = store_->rescoring().Create(std::span(&candidate, 1), {"noor"}).value().at(0);
  ASSERT_TRUE(jobs().Cancel(rescore.id).ok());
  EXPECT_TRUE(jobs().Retry(rescore.id, "noor").ok());
  EXPECT_FALSE(Create("noor").ok());
}

TEST_F(PackPolicyTest, JobsMadeAtOnceDoNotPassTheLimitTogether) {
  ASSERT_TRUE(Publish({"mara"}, "1", PackPolicy{false, AttemptLimit{3, 7}}).ok());
  std::atomic<int> made = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { made += Create("noor").ok() ? 1 : 0; });
  threads.clear();
  EXPECT_EQ(made, 3);
}

}  // namespace
}  // namespace ventral::testing
