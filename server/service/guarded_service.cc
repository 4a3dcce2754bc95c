#include "server/service/guarded_service.h"

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/method_handler.h>

#include <deque>
#include <limits>
#include <optional>

#include "server/service/reply.h"
#include "server/service/unread_request.h"

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

google::protobuf::MessageLite* RequestOf(const MethodHandler::HandlerParameter& call) {
  return static_cast<google::protobuf::MessageLite*>(call.request);
}

void Refuse(const MethodHandler::HandlerParameter& call, const grpc::Status& status) {
  // It lies in the call's arena, and the handler that would have destroyed it is not run.
  if (call.request != nullptr) RequestOf(call)->~MessageLite();
  if (!status.error_details().empty())
    call.server_context->AddTrailingMetadata(kDetails, status.error_details());
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return End<grpc::StatusCode::INVALID_ARGUMENT>(call, status);
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return End<grpc::StatusCode::RESOURCE_EXHAUSTED>(call, status);
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

// Of a call that is refused, so much is read for the audit log's sake.
constexpr std::size_t kSmall = 64 << 10;

// Bytes. What people ask is short; a report, or the list of a pack's files, is not.
std::size_t LargestRequest(store::Role role) {
  switch (role) {
    case store::Role::kReader:
      return 256 << 10;
    case store::Role::kSubmitter:
      return 4 << 20;
    case store::Role::kPublisher:
    case store::Role::kWorker:
    case store::Role::kAdmin:
      break;
  }
  return std::numeric_limits<std::size_t>::max();  // gRPC's own limit counts
}

class GuardedHandler final : public MethodHandler {
 public:
  // `calls`: nullptr where they are not counted.
  GuardedHandler(MethodHandler& handler, MethodAccess access, const Gate& gate, Places* calls)
      : handler_(handler), access_(std::move(access)), gate_(gate), calls_(calls) {}

  void RunHandler(const HandlerParameter& call) override {
    CallerScope scope;
    UnreadRequest unread = UnreadRequest::Take();
    Admission admission = gate_.Admit(*call.server_context, access_);
    const bool known = !admission.caller.user.empty();
    scope.Is(std::move(admission.caller));
    if (!admission.status.ok()) {
      if (known && unread && unread.bytes() <= kSmall) (void)unread.ReadInto(*RequestOf(call));
      return Refuse(call, admission.status);
    }
    std::optional<Places::Place> place;
    if (calls_ != nullptr) place.emplace(*calls_);
    if (place && !place->held()) return Refuse(call, Busy(*place));
    if (unread && !unread.ReadInto(*RequestOf(call)))
      return Refuse(call, {grpc::StatusCode::INVALID_ARGUMENT, kNoMessage});
    handler_.RunHandler(call);
  }

  // Makes an empty message, which RunHandler fills.
  void* Deserialize(grpc_call* call, grpc_byte_buffer* request, grpc::Status* status,
                    void** data) override {
    if (request == nullptr) return handler_.Deserialize(call, request, status, data);
    const std::size_t bytes = grpc_byte_buffer_length(request), most = LargestRequest(access_.role);
    UnreadRequest::Keep(request);
    void* const message =
        handler_.Deserialize(call, grpc_raw_byte_buffer_create(nullptr, 0), status, data);
    if (bytes <= most) return message;
    UnreadRequest::Take();
    *status = {grpc::StatusCode::RESOURCE_EXHAUSTED, "the request has " + std::to_string(bytes) +
                                                         " bytes; this method takes at most " +
                                                         std::to_string(most)};
    static_cast<google::protobuf::MessageLite*>(message)->~MessageLite();
    return nullptr;
  }

 private:
  static grpc::Status Busy(const Places::Place& place) {
    return BusyStatus(
        "the server has too many calls now: " + place.refusal() + "; try again in a moment",
        std::chrono::seconds(1));
  }

  MethodHandler& handler_;
  const MethodAccess access_;
  const Gate& gate_;
  Places* const calls_;
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
           const Gate& gate, Places& calls) {
    paths_.push_back(access.method);  // gRPC keeps the pointer
    const RpcMethod::RpcType type = TypeOf(method);
    // Streams have places of their own, and a worker must always be heard.
    const bool counts = type == RpcMethod::NORMAL_RPC && access.role != store::Role::kWorker;
    AddMethod(new grpc::internal::RpcServiceMethod(
        paths_.back().c_str(), type,
        new GuardedHandler(HandlerOf(handlers, method.index()), std::move(access), gate,
                           counts ? &calls : nullptr)));
  }

 private:
  std::deque<std::string> paths_;
};

}  // namespace

Result<std::unique_ptr<grpc::Service>> GuardService(grpc::Service& handlers,
                                                    const std::string& name, const Gate& gate,
                                                    Places& calls) {
  const auto* described =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
  if (described == nullptr) return Internal("there is no service " + name);
  return GuardService(handlers, *described, gate, calls);
}

Result<std::unique_ptr<grpc::Service>> GuardService(
    grpc::Service& handlers, const google::protobuf::ServiceDescriptor& described, const Gate& gate,
    Places& calls) {
  auto guarded = std::make_unique<GuardedService>();
  for (int i = 0; i < described.method_count(); ++i) {
    const MethodDescriptor& method = *described.method(i);
    VENTRAL_ASSIGN_OR_RETURN(MethodAccess access, AccessOf(method));
    guarded->Add(method, handlers, std::move(access), gate, calls);
  }
  return std::unique_ptr<grpc::Service>(std::move(guarded));
}

}  // namespace ventral::service
