// Before a handler is run: who has a place, and what of a request is read.
#include <grpc/slice.h>

#include <atomic>
#include <latch>
#include <thread>

#include "server/service/guarded_service.h"
#include "server/service/unread_request.h"
#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::HasSubstr;

// Answers nobody before `go`.
class SlowModels final : public v1::ModelService::Service {
 public:
  grpc::Status GetModel(grpc::ServerContext*, const v1::GetModelRequest*, v1::Model*) override {
    ++running;
    go.wait();
    return grpc::Status::OK;
  }
  std::atomic<int> running = 0;
  std::latch go{1};
};

class GuardedTest : public AccessRpcTest {
 protected:
  grpc::Status Ask(const std::string& address, Role role) {
    Access access;
    access.token = secrets_.at(role);
    const auto models = v1::ModelService::NewStub(OpenChannel(address, access, {}));
    v1::Model model;
    grpc::ClientContext context;
    return models->GetModel(&context, {}, &model);
  }
};

TEST_F(GuardedTest, OneUserLeavesHalfOfTheCallsToOthers) {
  const service::Gate gate(store_->accounts(), store_->audit(), {});
  service::Places calls(3);
  SlowModels slow;
  auto guarded =
      service::GuardService(slow, v1::ModelService::service_full_name(), gate, calls).value();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(guarded.get());
  const auto server = builder.BuildAndStart();
  const std::string address = "127.0.0.1:" + std::to_string(port);
  std::vector<std::thread> waiting;
  const auto ask = [&](Role role) {
    waiting.emplace_back([&, role] { EXPECT_TRUE(Ask(address, role).ok()); });
  };
  ask(Role::kReader);
  ask(Role::kReader);
  EXPECT_TRUE(Eventually([&] { return slow.running == 2; }));
  const auto refused = Ask(address, Role::kReader);
  EXPECT_EQ(refused.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("you have 2 of its 3 places"));
  EXPECT_EQ(ReasonIn(refused), "BUSY");
  ask(Role::kSubmitter);
  EXPECT_TRUE(Eventually([&] { return slow.running == 3; }));
  slow.go.count_down();
  for (std::thread& thread : waiting) thread.join();
  EXPECT_TRUE(Ask(address, Role::kReader).ok());
}

TEST_F(GuardedTest, WhatReadersAskIsShort) {
  v1::ListModelsRequest request;
  request.set_page_token(std::string(300 << 10, 'x'));
  v1::ListModelsResponse models;
  for (const auto role : {std::optional<Role>(Role::kAdmin), std::optional<Role>()}) {
    Become(role);
    const auto status = Call(*model_, &ModelStub::ListModels, request, &models);
    EXPECT_EQ(status.error_code(), role ? grpc::RESOURCE_EXHAUSTED : grpc::UNAUTHENTICATED);
    const char* says = role ? "takes at most 262144" : "wants a token";
    EXPECT_THAT(status.error_message(), HasSubstr(says));
  }
}

grpc_byte_buffer* BytesOf(const google::protobuf::Message& message) {
  const std::string bytes = message.SerializeAsString();
  grpc_slice slice = grpc_slice_from_copied_buffer(bytes.data(), bytes.size());
  grpc_byte_buffer* made = grpc_raw_byte_buffer_create(&slice, 1);
  grpc_slice_unref(slice);
  return made;
}

TEST(UnreadRequestTest, IsToldOnceItIsRead) {
  v1::GetModelRequest request, read;
  request.set_name("models/m");
  service::UnreadRequest::Keep(BytesOf(request));
  std::vector<const void*> told;
  service::UnreadRequest::WhenRead(&read, [&](const void* message) { told.push_back(message); });
  EXPECT_TRUE(told.empty());
  service::UnreadRequest unread = service::UnreadRequest::Take();
  EXPECT_TRUE(unread);
  EXPECT_EQ(unread.bytes(), request.ByteSizeLong());
  EXPECT_TRUE(unread.ReadInto(read));
  EXPECT_EQ(read.name(), "models/m");
  EXPECT_EQ(told, std::vector<const void*>{&read});
  EXPECT_FALSE(service::UnreadRequest::Take()) << "it was taken";
}

TEST(UnreadRequestTest, WithoutOneAMessageIsToldAtOnce) {
  int told = 0;
  service::UnreadRequest::WhenRead(nullptr, [&](const void*) { ++told; });
  EXPECT_EQ(told, 1);
}

TEST(UnreadRequestTest, OfACallThatWasGivenUpNobodyIsTold) {
  v1::GetModelRequest request, read;
  service::UnreadRequest::Keep(BytesOf(request));
  service::UnreadRequest::WhenRead(nullptr, [](const void*) { ADD_FAILURE(); });
  service::UnreadRequest::Keep(BytesOf(request));
  EXPECT_TRUE(service::UnreadRequest::Take().ReadInto(read));
}

TEST(UnreadRequestTest, WhatIsNoMessageIsNotTold) {
  grpc_slice slice = grpc_slice_from_static_string("\x0a\x7f no such length");
  service::UnreadRequest::Keep(grpc_raw_byte_buffer_create(&slice, 1));
  service::UnreadRequest::WhenRead(nullptr, [](const void*) { ADD_FAILURE(); });
  v1::GetModelRequest read;
  EXPECT_FALSE(service::UnreadRequest::Take().ReadInto(read));
}

}  // namespace
}  // namespace ventral::testing
