// Uploads that are cut, and what their users and others may do with what came.
#include "scoring/base/digest.h"
#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using grpc::StatusCode;
using store::Role;

class HalfUploadRpcTest : public AccessRpcTest {
 protected:
  void SetUp() override {
    AccessRpcTest::SetUp();
    Become(Role::kSubmitter);
  }

  v1::QueryUploadResponse Query(std::int64_t size = 10) {
    v1::QueryUploadRequest request;
    request.set_sha256(digest_);
    request.set_size_bytes(size);
    v1::QueryUploadResponse response;
    const auto status = Call(*blob_, &BlobStub::QueryUpload, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  grpc::Status Send(std::int64_t offset, const std::string& bytes, std::int64_t size = 10) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::UploadBlobResponse response;
    const auto writer = blob_->UploadBlob(&context, &response);
    writer->Write(Declaration(offset, size));
    v1::UploadBlobRequest message;
    message.set_chunk(bytes);
    if (!bytes.empty()) writer->Write(message);
    writer->WritesDone();
    return writer->Finish();
  }
  // Again, while the server has not noticed that the call before is over.
  grpc::Status GoOn(std::int64_t offset, const std::string& bytes) {
    grpc::Status status;
    EXPECT_TRUE(Eventually([&] {
      status = Send(offset, bytes);
      return status.error_code() != StatusCode::UNAVAILABLE;
    }));
    return status;
  }
  // Begins, sends these bytes, and breaks off when the server has them.
  void Cut(const std::string& bytes, std::int64_t offset = 0) {
    grpc::ClientContext context;
    v1::UploadBlobResponse response;
    const auto writer = blob_->UploadBlob(&context, &response);
    ASSERT_TRUE(writer->Write(Declaration(offset, 10)));
    v1::UploadBlobRequest message;
    message.set_chunk(bytes);
    ASSERT_TRUE(writer->Write(message));
    const auto there = offset + static_cast<std::int64_t>(bytes.size());
    EXPECT_TRUE(Eventually([&] { return Query().received_bytes() == there; }));
    context.TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), StatusCode::CANCELLED);
  }
  v1::UserQuota Used() {
    v1::GetUserQuotaRequest request;
    request.set_name("users/submitter");
    Become(Role::kAdmin);
    v1::UserQuota quota;
    EXPECT_TRUE(Call(*admin_, &AdminStub::GetUserQuota, request, &quota).ok());
    Become(Role::kSubmitter);
    return quota;
  }
  bool NothingIncoming() {
    return std::filesystem::is_empty(folder_.path() / "blobs" / "incoming");
  }

  const std::string bytes_ = "0123456789";
  const std::string digest_ = DigestOf(bytes_).hex();

 private:
  v1::UploadBlobRequest Declaration(std::int64_t offset, std::int64_t size) const {
    v1::UploadBlobRequest message;
    message.mutable_declaration()->set_sha256(digest_);
    message.mutable_declaration()->set_size_bytes(size);
    message.mutable_declaration()->set_offset_bytes(offset);
    return message;
  }
};

TEST_F(HalfUploadRpcTest, GoesOnBehindTheLastByte) {
  EXPECT_EQ(Query().received_bytes(), 0);
  Cut("0123");
  ASSERT_EQ(Query().received_bytes(), 4);
  const auto sent = GoOn(4, "456789");
  ASSERT_TRUE(sent.ok()) << sent.error_message();
  EXPECT_TRUE(NothingIncoming());
  EXPECT_TRUE(Query().already_present());
  EXPECT_EQ(Query().received_bytes(), 10);
  EXPECT_EQ(blobs_->Size(Digest::Parse(digest_).value()).value(), Bytes(10));
}

TEST_F(HalfUploadRpcTest, OutlivesTheServer) {
  Cut("0123");
  StopServer();
  StartServer();
  Become(Role::kSubmitter);
  EXPECT_EQ(Query().received_bytes(), 4);
  EXPECT_TRUE(GoOn(4, "456789").ok());
}

TEST_F(HalfUploadRpcTest, GoesOnNowhereElse) {
  Cut("0123");
  // Until the one before is over.
  EXPECT_TRUE(Refused(GoOn(5, "56789"), StatusCode::OUT_OF_RANGE, "behind 5 bytes, and 4 are"));
  EXPECT_TRUE(Refused(Send(3, "3456789"), StatusCode::OUT_OF_RANGE, "behind 3 bytes, and 4 are"));
  EXPECT_TRUE(Refused(Send(10, ""), StatusCode::OUT_OF_RANGE, "behind 10 bytes, and 4 are"));
  auto refused = Send(-1, "0123456789");
  EXPECT_TRUE(Refused(refused, StatusCode::INVALID_ARGUMENT, "declaration.offset_bytes"));
  EXPECT_EQ(WrongFieldIn(refused), "declaration.offset_bytes");
  refused = Send(11, "");
  EXPECT_TRUE(Refused(refused, StatusCode::INVALID_ARGUMENT, "is 11, and the blob has 10 bytes"));
  EXPECT_EQ(WrongFieldIn(refused), "declaration.offset_bytes");
  EXPECT_EQ(Send(INT64_MAX, "").error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Send(INT64_MIN, "").error_code(), StatusCode::INVALID_ARGUMENT);
  // Of another size it is another upload.
  EXPECT_TRUE(Refused(Send(4, "456789x", 11), StatusCode::OUT_OF_RANGE, "4 bytes, and 0 are"));
  EXPECT_EQ(Query(11).received_bytes(), 0);
  EXPECT_EQ(Query().received_bytes(), 4) << "none of that has harmed it";
}

TEST_F(HalfUploadRpcTest, WithAWrongDigestIsThrownAway) {
  Cut("9999");
  const auto refused = GoOn(4, "456789");
  EXPECT_TRUE(Refused(refused, StatusCode::INVALID_ARGUMENT, DigestOf("9999456789").hex()));
  EXPECT_EQ(Query().received_bytes(), 0);
  EXPECT_TRUE(NothingIncoming());
  EXPECT_TRUE(Send(0, bytes_).ok());
}

TEST_F(HalfUploadRpcTest, OfTooFewOrTooManyBytesIsThrownAway) {
  for (const std::string rest : {"45678", "456789x"}) {
    Cut("0123");
    EXPECT_TRUE(Refused(GoOn(4, rest), StatusCode::INVALID_ARGUMENT, "declared 10 bytes"));
    EXPECT_EQ(Query().received_bytes(), 0);
    EXPECT_TRUE(NothingIncoming());
  }
}

TEST_F(HalfUploadRpcTest, IsItsUsersAlone) {
  Cut("0123");
  Become(Role::kPublisher);
  EXPECT_EQ(Query().received_bytes(), 0);
  EXPECT_TRUE(Refused(Send(4, "456789"), StatusCode::OUT_OF_RANGE, "and 0 are there"));
  Cut("01");
  Become(Role::kSubmitter);
  EXPECT_EQ(Query().received_bytes(), 4);
  ASSERT_TRUE(GoOn(4, "456789").ok());
  Become(Role::kPublisher);
  EXPECT_FALSE(Query().already_present()) << "a digest gives no right to the bytes";
  EXPECT_EQ(Query().received_bytes(), 2);
  EXPECT_TRUE(GoOn(2, "23456789").ok());
  EXPECT_TRUE(Query().already_present());
  Become(Role::kReader);
  v1::QueryUploadRequest request;
  request.set_sha256(digest_);
  v1::QueryUploadResponse response;
  EXPECT_EQ(Call(*blob_, &BlobStub::QueryUpload, request, &response).error_code(),
            StatusCode::PERMISSION_DENIED);
}

TEST_F(HalfUploadRpcTest, EachByteAndTheUploadCountOnce) {
  Cut("0123");
  ASSERT_TRUE(Eventually([&] { return Used().daily_upload_bytes().used() == 4; }))
      << Used().DebugString();
  Cut("45", 4);
  ASSERT_TRUE(Eventually([&] { return Used().daily_upload_bytes().used() == 6; }))
      << Used().DebugString();
  EXPECT_EQ(Send(9, "9").error_code(), StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(Used().daily_upload_bytes().used(), 6) << "what was refused is given back";
  ASSERT_TRUE(GoOn(6, "6789").ok());
  EXPECT_EQ(Used().daily_upload_bytes().used(), 10);
  EXPECT_EQ(Used().daily_uploads().used(), 1);
}

TEST_F(HalfUploadRpcTest, AQuestionIsLookedAtToo) {
  v1::QueryUploadRequest request;
  v1::QueryUploadResponse response;
  request.set_sha256("ABC");
  EXPECT_EQ(WrongFieldIn(Call(*blob_, &BlobStub::QueryUpload, request, &response)), "sha256");
  request.set_sha256(digest_);
  request.set_size_bytes(-1);
  EXPECT_EQ(WrongFieldIn(Call(*blob_, &BlobStub::QueryUpload, request, &response)), "size_bytes");
  request.set_size_bytes(INT64_MAX);
  EXPECT_TRUE(Call(*blob_, &BlobStub::QueryUpload, request, &response).ok());
  EXPECT_EQ(response.received_bytes(), 0);
  ASSERT_TRUE(Send(0, bytes_).ok());
  request.set_size_bytes(9);
  EXPECT_TRUE(Refused(Call(*blob_, &BlobStub::QueryUpload, request, &response),
                      StatusCode::INVALID_ARGUMENT, "has 10 bytes, not the declared 9"));
}

}  // namespace
}  // namespace ventral::testing
