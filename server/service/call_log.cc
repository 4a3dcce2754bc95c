#include "server/service/call_log.h"

#include <grpcpp/server_context.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <string>

#include "server/service/audit.h"
#include "server/service/caller.h"
#include "server/service/code_name.h"
#include "server/service/log_text.h"
#include "server/service/peer.h"
#include "server/service/unread_request.h"

namespace ventral::service {
namespace {

using grpc::experimental::InterceptionHookPoints;

// Workers ask these every few seconds: not worth a line at the usual level.
bool IsRoutine(const std::string& method) {
  return method.ends_with("/LeaseJob") || method.ends_with("/Heartbeat") ||
         method.ends_with("/Check") || method.ends_with("/GetJob");
}

class CallLog final : public grpc::experimental::Interceptor {
 public:
  CallLog(const grpc::ServerContextBase& context, std::string method)
      : context_(context), method_(std::move(method)) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE)) {
      UnreadRequest::WhenRead(methods->GetRecvMessage(),
                              [this](const void* message) { Note(message); });
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_MESSAGE)) {
      Note(methods->GetSendMessage());
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      Write(methods->GetSendStatus());
    }
    methods->Proceed();
  }

 private:
  // What was asked for, unless the answer names what was made or handed out. Other services'
  // messages (health's) are no protobuf messages.
  void Note(const void* message) {
    if (!method_.starts_with("/ventral.")) return;
    std::string resource = ResourceOf(message);
    if (!resource.empty()) resource_ = std::move(resource);
  }
  void Write(const grpc::Status& status) const {
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - start_;
    const Caller& caller = CurrentCaller();
    // Words of strangers would fill the log.
    const bool about = !resource_.empty() && (!caller.user.empty() || caller.is_admin);
    const bool leased = method_.ends_with("/LeaseJob") && !resource_.empty();
    const bool routine = status.ok() && IsRoutine(method_) && !leased;
    spdlog::log(routine ? spdlog::level::debug : spdlog::level::info,
                "request={} {} {} {:.1f} ms{}{}{}{}{}{}{}{}{}", caller.request, method_,
                CodeName(status.error_code()), taken.count(), caller.user.empty() ? "" : " by ",
                caller.user, about ? " on " : "", about ? OneLine(resource_) : "",
                caller.attempt.empty() ? "" : " ", caller.attempt, From(status.error_code()),
                status.ok() ? "" : ": ", OneLine(status.error_message()));
  }
  // Of who was refused one wants to know where that was.
  std::string From(grpc::StatusCode code) const {
    const bool refused =
        code == grpc::StatusCode::UNAUTHENTICATED || code == grpc::StatusCode::PERMISSION_DENIED;
    return refused ? " from " + PeerOf(context_) : "";
  }

  const grpc::ServerContextBase& context_;
  const std::string method_;
  std::string resource_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

class CallLogFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    return new CallLog(*info->server_context(), info->method());
  }
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallLog() {
  return std::make_unique<CallLogFactory>();
}

}  // namespace ventral::service
