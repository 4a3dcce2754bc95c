#include "server/service/guarded_service.h"

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/method_handler.h>

#include <deque>

namespace ventral::service {
namespace {

using google::protobuf::MethodDescriptor;
using grpc::internal::MethodHandler;
using grpc::internal::RpcMethod;

constexpr char kDetails[] = "grpc-status-details-bin";

// gRPC's own way to end a call whose handler is not run, for a call of any kind.
template <grpc::StatusCode code>
void End(const MethodHandler::HandlerParameter& call, const grpc::Status& status) {
  grpc::internal::ErrorMethodHandler<code>(status.error_message()).RunHandler(call);
}

void Refuse(const MethodHandler::HandlerParameter& call, const grpc::Status& status) {
  // It lies in the call's arena, and the handler that would have destroyed it is not run.
  if (call.request != nullptr) {
    static_cast<google::protobuf::MessageLite*>(call.request)->~MessageLite();
  }
  call.server_context->AddTrailingMetadata(kDetails, status.error_details());
  switch (status.error_code()) {
    case grpc::StatusCode::UNAUTHENTICATED:
      return End<grpc::StatusCode::UNAUTHENTICATED>(call, status);
    case grpc::StatusCode::PERMISSION_DENIED:
      return End<grpc::StatusCode::PERMISSION_DENIED>(call, status);
    case grpc::StatusCode::UNAVAILABLE:
      return End<grpc::StatusCode::UNAVAILABLE>(call, status);
    default:
      return End<grpc::StatusCode::INTERNAL>(call, status);
  }
}

constexpr char kNoMessage[] =
    "the request is no message of this method: its bytes cannot be read, or a text in it is no "
    "UTF-8";

// gRPC calls it INTERNAL, as it does a request that broke off, which is told apart by its words.
bool IsNoMessage(const grpc::Status& read) {
  return read.error_code() == grpc::StatusCode::INTERNAL && read.error_message().empty();
}

class GuardedHandler final : public MethodHandler {
 public:
  GuardedHandler(MethodHandler& handler, MethodAccess access, const Gate& gate)
      : handler_(handler), access_(std::move(access)), gate_(gate) {}

  void RunHandler(const HandlerParameter& call) override {
    CallerScope scope;
    Admission admission = gate_.Admit(*call.server_context, access_);
    scope.Is(std::move(admission.caller));
    if (!admission.status.ok()) return Refuse(call, admission.status);
    handler_.RunHandler(call);
  }

  void* Deserialize(grpc_call* call, grpc_byte_buffer* request, grpc::Status* status,
                    void** data) override {
    void* const message = handler_.Deserialize(call, request, status, data);
    if (IsNoMessage(*status)) *status = {grpc::StatusCode::INVALID_ARGUMENT, kNoMessage};
    return message;
  }

 private:
  MethodHandler& handler_;
  const MethodAccess access_;
  const Gate& gate_;
};

RpcMethod::RpcType TypeOf(const MethodDescriptor& method) {
  if (method.client_streaming()) {
    return method.server_streaming() ? RpcMethod::BIDI_STREAMING : RpcMethod::CLIENT_STREAMING;
  }
  return method.server_streaming() ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC;
}

class GuardedService final : public grpc::Service {
 public:
  // gRPC lets only a service itself see its handlers.
  static MethodHandler& HandlerOf(grpc::Service& service, int index) {
    return *(service.*(&GuardedService::GetHandler))(index);
  }

  void Add(const MethodDescriptor& method, grpc::Service& handlers, MethodAccess access,
           const Gate& gate) {
    paths_.push_back(access.method);  // gRPC keeps the pointer
    AddMethod(new grpc::internal::RpcServiceMethod(
        paths_.back().c_str(), TypeOf(method),
        new GuardedHandler(HandlerOf(handlers, method.index()), std::move(access), gate)));
  }

 private:
  std::deque<std::string> paths_;
};

}  // namespace

Result<std::unique_ptr<grpc::Service>> GuardService(grpc::Service& handlers,
                                                    const std::string& name, const Gate& gate) {
  const auto* described =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
  if (described == nullptr) return Internal("there is no service " + name);
  return GuardService(handlers, *described, gate);
}

Result<std::unique_ptr<grpc::Service>> GuardService(
    grpc::Service& handlers, const google::protobuf::ServiceDescriptor& described,
    const Gate& gate) {
  auto guarded = std::make_unique<GuardedService>();
  for (int i = 0; i < described.method_count(); ++i) {
    const MethodDescriptor& method = *described.method(i);
    VENTRAL_ASSIGN_OR_RETURN(MethodAccess access, AccessOf(method));
    guarded->Add(method, handlers, std::move(access), gate);
  }
  return std::unique_ptr<grpc::Service>(std::move(guarded));
}

}  // namespace ventral::service
