// Grams that a worker uploads under its lease, and a completion names.
#include "tests/rpc/rescore_fixture.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(RescoreRpcTest, GramsComeBackAsTheyWereKept) {
  const std::string bytes = SomeGrams();
  MakeJob();
  const auto lease = LeaseJob();
  EXPECT_EQ(lease.kind(), v1::JOB_KIND_SCORE);
  EXPECT_EQ(lease.max_grams_bytes(), 100'000);
  EXPECT_FALSE(lease.has_grams());
  ASSERT_TRUE(UploadGrams(lease, Declare(bytes), bytes).ok());
  ASSERT_TRUE(UploadGrams(lease, Declare(bytes), bytes).ok()) << "again, as after a lost answer";
  EXPECT_FALSE(Get(lease.job()).has_grams()) << "before the job has ended";
  ASSERT_TRUE(CompleteWith(lease, Declare(bytes)).ok());
  const auto job = Get(lease.job());
  EXPECT_EQ(job.kind(), v1::JOB_KIND_SCORE);
  EXPECT_EQ(job.grams().sha256(), DigestOf(bytes).hex());
  EXPECT_EQ(job.grams().size_bytes(), std::ssize(bytes));
  std::string fetched;
  ASSERT_TRUE(Fetch(job.name(), &fetched).ok());
  EXPECT_TRUE(fetched == bytes);
}

TEST_F(RescoreRpcTest, OnlyTheWorkerThatHasTheJobMayUpload) {
  const std::string bytes = SomeGrams();
  MakeJob();
  const auto lost = LeaseJob();
  clock_.Advance(std::chrono::seconds(61));
  ASSERT_TRUE(store_->jobs().Reap().ok());
  clock_.Advance(std::chrono::seconds(600));
  const auto current = LeaseJob();
  const auto refused = UploadGrams(lost, Declare(bytes), bytes);
  EXPECT_TRUE(Refused(refused, grpc::ABORTED, "lease"));
  EXPECT_EQ(ReasonIn(refused), "LEASE_LOST");
  EXPECT_FALSE(blobs_->Contains(DigestOf(bytes)));
  ASSERT_TRUE(UploadGrams(current, Declare(bytes), bytes).ok());
  EXPECT_TRUE(CompleteWith(current, Declare(bytes)).ok());
}

TEST_F(RescoreRpcTest, WhatIsNotAsDeclaredIsNotKept) {
  MakeJob();
  const auto lease = LeaseJob();
  const std::string bytes = SomeGrams(), huge = SomeGrams(100'000);
  const std::string recording = "\x93NUMPY neurons of a monkey";
  EXPECT_TRUE(
      Refused(UploadGrams(lease, Declare(bytes), bytes + "x"), grpc::INVALID_ARGUMENT, "declared"));
  EXPECT_TRUE(Refused(UploadGrams(lease, Declare(bytes), SomeGrams().replace(99, 1, "h")),
                      grpc::INVALID_ARGUMENT, "SHA-256"));
  EXPECT_TRUE(
      Refused(UploadGrams(lease, Declare(huge), huge), grpc::RESOURCE_EXHAUSTED, "at most 100000"));
  EXPECT_TRUE(Refused(UploadGrams(lease, Declare(recording), recording), grpc::INVALID_ARGUMENT,
                      "no kept Grams"));
  v1::KeptGrams bad = Declare(bytes);
  bad.set_sha256("abc");
  EXPECT_EQ(WrongFieldIn(UploadGrams(lease, bad, bytes)), "declaration.grams.sha256");
  EXPECT_FALSE(blobs_->Contains(DigestOf(bytes)));
  EXPECT_EQ(IncomingFiles(), 0);
}

// Else a worker could have recordings handed out to whoever may read Grams.
TEST_F(RescoreRpcTest, ABlobThatHoldsNoGramsCannotBeNamedAsGrams) {
  MakeJob();
  const auto lease = LeaseJob();
  const std::string recording = "array it";  // a file of the pack
  ASSERT_TRUE(blobs_->Contains(DigestOf(recording)));
  EXPECT_TRUE(
      Refused(UploadGrams(lease, Declare(recording), ""), grpc::INVALID_ARGUMENT, "no kept Grams"));
  ASSERT_TRUE(CompleteWith(lease, Declare(recording)).ok()) << "scores matter more";
  EXPECT_FALSE(Get(lease.job()).has_grams());
  EXPECT_THAT(LogOf(lease.job()), HasSubstr("no kept Grams"));
  std::string none;
  EXPECT_TRUE(Refused(Fetch(lease.job(), &none), grpc::NOT_FOUND, "not kept"));
}

TEST_F(RescoreRpcTest, TroubleWithTheGramsLeavesTheScoresWithANote) {
  const std::string bytes = SomeGrams();
  v1::KeptGrams malformed = Declare(bytes), huge = Declare(bytes);
  malformed.set_sha256("abc");
  huge.set_size_bytes(1 << 30);
  MakeJob();
  for (const auto& [grams, says] : {std::pair{Declare(bytes), "was not uploaded"},
                                    {malformed, "grams.sha256"},
                                    {huge, "keeps at most 100000"}}) {
    SCOPED_TRACE(says);
    const auto lease = LeaseJob();
    const auto status = CompleteWith(lease, grams);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(Get(lease.job()).scores_size(), 2);
    EXPECT_FALSE(Get(lease.job()).has_grams());
    EXPECT_THAT(LogOf(lease.job()), HasSubstr("the Grams of this job are not kept"));
    EXPECT_THAT(LogOf(lease.job()), HasSubstr(says));
    v1::CreateJobRequest next;
    next.mutable_job()->set_checkpoint(lease.checkpoint());
    next.mutable_job()->set_pack(lease.pack());
    v1::Job job;
    ASSERT_TRUE(Call(*job_, &JobStub::CreateJob, next, &job).ok());
  }
}

TEST_F(RescoreRpcTest, AHeldBlobSaysWhatIsWrongWithIt) {
  const std::string bytes = SomeGrams();
  MakeJob();
  const auto lease = LeaseJob();
  ASSERT_TRUE(UploadGrams(lease, Declare(bytes), bytes).ok());
  v1::KeptGrams longer = Declare(bytes);
  longer.set_size_bytes(longer.size_bytes() + 1);
  EXPECT_TRUE(Refused(UploadGrams(lease, longer, bytes), grpc::INVALID_ARGUMENT,
                      "not the declared " + std::to_string(longer.size_bytes())));
  const std::string hex = DigestOf(bytes).hex();
  const auto file = folder_.path() / "blobs/sha256" / hex.substr(0, 2) / hex;
  // The store follows no link: as a file that its disk cannot read.
  std::filesystem::rename(file, folder_.path() / "elsewhere");
  std::filesystem::create_symlink(folder_.path() / "elsewhere", file);
  EXPECT_TRUE(
      Refused(UploadGrams(lease, Declare(bytes), bytes), grpc::UNAVAILABLE, "cannot be read"));
}

TEST_F(RescoreRpcTest, AnUploadThatBreaksOffLeavesNothing) {
  MakeJob();
  const auto lease = LeaseJob();
  const std::string bytes = SomeGrams();
  {
    grpc::ClientContext context;
    v1::UploadGramsResponse response;
    const auto writer = worker_->UploadGrams(&context, &response);
    v1::UploadGramsRequest message;
    message.mutable_declaration()->set_job(lease.job());
    message.mutable_declaration()->set_lease_token(lease.lease_token());
    *message.mutable_declaration()->mutable_grams() = Declare(bytes);
    ASSERT_TRUE(writer->Write(message));
    message.set_chunk(bytes.substr(0, 2000));
    ASSERT_TRUE(writer->Write(message));
    ASSERT_TRUE(Eventually([&] { return IncomingFiles() == 1; }));
    context.TryCancel();
    EXPECT_FALSE(writer->Finish().ok());
  }
  EXPECT_TRUE(Eventually([&] { return IncomingFiles() == 0; }));
  EXPECT_FALSE(blobs_->Contains(DigestOf(bytes)));
  EXPECT_TRUE(CompleteWith(lease, {}).ok()) << "scores matter more";
  EXPECT_FALSE(Get(lease.job()).has_grams());
  std::string none;
  EXPECT_TRUE(Refused(Fetch(lease.job(), &none), grpc::NOT_FOUND, "not kept"));
}

}  // namespace
}  // namespace ventral::testing
