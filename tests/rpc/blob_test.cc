#include "google/rpc/status.pb.h"
#include "scoring/base/digest.h"
#include "tests/rpc/fixture.h"
#include "tests/support/told_store.h"

namespace ventral::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BlobRpcTest : public RpcTest {
 protected:
  std::vector<std::string> Missing(const std::vector<std::string>& digests) {
    v1::FindMissingBlobsRequest request;
    request.mutable_sha256()->Add(digests.begin(), digests.end());
    v1::FindMissingBlobsResponse response;
    const auto status = Call(*blob_, &BlobStub::FindMissingBlobs, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return {response.missing_sha256().begin(), response.missing_sha256().end()};
  }

  // What an upload that was refused may leave: nothing.
  void ExpectNothingKept(const std::string& digest) {
    EXPECT_THAT(Missing({digest}), ElementsAre(digest));
    EXPECT_TRUE(Eventually(
        [&] { return std::filesystem::is_empty(folder_.path() / "blobs" / "incoming"); }));
  }
};

TEST_F(BlobRpcTest, UploadsOnceAndSaysWhatIsMissing) {
  const std::string bytes = std::string(1 << 20, 'x') + "end";
  const std::string digest = DigestOf(bytes).hex();
  const std::string other = DigestOf("other").hex();
  EXPECT_THAT(Missing({other, digest}), ElementsAre(other, digest));
  v1::UploadBlobResponse response;
  ASSERT_TRUE(TryUpload(digest, 1048579, {std::string(1 << 20, 'x'), "end"}, &response).ok());
  EXPECT_FALSE(response.already_present());
  EXPECT_EQ(response.sha256(), digest);
  EXPECT_EQ(response.size_bytes(), 1048579);
  EXPECT_THAT(Missing({other, digest}), ElementsAre(other));
  ASSERT_TRUE(TryUpload(digest, 1048579, {}, &response).ok());
  EXPECT_TRUE(response.already_present());
}

TEST_F(BlobRpcTest, KeepsAnEmptyBlob) {
  const std::string digest = DigestOf("").hex();
  v1::UploadBlobResponse response;
  ASSERT_TRUE(TryUpload(digest, 0, {}, &response).ok());
  EXPECT_THAT(Missing({digest}), IsEmpty());
}

TEST_F(BlobRpcTest, RefusesATruncatedUploadAndKeepsNothing) {
  const std::string digest = DigestOf("0123456789").hex();
  v1::UploadBlobResponse response;
  const auto status = TryUpload(digest, 10, {"01234"}, &response);
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "10")) << "both sizes are named";
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "5"));
  ExpectNothingKept(digest);
}

TEST_F(BlobRpcTest, RefusesAnOversizedUploadBeforeItHasEnded) {
  const std::string digest = DigestOf("0123456789").hex();
  grpc::ClientContext context;
  v1::UploadBlobResponse response;
  const auto writer = blob_->UploadBlob(&context, &response);
  v1::UploadBlobRequest message;
  message.mutable_declaration()->set_sha256(digest);
  message.mutable_declaration()->set_size_bytes(10);
  ASSERT_TRUE(writer->Write(message));
  message.set_chunk("0123456789a");
  writer->Write(message);
  // The client never says WritesDone: the refusal alone ends the call.
  EXPECT_TRUE(Refused(writer->Finish(), grpc::INVALID_ARGUMENT, "10"));
  ExpectNothingKept(digest);
}

TEST_F(BlobRpcTest, RefusesAWrongDigestAndKeepsNothing) {
  const std::string digest = DigestOf("what was declared").hex();
  v1::UploadBlobResponse response;
  const auto status = TryUpload(digest, 4, {"else"}, &response);
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, ""));
  EXPECT_EQ(ReasonIn(status), "INVALID_INPUT");
  ExpectNothingKept(digest);
  EXPECT_THAT(Missing({DigestOf("else").hex()}), ElementsAre(DigestOf("else").hex()));
}

TEST_F(BlobRpcTest, RefusesMoreThanItsLimitBeforeAByte) {
  const std::string digest = DigestOf("big").hex();
  v1::UploadBlobResponse response;
  const auto status = TryUpload(digest, (4 << 20) + 1, {}, &response);
  EXPECT_TRUE(Refused(status, grpc::RESOURCE_EXHAUSTED, "4194304"));
  EXPECT_EQ(ReasonIn(status), "RESOURCE_LIMIT");
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "blobs" / "incoming"));
}

TEST_F(BlobRpcTest, NamesTheFieldOfABadDeclaration) {
  v1::UploadBlobResponse response;
  auto status = TryUpload("ABC", 1, {}, &response);
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "declaration.sha256"));
  EXPECT_EQ(WrongFieldIn(status), "declaration.sha256");
  status = TryUpload(DigestOf("x").hex(), -1, {}, &response);
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "negative"));
  EXPECT_EQ(WrongFieldIn(status), "declaration.size_bytes");
  Upload("held");
  status = TryUpload(DigestOf("held").hex(), 5, {}, &response);
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "has 4 bytes, not the declared 5"));
}

TEST_F(BlobRpcTest, RefusesMessagesOutOfOrder) {
  v1::UploadBlobResponse response;
  v1::UploadBlobRequest chunk, declaration;
  chunk.set_chunk("x");
  declaration.mutable_declaration()->set_sha256(DigestOf("xx").hex());
  declaration.mutable_declaration()->set_size_bytes(2);
  const std::pair<std::vector<v1::UploadBlobRequest>, const char*> cases[] = {
      {{}, "first message"},
      {{chunk}, "first message"},
      {{declaration, declaration}, "must be a chunk"}};
  for (const auto& [messages, part] : cases) {
    grpc::ClientContext context;
    const auto writer = blob_->UploadBlob(&context, &response);
    for (const auto& message : messages) writer->Write(message);
    writer->WritesDone();
    EXPECT_TRUE(Refused(writer->Finish(), grpc::INVALID_ARGUMENT, part));
  }
}

TEST_F(BlobRpcTest, RefusesAChunkOfMoreThanAMebibyte) {
  const std::string bytes((1 << 20) + 1, 'x');
  v1::UploadBlobResponse response;
  EXPECT_TRUE(Refused(TryUpload(DigestOf(bytes).hex(), (1 << 20) + 1, {bytes}, &response),
                      grpc::INVALID_ARGUMENT, "1048576"));
}

TEST_F(BlobRpcTest, AStoreThatIsAwayHasNothingSentAgain) {
  Serve(std::make_unique<ToldStore>(
      [](const Digest&) -> Result<Bytes> { return Unavailable("the bucket does not answer"); }));
  v1::FindMissingBlobsRequest request;
  request.add_sha256(DigestOf("here, or not").hex());
  v1::FindMissingBlobsResponse response;
  EXPECT_TRUE(Refused(Call(*blob_, &BlobStub::FindMissingBlobs, request, &response),
                      grpc::UNAVAILABLE, "the bucket does not answer"));
  EXPECT_EQ(response.missing_sha256_size(), 0);
}

TEST_F(BlobRpcTest, RefusesBadOrTooManyDigests) {
  v1::FindMissingBlobsRequest request;
  v1::FindMissingBlobsResponse response;
  request.add_sha256(DigestOf("a").hex());
  request.add_sha256("zz");
  const auto status = Call(*blob_, &BlobStub::FindMissingBlobs, request, &response);
  EXPECT_EQ(WrongFieldIn(status), "sha256[1]");
  request.clear_sha256();
  for (int i = 0; i <= 10'000; ++i) request.add_sha256(DigestOf("a").hex());
  const auto many = Call(*blob_, &BlobStub::FindMissingBlobs, request, &response);
  EXPECT_TRUE(Refused(many, grpc::INVALID_ARGUMENT, "10001"));
  EXPECT_EQ(WrongFieldIn(many), "sha256");
}

}  // namespace
}  // namespace ventral::testing
