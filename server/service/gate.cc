#include "server/service/gate.h"

#include "server/service/peer.h"
#include "server/service/reply.h"
#include "server/service/secret.h"

namespace ventral::service {
namespace {

std::string_view Authorization(const grpc::ServerContextBase& context) {
  const auto found = context.client_metadata().find("authorization");
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

bool ShowsCertificate(const grpc::ServerContextBase& context) {
  const auto peer = context.auth_context();
  return peer != nullptr && peer->IsPeerAuthenticated();
}

// "ventral.v1.JobService.CancelJob" → "CancelJob".
std::string ShortName(const std::string& method) { return method.substr(method.rfind('/') + 1); }

grpc::Status NoToken(const MethodAccess& access) {
  return UnauthenticatedStatus(
      ShortName(access.method) +
      " wants a token: set VENTRAL_TOKEN or VENTRAL_TOKEN_FILE, or write token_file = FILE into "
      "the "
      "configuration file; an admin makes tokens with 'ventral admin token create'");
}

std::string AnA(std::string_view role) {
  return (role == "admin" ? "an " : "a ") + std::string(role);
}

grpc::Status Denied(const std::string& message) {
  return ToGrpcStatus({ErrorCode::kPermission, message, {}}, ConflictMeans::kWrongState, "", "");
}

grpc::Status WrongRole(const store::UserRow& user, const MethodAccess& access) {
  return Denied("user " + user.id + " is " + AnA(store::RoleName(user.role)) + ", and " +
                ShortName(access.method) + " wants " + AnA(store::RoleName(access.role)) +
                (access.role == store::Role::kWorker ? "'s token" : "") +
                "; an admin can change that");
}

}  // namespace

Admission Gate::Admit(const grpc::ServerContextBase& context, const MethodAccess& access) const {
  if (!options_.accounts) return {{"", "", true}, grpc::Status::OK};
  const std::string_view authorization = Authorization(context);
  if (!authorization.empty()) return WithToken(context, authorization, access);
  const bool open = access.role == store::Role::kReader && !access.members_only;
  if (options_.anonymous_reading && open) return {};
  return {{}, NoToken(access)};
}

Admission Gate::WithToken(const grpc::ServerContextBase& context, std::string_view authorization,
                          const MethodAccess& access) const {
  const auto digest = DigestOfBearer(authorization);
  if (!digest) {
    return {{},
            UnauthenticatedStatus("what was sent is no token of Ventral: it begins with '" +
                                  std::string(kSecretPrefix) + "'")};
  }
  const auto holder = accounts_.UseToken(*digest);
  if (!holder.ok()) {
    if (holder.error().code == ErrorCode::kPermission) {
      return Turned(context, *digest, holder.error(), access);
    }
    return {{}, Finish(holder.error(), {})};
  }
  Admission admission{{holder->user.id, holder->token, holder->user.role == store::Role::kAdmin},
                      grpc::Status::OK};
  if (!store::Includes(holder->user.role, access.role)) {
    admission.status = WrongRole(holder->user, access);
  } else if (access.role == store::Role::kWorker && options_.worker_certificates &&
             !ShowsCertificate(context)) {
    admission.status = Denied(
        "workers show a certificate here, beside their token: give --tls-cert and --tls-key");
  }
  return admission;
}

Admission Gate::Turned(const grpc::ServerContextBase& context, const Digest& digest,
                       const Error& why, const MethodAccess& access) const {
  Admission admission{{}, UnauthenticatedStatus(why.message)};
  const auto holder = accounts_.HolderOf(digest);
  if (!holder.ok()) return admission;
  admission.caller = {holder->user.id, holder->token};
  refused_.Shown(admission.caller, access.method, PeerOf(context));
  return admission;
}

}  // namespace ventral::service
