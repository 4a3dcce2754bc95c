// Whoever opens streams and leaves them idle does not take the server from the others.
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/sync_stream.h>

#include <thread>

#include "client/channel/busy.h"
#include "scoring/base/digest.h"
#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using grpc::StatusCode;
using store::Role;

// So that a test ends where the server would let a call wait for ever.
void WithinHalfAMinute(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
}

// An upload that has begun, and sends no more than a test tells it to.
class IdleUpload {
 public:
  explicit IdleUpload(BlobStub& blobs) {
    WithinHalfAMinute(context_);
    writer_ = blobs.UploadBlob(&context_, &response_);
    v1::UploadBlobRequest message;
    message.mutable_declaration()->set_sha256(std::string(64, 'a'));
    message.mutable_declaration()->set_size_bytes(1 << 20);
    writer_->Write(message);
  }
  ~IdleUpload() {
    context_.TryCancel();
    if (!ended_) Finish();
  }
  grpc::Status Finish() {
    ended_ = true;
    return writer_->Finish();
  }

 private:
  grpc::ClientContext context_;
  v1::UploadBlobResponse response_;
  std::unique_ptr<grpc::ClientWriter<v1::UploadBlobRequest>> writer_;
  bool ended_ = false;
};

class StreamsRpcTest : public AccessRpcTest {
 protected:
  StreamsRpcTest() {
    options_.streams.most = 3;
    options_.watch.most = 3;
    options_.most_threads = 16;
  }
  std::size_t Incoming() const {
    const std::filesystem::directory_iterator files(folder_.path() / "blobs" / "incoming");
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }
  // By a submitter and a publisher in turn; each stands in the server when it returns.
  void OpenUploads(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      Become(i % 2 == 0 ? Role::kSubmitter : Role::kPublisher);
      uploads_.push_back(std::make_unique<IdleUpload>(*blob_));
    }
    EXPECT_TRUE(Eventually([&] { return Incoming() == count; }));
  }
  grpc::Status Beat() {
    Become(Role::kWorker);
    v1::LeaseJobRequest request;
    request.set_worker("w");
    request.set_device("cpu");
    v1::LeaseJobResponse response;
    return Call(*worker_, &WorkerStub::LeaseJob, request, &response);
  }

  std::vector<std::unique_ptr<IdleUpload>> uploads_;
};

TEST_F(StreamsRpcTest, ReflectionIsNotThereForStrangersToWaitIn) {
  using Stream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  const auto channel = ChannelWith("");
  const grpc::internal::RpcMethod method(
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
      grpc::internal::RpcMethod::BIDI_STREAMING, channel);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<Stream>> idle;
  for (int i = 0; i < 40; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    WithinHalfAMinute(*contexts.back());
    idle.emplace_back(
        grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
            channel.get(), method, contexts.back().get()));
  }
  EXPECT_TRUE(Beat().ok()) << "forty idle streams of a stranger keep no worker from its job";
  for (const auto& stream : idle) {
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNIMPLEMENTED);
  }
}

TEST_F(StreamsRpcTest, OneMoreThanThereIsRoomForIsToldToTryAgain) {
  OpenUploads(3);
  v1::UploadBlobResponse response;
  const auto refused = TryUpload(DigestOf("bytes").hex(), 5, {"bytes"}, &response);
  EXPECT_TRUE(Refused(refused, StatusCode::RESOURCE_EXHAUSTED, "try again in a moment"));
  EXPECT_EQ(ReasonIn(refused), "BUSY");
  EXPECT_TRUE(IsBusy(refused)) << "clients and workers know that it passes";
  EXPECT_TRUE(Beat().ok()) << "calls that move no files have threads of their own";
  uploads_.pop_back();
  Become(Role::kSubmitter);
  EXPECT_TRUE(Eventually([&] {
    return TryUpload(DigestOf("bytes").hex(), 5, {"bytes"}, &response).ok();
  })) << "a place that is left is taken again";
}

TEST_F(StreamsRpcTest, OneUserLeavesHalfOfTheRoomToOthers) {
  OpenUploads(3);
  uploads_.erase(uploads_.begin() + 1);  // the publisher's: the submitter holds two of three
  v1::UploadBlobResponse response;
  EXPECT_TRUE(Eventually([&] {
    Become(Role::kPublisher);
    return TryUpload(DigestOf("bytes").hex(), 5, {"bytes"}, &response).ok();
  }));
  Become(Role::kSubmitter);
  const auto refused = TryUpload(DigestOf("more").hex(), 4, {"more"}, &response);
  EXPECT_TRUE(Refused(refused, StatusCode::RESOURCE_EXHAUSTED, "you have 2 of its 3 places"));
  EXPECT_TRUE(IsBusy(refused)) << "clients and workers know that it passes";
}

TEST_F(StreamsRpcTest, EveryKindOfThemIsCounted) {
  OpenUploads(3);
  Become(Role::kReader);
  grpc::ClientContext fetching, blob, upload;
  for (auto* context : {&fetching, &blob, &upload}) WithinHalfAMinute(*context);
  v1::FetchGramsRequest grams;
  grams.set_name("jobs/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58");
  EXPECT_TRUE(IsBusy(job_->FetchGrams(&fetching, grams)->Finish()));
  Become(Role::kWorker);
  EXPECT_TRUE(IsBusy(worker_->FetchBlob(&blob, v1::FetchBlobRequest())->Finish()));
  v1::UploadGramsResponse response;
  EXPECT_TRUE(IsBusy(worker_->UploadGrams(&upload, &response)->Finish()));
}

TEST_F(StreamsRpcTest, ALimitThatStaysIsNotCalledBusy) {
  Become(Role::kSubmitter);
  v1::UploadBlobResponse response;
  const auto refused = TryUpload(DigestOf("x").hex(), 1ll << 40, {"x"}, &response);
  EXPECT_TRUE(Refused(refused, StatusCode::RESOURCE_EXHAUSTED, "at most"));
  EXPECT_FALSE(IsBusy(refused));
}

class StallRpcTest : public StreamsRpcTest {
 protected:
  StallRpcTest() {
    options_.streams.most = 1;
    options_.streams.stall = std::chrono::milliseconds(200);
  }
};

TEST_F(StallRpcTest, AnUploadThatStandsStillIsEndedAndLeavesNothing) {
  OpenUploads(1);
  EXPECT_EQ(uploads_[0]->Finish().error_code(), StatusCode::CANCELLED);
  EXPECT_TRUE(Eventually([&] { return Incoming() == 0; }));
}

TEST_F(StallRpcTest, ADownloadThatNobodyReadsIsEnded) {
  Become(Role::kSubmitter);
  const std::string piece(1 << 20,
                          'x');  // four are more than flow control lets a server send ahead
  const std::string sha256 = DigestOf(piece + piece + piece + piece).hex();
  v1::UploadBlobResponse response;
  ASSERT_TRUE(TryUpload(sha256, 4 << 20, {piece, piece, piece, piece}, &response).ok());
  Become(Role::kWorker);
  grpc::ClientContext context;
  v1::FetchBlobRequest request;
  request.set_sha256(sha256);
  const auto stream = worker_->FetchBlob(&context, request);
  stream->WaitForInitialMetadata();
  Become(Role::kSubmitter);
  EXPECT_TRUE(Eventually([&] {
    return TryUpload(DigestOf("bytes").hex(), 5, {"bytes"}, &response).ok();
  })) << "it gives up the only place";
  v1::FetchBlobResponse got;
  while (stream->Read(&got)) got.Clear();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
}

class SlowRpcTest : public StreamsRpcTest {
 protected:
  SlowRpcTest() { options_.streams.stall = std::chrono::milliseconds(3000); }
};

// Longer than a stream may stand still, and never still for so long.
TEST_F(SlowRpcTest, AnUploadThatMovesIsLetBe) {
  Become(Role::kSubmitter);
  constexpr int kPieces = 50;
  const std::string piece(service::DataStreams::kLeastMoved, 'x');
  std::string whole;
  for (int i = 0; i < kPieces; ++i) whole += piece;
  grpc::ClientContext context;
  WithinHalfAMinute(context);
  v1::UploadBlobResponse response;
  const auto writer = blob_->UploadBlob(&context, &response);
  v1::UploadBlobRequest message;
  message.mutable_declaration()->set_sha256(DigestOf(whole).hex());
  message.mutable_declaration()->set_size_bytes(static_cast<std::int64_t>(whole.size()));
  ASSERT_TRUE(writer->Write(message));
  message.set_chunk(piece);
  for (int i = 0; i < kPieces && writer->Write(message); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(80));  // a slow client
  }
  writer->WritesDone();
  const auto status = writer->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

class FewCallsRpcTest : public AccessRpcTest {
 protected:
  FewCallsRpcTest() { options_.most_calls_a_connection = 2; }
};

TEST_F(FewCallsRpcTest, FurtherCallsOfAConnectionWaitAtTheClient) {
  Become(Role::kSubmitter);
  const IdleUpload first(*blob_), second(*blob_);
  const auto incoming = folder_.path() / "blobs" / "incoming";
  ASSERT_TRUE(Eventually([&] {
    const std::filesystem::directory_iterator files(incoming);
    return std::distance(begin(files), end(files)) == 2;
  }));
  v1::ListModelsResponse models;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
  EXPECT_EQ(model_->ListModels(&context, {}, &models).error_code(), StatusCode::DEADLINE_EXCEEDED);
  grpc::ChannelArguments own;
  own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  Access access;
  access.token = secrets_.at(Role::kReader);
  CallOver(OpenChannel(server_->address(), access, own));
  EXPECT_TRUE(Call(*model_, &ModelStub::ListModels, v1::ListModelsRequest(), &models).ok());
}

}  // namespace
}  // namespace ventral::testing
