// Every method of every service against every role, and what a refusal leaves behind.
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/sync_stream.h>

#include <filesystem>
#include <set>

#include "scoring/base/digest.h"
#include "server/service/guarded_service.h"
#include "tests/rpc/access_fixture.h"
#include "ventral/v1/access.pb.h"

namespace ventral::testing {
namespace {

using google::protobuf::MethodDescriptor;
using store::Role;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Of all the protos that there are.
std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  const std::filesystem::path folder = VENTRAL_SOURCE_DIR "/proto";
  for (const auto& entry : std::filesystem::directory_iterator(folder / "ventral/v1")) {
    const std::string name = std::filesystem::relative(entry.path(), folder).string();
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    EXPECT_NE(file, nullptr) << name << " is not in this program";
    for (int s = 0; file != nullptr && s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

// How a call with an empty request ends. On the wire, a call of any kind is two streams.
grpc::Status Try(const MethodDescriptor& method, const std::shared_ptr<grpc::Channel>& channel) {
  const std::string path = "/" + method.service()->full_name() + "/" + method.name();
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING,
                                      channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  using Stream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  const std::unique_ptr<Stream> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          channel.get(), rpc, &context));
  const grpc::Slice empty("", 0);
  stream->Write(grpc::ByteBuffer(&empty, 1));
  stream->WritesDone();
  grpc::ByteBuffer answer;
  while (stream->Read(&answer)) answer.Clear();
  return stream->Finish();
}

TEST_F(AccessRpcTest, EveryMethodLetsInJustTheRolesThatItStates) {
  std::vector<std::optional<Role>> callers(store::kRoles.begin(), store::kRoles.end());
  callers.push_back(std::nullopt);
  const auto methods = AllMethods();
  EXPECT_GT(methods.size(), 30u);
  for (const auto& caller : callers) {
    const auto channel = ChannelWith(caller ? secrets_.at(*caller) : "");
    for (const MethodDescriptor* method : methods) {
      const auto access = service::AccessOf(*method);
      ASSERT_TRUE(access.ok()) << access.error().message;
      const grpc::Status status = Try(*method, channel);
      const std::string what = std::string(caller ? store::RoleName(*caller) : "nobody") +
                               " calls " + method->full_name() + ": " + status.error_message();
      EXPECT_NE(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << what;
      const bool refused = status.error_code() == grpc::StatusCode::UNAUTHENTICATED ||
                           status.error_code() == grpc::StatusCode::PERMISSION_DENIED;
      if (caller && store::Includes(*caller, access->role)) {
        EXPECT_FALSE(refused) << what;
      } else {
        EXPECT_EQ(status.error_code(),
                  caller ? grpc::StatusCode::PERMISSION_DENIED : grpc::StatusCode::UNAUTHENTICATED)
            << what;
        EXPECT_EQ(ReasonIn(status), caller ? "PERMISSION" : "UNAUTHENTICATED") << what;
      }
    }
  }
}

// What a reader may do changes nothing, and what changes something is audited.
TEST(AccessOptions, FitTheMethodsNames) {
  const auto reads = [](const std::string& name) {
    for (const char* verb : {"Get", "List", "Watch", "Compare", "Find", "Fetch", "Query"}) {
      if (name.starts_with(verb)) return true;
    }
    return false;
  };
  // It only keeps what LeaseJob, which is audited, gave.
  const std::set<std::string> exceptions = {"Heartbeat"};
  for (const MethodDescriptor* method : AllMethods()) {
    const auto access = service::AccessOf(*method);
    ASSERT_TRUE(access.ok()) << access.error().message;
    EXPECT_TRUE(access->role != Role::kReader || reads(method->name())) << method->full_name();
    if (exceptions.contains(method->name())) continue;
    EXPECT_NE(access->audited, reads(method->name())) << method->full_name();
  }
}

TEST_F(AccessRpcTest, AMethodThatStatesNoneKeepsTheServerFromStarting) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("new.proto");
  file.set_package("new");
  file.add_message_type()->set_name("Empty");
  auto* service = file.add_service();
  service->set_name("NewService");
  auto* method = service->add_method();
  method->set_name("Forgotten");
  method->set_input_type("new.Empty");
  method->set_output_type("new.Empty");
  google::protobuf::DescriptorPool pool;
  const auto* built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  // Server::Start ends with the first error of this.
  const service::Gate gate(store_->accounts(), store_->audit(), {});
  service::Places calls(1);
  grpc::Service handlers;
  const auto guarded = service::GuardService(handlers, *built->service(0), gate, calls);
  ASSERT_FALSE(guarded.ok());
  EXPECT_THAT(guarded.error().message, HasSubstr("new.NewService.Forgotten"));
}

// A token on its way to this machine would cross the network to the proxy, in the clear.
TEST_F(AccessRpcTest, NoProxyIsAskedForThisMachine) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("no_proxy", "", 1);
  Become(Role::kReader);
  v1::ListModelsResponse models;
  const auto status = Call(*model_, &ModelStub::ListModels, v1::ListModelsRequest(), &models);
  unsetenv("http_proxy");
  unsetenv("no_proxy");
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(AccessRpcTest, ARefusalLeavesNothingBehind) {
  for (const auto role : {std::optional<Role>(Role::kReader), std::optional<Role>()}) {
    Become(role);
    v1::CreateModelRequest request;
    request.mutable_model()->set_model_id("sneaked-in");
    v1::Model model;
    EXPECT_FALSE(Call(*model_, &ModelStub::CreateModel, request, &model).ok());
    v1::UploadBlobResponse uploaded;
    EXPECT_FALSE(TryUpload(DigestOf("bytes").hex(), 5, {"bytes"}, &uploaded).ok());
  }
  EXPECT_EQ(store_->CatalogueFor(store::Everything())->GetModel("sneaked-in").error().code,
            ErrorCode::kNotFound);
  EXPECT_FALSE(blobs_->Contains(DigestOf("bytes")));
  Become(Role::kSubmitter);
  MakeModel("let-in");
  Upload("bytes");
  EXPECT_TRUE(store_->CatalogueFor(store::Everything())->GetModel("let-in").ok());
  EXPECT_TRUE(blobs_->Contains(DigestOf("bytes")));
}

TEST_F(AccessRpcTest, SaysWhyATokenIsRefused) {
  const auto refusal = [this](const std::string& authorization) {
    grpc::ClientContext context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    v1::ListModelsResponse models;
    return model_->ListModels(&context, {}, &models);
  };
  using grpc::StatusCode::UNAUTHENTICATED;
  EXPECT_TRUE(Refused(refusal(""), UNAUTHENTICATED, "ListModels wants a token: set VENTRAL_TOKEN"));
  const std::string secret = secrets_.at(Role::kReader);
  for (const std::string& bad : {secret, "Basic " + secret, std::string("Bearer "),
                                 "Bearer " + secret + "0", std::string("Bearer x")}) {
    const auto status = refusal(bad);
    EXPECT_TRUE(Refused(status, UNAUTHENTICATED, "no token of Ventral"));
    EXPECT_EQ(status.error_message().find(secret.substr(10)), std::string::npos);
  }
  EXPECT_TRUE(Refused(refusal("Bearer " + service::NewSecret().value()), UNAUTHENTICATED,
                      "the token is not known here"));
  EXPECT_TRUE(refusal("Bearer " + secret).ok());
  ASSERT_TRUE(store_->accounts().Disable("reader").ok());
  EXPECT_TRUE(Refused(refusal("Bearer " + secret), UNAUTHENTICATED, "user reader is disabled"));
}

TEST_F(AccessRpcTest, NamesBothRolesWhereOneDoesNotDo) {
  Become(Role::kReader);
  v1::Model model;
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateModel, v1::CreateModelRequest(), &model),
                      grpc::StatusCode::PERMISSION_DENIED,
                      "user reader is a reader, and CreateModel wants a submitter"));
  Become(Role::kAdmin);
  v1::LeaseJobResponse lease;
  EXPECT_TRUE(Refused(Call(*worker_, &WorkerStub::LeaseJob, v1::LeaseJobRequest(), &lease),
                      grpc::StatusCode::PERMISSION_DENIED,
                      "user admin is an admin, and LeaseJob wants a worker's token"));
}

TEST_F(AccessRpcTest, ARoleThatChangesCountsAtOnce) {
  Become(Role::kReader);
  v1::CreateModelRequest request;
  request.mutable_model()->set_model_id("m");
  v1::Model model;
  EXPECT_FALSE(Call(*model_, &ModelStub::CreateModel, request, &model).ok());
  ASSERT_TRUE(store_->accounts().SetRole("reader", Role::kSubmitter).ok());
  EXPECT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &model).ok());
}

class AnonymousRpcTest : public AccessRpcTest {
 protected:
  AnonymousRpcTest() { options_.anonymous_reading = true; }
};

TEST_F(AnonymousRpcTest, NobodyMayReadAndNoMore) {
  const auto channel = ChannelWith("");
  std::set<std::string> members_only;
  for (const MethodDescriptor* method : AllMethods()) {
    const auto access = service::AccessOf(*method).value();
    const bool reading = access.role == Role::kReader && !access.members_only;
    EXPECT_EQ(Try(*method, channel).error_code() == grpc::StatusCode::UNAUTHENTICATED, !reading)
        << method->full_name();
    if (access.members_only) members_only.insert(method->name());
  }
  EXPECT_THAT(members_only, ::testing::ElementsAre("FetchGrams", "ListJobAttempts", "ListWorkers"))
      << "logs of attempts, machines, and what can be a gigabyte";
  CallOver(ChannelWith(service::NewSecret().value()));
  v1::ListModelsResponse models;
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::ListModels, v1::ListModelsRequest(), &models),
                      grpc::StatusCode::UNAUTHENTICATED, "not known"))
      << "who shows a token that lets nobody in hears of it";
}

TEST(Secret, HasTwoHundredAndFiftySixBits) {
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) secrets.insert(service::NewSecret().value());
  EXPECT_EQ(secrets.size(), 100u);
  for (const auto& secret : secrets) {
    EXPECT_EQ(secret.size(), service::kSecretPrefix.size() + 64);
    EXPECT_EQ(service::DigestOfBearer("Bearer " + secret), DigestOf(secret));
  }
}

}  // namespace
}  // namespace ventral::testing
