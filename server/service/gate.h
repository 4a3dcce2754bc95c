// Who is let in to which method.
#ifndef VENTRAL_SERVER_SERVICE_GATE_H_
#define VENTRAL_SERVER_SERVICE_GATE_H_

#include <grpcpp/server_context.h>

#include "server/service/caller.h"
#include "server/service/method_access.h"
#include "server/service/refused_tokens.h"
#include "server/store/accounts.h"

namespace ventral::service {

struct GateOptions {
  bool accounts = true;              // false: everyone may do everything
  bool anonymous_reading = false;    // without a token, one may do what a reader may, but for what
                                     // is for members only
  bool worker_certificates = false;  // a worker shows a client certificate beside its token
};

struct Admission {
  Caller caller;
  grpc::Status status;  // OK: let in
};

class Gate {
 public:
  // Both outlive it.
  Gate(store::Accounts& accounts, store::AuditLog& audit, GateOptions options)
      : accounts_(accounts), refused_(audit), options_(options) {}

  // UNAUTHENTICATED: no token, or one that lets nobody in (says why; `caller` is whose it is, and
  // the audit log tells it). PERMISSION_DENIED: the user's role is another (names both), or a
  // worker shows no certificate. UNAVAILABLE: the database is away.
  Admission Admit(const grpc::ServerContextBase& context, const MethodAccess& access) const;

 private:
  Admission WithToken(const grpc::ServerContextBase& context, std::string_view authorization,
                      const MethodAccess& access) const;

  // Of a token that is known and lets nobody in.
  Admission Turned(const grpc::ServerContextBase& context, const Digest& digest, const Error& why,
                   const MethodAccess& access) const;

  store::Accounts& accounts_;
  mutable RefusedTokens refused_;
  const GateOptions options_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_GATE_H_
