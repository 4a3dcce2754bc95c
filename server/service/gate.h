// Who is let in to which method.
#ifndef VENTRAL_SERVER_SERVICE_GATE_H_
#define VENTRAL_SERVER_SERVICE_GATE_H_

#include <grpcpp/server_context.h>

#include "server/service/caller.h"
#include "server/service/method_access.h"
#include "server/store/accounts.h"

namespace ventral::service {

struct GateOptions {
  bool accounts = true;              // false: everyone may do everything
  bool anonymous_reading = false;    // without a token, one may do what a reader may
  bool worker_certificates = false;  // a worker shows a client certificate beside its token
};

struct Admission {
  Caller caller;
  grpc::Status status;  // OK: let in
};

class Gate {
 public:
  // `accounts` outlives it.
  Gate(store::Accounts& accounts, GateOptions options) : accounts_(accounts), options_(options) {}

  // UNAUTHENTICATED: no token, or one that lets nobody in (says why). PERMISSION_DENIED: the user's
  // role is another (names both), or a worker shows no certificate. UNAVAILABLE: the database is
  // away.
  Admission Admit(const grpc::ServerContextBase& context, const MethodAccess& access) const;

 private:
  Admission WithToken(const grpc::ServerContextBase& context, std::string_view authorization,
                      const MethodAccess& access) const;

  store::Accounts& accounts_;
  const GateOptions options_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_GATE_H_
