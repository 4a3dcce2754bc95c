// What becomes of the Grams of a job: kept, refused, or read again.
#include <gmock/gmock.h>
#include <signal.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "scoring/base/digest.h"
#include "tests/support/files.h"
#include "tests/unit/daemon/fake_server.h"
#include "worker/daemon/job_run.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;
using testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class JobRunGramsTest : public ::testing::Test {
 protected:
  JobRunGramsTest() : link_(server_.address()) {
    signal(SIGPIPE, SIG_IGN);
    cache_ = BlobCache::Open(folder_.path(), Bytes{1 << 20}).value();
  }
  v1::Lease MakeLease(const std::string& behaviour, std::int64_t max_grams_bytes) {
    v1::Lease lease = server_.MakeLease(behaviour, milliseconds(3000), 3600);
    lease.set_max_grams_bytes(max_grams_bytes);
    return lease;
  }
  FakeServer::Told Run(const v1::Lease& lease) {
    RunJob(lease, {}, {VENTRAL_FAKE_EVALUATOR, "/nonexistent/extractor"}, link_, *cache_, {},
           patience_);
    return server_.told();
  }
  FakeServer::Told Run(const std::string& behaviour, std::int64_t max_grams_bytes = 1000) {
    return Run(MakeLease(behaviour, max_grams_bytes));
  }

  Patience patience_;
  FakeServer server_;
  ServerLink link_;
  testing::ScratchFolder folder_;
  std::unique_ptr<BlobCache> cache_;
};

TEST_F(JobRunGramsTest, AreUploadedBeforeTheReportNamesThem) {
  const auto told = Run("report and grams");
  ASSERT_EQ(told.grams.size(), 1u);
  EXPECT_EQ(told.grams[0], "Grams of report and grams");
  EXPECT_EQ(told.declared[0].job(), "jobs/1");
  EXPECT_EQ(told.declared[0].lease_token(), "token");
  EXPECT_EQ(told.declared[0].grams().sha256(), DigestOf(told.grams[0]).hex());
  EXPECT_EQ(told.declared[0].grams().size_bytes(), std::ssize(told.grams[0]));
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_EQ(told.completed[0].grams().sha256(), DigestOf(told.grams[0]).hex());
  EXPECT_THAT(told.completed[0].log_tail(), Not(HasSubstr("note:")));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "temporary"));
}

TEST_F(JobRunGramsTest, AreUploadedAgainWhenTheServerWasAwayForAMoment) {
  server_.AnswerUploads({{grpc::StatusCode::UNAVAILABLE, "restarting"},
                         {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many streams"}});
  const auto told = Run("report and grams");
  EXPECT_EQ(told.declared.size(), 3u);
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_TRUE(told.completed[0].has_grams());
}

TEST_F(JobRunGramsTest, AreUploadedAgainWhereTheServerHadNoRoom) {
  google::rpc::Status details;
  details.add_details()->PackFrom(google::rpc::RetryInfo());
  const grpc::Status busy(grpc::StatusCode::RESOURCE_EXHAUSTED, "as many as it can",
                          details.SerializeAsString());
  server_.AnswerUploads({busy, busy});
  const auto told = Run("report and grams");
  EXPECT_EQ(told.declared.size(), 3u);
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_TRUE(told.completed[0].has_grams());
}

TEST_F(JobRunGramsTest, ThatTheServerRefusesLeaveTheScoresWithANote) {
  const grpc::Status full(grpc::StatusCode::RESOURCE_EXHAUSTED, "the disk of the server is full");
  server_.AnswerUploads(std::vector<grpc::Status>(1000, full));
  patience_.grams = milliseconds(300);
  const auto told = Run("report and grams");
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_TRUE(told.failed.empty());
  EXPECT_FALSE(told.completed[0].has_grams());
  EXPECT_THAT(told.completed[0].log_tail(), HasSubstr("the disk of the server is full"));
  EXPECT_THAT(told.completed[0].log_tail(), HasSubstr("log of report and grams"));
}

TEST_F(JobRunGramsTest, ThatTheEvaluatorCouldNotKeepLeaveTheScoresWithItsReason) {
  const auto told = Run("report and no grams");
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_FALSE(told.completed[0].has_grams());
  EXPECT_THAT(told.declared, IsEmpty());
  EXPECT_THAT(told.completed[0].log_tail(), HasSubstr("the disk is full"));
}

TEST_F(JobRunGramsTest, LargerThanTheServerKeepsAreNotSent) {
  const auto told = Run("report and grams", 10);
  EXPECT_THAT(told.declared, IsEmpty());
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_THAT(told.completed[0].log_tail(), HasSubstr("keeps at most 10"));
}

TEST_F(JobRunGramsTest, AreNotMadeForAServerThatWantsNone) {
  const auto told = Run("report and grams", 0);
  EXPECT_THAT(told.declared, IsEmpty());
  ASSERT_EQ(told.completed.size(), 1u);
  EXPECT_THAT(told.completed[0].log_tail(), Not(HasSubstr("note:")));
}

// The evaluator of the fake reads what it should do from the Grams.
TEST_F(JobRunGramsTest, AreReadByARescoreWhichFetchesNoCheckpoint) {
  v1::Lease lease = MakeLease("report", 0);
  lease.set_kind(v1::JOB_KIND_RESCORE);
  lease.mutable_grams()->set_sha256(lease.checkpoint_sha256());
  lease.mutable_grams()->set_size_bytes(lease.checkpoint_size_bytes());
  lease.set_checkpoint_size_bytes(-1);
  const auto told = Run(lease);
  ASSERT_EQ(told.completed.size(), 1u) << told.failed.at(0).failure().message();
  EXPECT_THAT(told.completed[0].log_tail(), HasSubstr("from kept Grams"));
  EXPECT_FALSE(told.completed[0].has_grams());
  EXPECT_EQ(told.fetches, 2) << "Grams and the pack's file";
}

TEST_F(JobRunGramsTest, ThatAreGoneFailTheRescore) {
  v1::Lease lease = MakeLease("report", 0);
  lease.set_kind(v1::JOB_KIND_RESCORE);
  lease.mutable_grams()->set_sha256(DigestOf("gone").hex());
  lease.mutable_grams()->set_size_bytes(4);
  const auto told = Run(lease);
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_INFRASTRUCTURE);
  EXPECT_THAT(told.failed[0].failure().message(), HasSubstr("no such blob"));
}

TEST_F(JobRunGramsTest, ThatAreDamagedFailTheRescoreForGood) {
  v1::Lease lease = MakeLease("report", 0);
  lease.set_kind(v1::JOB_KIND_RESCORE);
  lease.mutable_grams()->set_sha256(DigestOf("good").hex());
  lease.mutable_grams()->set_size_bytes(4);
  server_.SetBlob(DigestOf("good").hex(), "evil");
  const auto told = Run(lease);
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_EQ(told.failed[0].failure().cause(), v1::FAILURE_CAUSE_INVALID_CHECKPOINT);
  EXPECT_THAT(told.failed[0].failure().message(), HasSubstr("came with digest"));
}

}  // namespace
}  // namespace ventral
