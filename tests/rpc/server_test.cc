// What stands around the services: health, reflection, draining, the port.
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/sync_stream.h>

#include <thread>

#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using grpc::internal::RpcMethod;

// grpc.health.v1.Health/Check, whose protos Debian does not package: 1 SERVING, 2 NOT_SERVING, -1
// an error. HealthCheckRequest{string service = 1}, HealthCheckResponse{ServingStatus status = 1}.
int Health(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  const grpc::Slice empty("", 0);
  const grpc::ByteBuffer request(&empty, 1);
  grpc::ByteBuffer response;
  const RpcMethod method("/grpc.health.v1.Health/Check", RpcMethod::NORMAL_RPC, channel);
  const auto status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel.get(), method, &context, request, &response);
  if (!status.ok()) return -1;
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(response.Dump(&slices).ok());
  std::string bytes;
  for (const auto& slice : slices) bytes.append(slice.begin(), slice.end());
  return bytes.size() == 2 && bytes[0] == 8 ? bytes[1] : 0;
}

// A channel that shares no connection with others.
grpc::ChannelArguments OwnConnection() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return arguments;
}

class ServerRpcTest : public RpcTest {
 protected:
  ServerRpcTest() { options_.reflection = true; }
};

// A unary call whose request is these very bytes.
grpc::Status CallWith(const std::shared_ptr<grpc::Channel>& channel, const char* name,
                      const std::string& bytes, grpc::ClientContext& context) {
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  const RpcMethod method(name, RpcMethod::NORMAL_RPC, channel);
  return grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel.get(), method, &context, request, &response);
}

// Field 1 of GetModelRequest, a text that ends in the middle of a character.
TEST_F(ServerRpcTest, RefusesBytesThatAreNoMessage) {
  for (const std::string bytes : {"\x0a\x02\xff\xfe", "\x0a\x7f", "\xff"}) {
    grpc::ClientContext context;
    EXPECT_TRUE(Refused(CallWith(channel_, "/ventral.v1.ModelService/GetModel", bytes, context),
                        grpc::StatusCode::INVALID_ARGUMENT, "no message of this method"));
  }
}

TEST_F(ServerRpcTest, UnpacksNothing) {
  const std::string packs_well(32 << 20, '\0');
  for (const auto algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    grpc::ClientContext context;
    context.set_compression_algorithm(algorithm);
    EXPECT_TRUE(
        Refused(CallWith(channel_, "/ventral.v1.ModelService/GetModel", packs_well, context),
                grpc::StatusCode::UNIMPLEMENTED, "is disabled"));
  }
}

TEST_F(ServerRpcTest, IsHealthy) { EXPECT_EQ(Health(channel_), 1); }

// The messages of the reflection service are linked in with it, without headers.
TEST_F(ServerRpcTest, TellsItsServicesByReflection) {
  using google::protobuf::Message;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  const auto make = [&](const std::string& name) {
    const auto* type = pool->FindMessageTypeByName("grpc.reflection.v1alpha." + name);
    return std::unique_ptr<Message>(type == nullptr ? nullptr : factory->GetPrototype(type)->New());
  };
  const auto request = make("ServerReflectionRequest");
  const auto response = make("ServerReflectionResponse");
  ASSERT_TRUE(request && response);
  const auto* field = request->GetDescriptor()->FindFieldByName("list_services");
  request->GetReflection()->SetString(request.get(), field, "*");

  grpc::ClientContext context;
  const RpcMethod method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                         RpcMethod::BIDI_STREAMING, channel_);
  const std::unique_ptr<grpc::ClientReaderWriter<Message, Message>> stream(
      grpc::internal::ClientReaderWriterFactory<Message, Message>::Create(channel_.get(), method,
                                                                          &context));
  ASSERT_TRUE(stream->Write(*request));
  ASSERT_TRUE(stream->WritesDone());
  ASSERT_TRUE(stream->Read(response.get()));
  ASSERT_TRUE(stream->Finish().ok());

  const std::string told = response->DebugString();
  for (const char* service : {"BlobService", "ModelService", "PackService", "JobService",
                              "ScoreService", "WorkerService", "WorkerPoolService"}) {
    EXPECT_NE(told.find("\"ventral.v1." + std::string(service) + "\""), std::string::npos) << told;
  }
}

TEST_F(ServerRpcTest, RefusesAPortThatAnotherServerHas) {
  auto options = options_;
  options.listen = server_->address();
  const auto second = service::Server::Start(options, *store_, *blobs_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(second.error().message.find(options.listen), std::string::npos);
}

TEST_F(ServerRpcTest, ListensOnAUnixSocket) {
  auto options = options_;
  options.listen = "unix:" + (folder_.path() / "socket").string();
  const auto server = service::Server::Start(options, *store_, *blobs_);
  ASSERT_TRUE(server.ok()) << server.error().ToString();
  EXPECT_EQ((*server)->address(), options.listen);
  EXPECT_EQ(Health(grpc::CreateChannel((*server)->address(), grpc::InsecureChannelCredentials())),
            1);
}

TEST_F(ServerRpcTest, LetsACallInFlightEndWhileItDrains) {
  grpc::ClientContext context;
  v1::UploadBlobResponse response;
  const auto writer = blob_->UploadBlob(&context, &response);
  v1::UploadBlobRequest message;
  message.mutable_declaration()->set_sha256(
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");  // of "hello"
  message.mutable_declaration()->set_size_bytes(5);
  ASSERT_TRUE(writer->Write(message));
  ASSERT_TRUE(Eventually([&] {
    return !std::filesystem::is_empty(folder_.path() / "blobs" / "incoming");
  })) << "the upload has begun";
  std::thread draining([&] { server_->Drain(std::chrono::seconds(30)); });
  EXPECT_TRUE(Eventually([&] {
    const auto late = grpc::CreateCustomChannel(
        server_->address(), grpc::InsecureChannelCredentials(), OwnConnection());
    return Health(late) == -1;
  })) << "no new client gets in";
  message.set_chunk("hello");
  ASSERT_TRUE(writer->Write(message));
  ASSERT_TRUE(writer->WritesDone());
  EXPECT_TRUE(writer->Finish().ok());
  draining.join();
}

TEST_F(ServerRpcTest, CancelsWhatOutlastsItsPatience) {
  grpc::ClientContext context;
  v1::UploadBlobResponse response;
  const auto writer = blob_->UploadBlob(&context, &response);
  v1::UploadBlobRequest message;
  message.mutable_declaration()->set_sha256(std::string(64, 'a'));
  message.mutable_declaration()->set_size_bytes(5);
  ASSERT_TRUE(writer->Write(message));
  ASSERT_TRUE(Eventually(
      [&] { return !std::filesystem::is_empty(folder_.path() / "blobs" / "incoming"); }));
  server_->Drain(std::chrono::milliseconds(10));
  EXPECT_FALSE(writer->Finish().ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "blobs" / "incoming"));
}

class SickRpcTest : public RpcTest {
 protected:
  SickRpcTest() : SickRpcTest(std::make_unique<TestCluster>()) {}
  std::unique_ptr<TestCluster> cluster_;

 private:
  explicit SickRpcTest(std::unique_ptr<TestCluster> cluster)
      : RpcTest(cluster->connection()), cluster_(std::move(cluster)) {}
};

TEST_F(SickRpcTest, IsNotServingWhilePostgresIsAway) {
  EXPECT_TRUE(Eventually([&] { return Health(channel_) == 1; }));
  cluster_->Stop();
  EXPECT_TRUE(Eventually([&] { return Health(channel_) == 2; }));
  cluster_->Start();
  EXPECT_TRUE(Eventually([&] { return Health(channel_) == 1; }));
  MakeModel("after");
}

}  // namespace
}  // namespace ventral::testing
