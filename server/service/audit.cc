#include "server/service/audit.h"

#include <grpcpp/server_context.h>
#include <spdlog/spdlog.h>

#include <map>

#include "server/service/caller.h"
#include "server/service/code_name.h"
#include "server/service/log_text.h"
#include "server/service/method_access.h"
#include "server/service/once_a_minute.h"
#include "server/service/peer.h"
#include "server/service/secret.h"
#include "server/service/unread_request.h"
#include "server/store/text.h"

namespace ventral::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using grpc::experimental::InterceptionHookPoints;

// What names a resource, nearest first, and what stands before it in the resource's name.
constexpr std::pair<const char*, const char*> kNaming[] = {
    {"name", ""},         {"job", ""},           {"parent", ""},
    {"checkpoint", ""},   {"model", ""},         {"pack", ""},
    {"sha256", "blobs/"}, {"user_id", "users/"}, {"model_id", "models/"}};
constexpr std::size_t kLongestResource = 400;  // bytes

std::string TextOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) {
    return {};
  }
  return message.GetReflection()->GetString(message, field);
}

class Audit final : public grpc::experimental::Interceptor {
 public:
  Audit(const grpc::ServerContextBase& context, std::string method, store::AuditLog& log,
        OnceAMinute& failures, bool accounts)
      : context_(context),
        method_(std::move(method)),
        log_(log),
        failures_(failures),
        accounts_(accounts) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE)) {
      UnreadRequest::WhenRead(methods->GetRecvMessage(), [this](const void* message) {
        if (resource_.empty()) resource_ = ResourceOf(message);
      });
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_MESSAGE)) {
      const std::string made = ResourceOf(methods->GetSendMessage());
      if (!made.empty()) resource_ = made;
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      const grpc::StatusCode code = methods->GetSendStatus().error_code();
      if (IsWorthAnEvent(code)) Write(code);
    }
    methods->Proceed();
  }

 private:
  bool IsWorthAnEvent(grpc::StatusCode code) const {
    if (code == grpc::StatusCode::UNAUTHENTICATED) return false;  // RefusedTokens tells those known
    if (accounts_ && CurrentCaller().user.empty()) return false;
    // A worker that asks for a job every few seconds does nothing while there is none, or no
    // database.
    const bool nothing_done = code == grpc::StatusCode::OK || code == grpc::StatusCode::UNAVAILABLE;
    if (method_.ends_with("/LeaseJob") && resource_.empty() && nothing_done) return false;
    return code == grpc::StatusCode::OK ||
           failures_.IsNews(CurrentCaller().user + "\n" + method_ + "\n" + CodeName(code));
  }

  void Write(grpc::StatusCode code) const {
    const Caller& caller = CurrentCaller();
    store::AuditRow event;
    event.user = caller.user;
    event.token = caller.token;
    event.method = method_;
    event.resource = resource_;
    event.outcome = CodeName(code);
    event.peer = PeerOf(context_);
    const Status written = log_.Append(event);
    if (written.ok()) return;
    spdlog::error("audit event not stored: user={} token={} {} {} {} from {}: {}", event.user,
                  event.token, event.method, OneLine(event.resource), event.outcome, event.peer,
                  OneLine(written.error().ToString()));
  }

  const grpc::ServerContextBase& context_;
  const std::string method_;
  store::AuditLog& log_;
  OnceAMinute& failures_;
  const bool accounts_;
  std::string resource_;
};

class AuditFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  AuditFactory(store::AuditLog& log, bool accounts) : log_(log), accounts_(accounts) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    if (!IsAudited(info->method())) return nullptr;
    return new Audit(*info->server_context(), info->method(), log_, failures_, accounts_);
  }

 private:
  // "/ventral.v1.JobService/CancelJob"
  static bool IsAudited(std::string method) {
    method.erase(0, 1);
    if (const auto slash = method.find('/'); slash != std::string::npos) method[slash] = '.';
    const auto* found =
        google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(method);
    return found != nullptr && found->options().GetExtension(v1::access).audited();
  }

  store::AuditLog& log_;
  OnceAMinute failures_;
  const bool accounts_;
};

}  // namespace

std::string ResourceIn(const Message& message) {
  for (const auto& [field, before] : kNaming) {
    const std::string text = TextOf(message, field);
    if (text.empty()) continue;
    return store::CleanText(before + WithoutSecrets(text), kLongestResource, store::Keep::kStart);
  }
  std::vector<const FieldDescriptor*> present;
  message.GetReflection()->ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string inner = ResourceIn(message.GetReflection()->GetMessage(message, field));
    if (!inner.empty()) return inner;
  }
  return {};
}

std::string ResourceOf(const void* given) {
  if (given == nullptr) return {};
  const auto* message =
      dynamic_cast<const Message*>(static_cast<const google::protobuf::MessageLite*>(given));
  return message == nullptr ? "" : ResourceIn(*message);
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeAudit(
    store::AuditLog& log, bool accounts) {
  return std::make_unique<AuditFactory>(log, accounts);
}

}  // namespace ventral::service
