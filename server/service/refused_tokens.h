// Tokens that are shown although they let nobody in any more: a leaked one, perhaps.
#ifndef VENTRAL_SERVER_SERVICE_REFUSED_TOKENS_H_
#define VENTRAL_SERVER_SERVICE_REFUSED_TOKENS_H_

#include <string>

#include "server/service/caller.h"
#include "server/service/once_a_minute.h"
#include "server/store/audit_log.h"

namespace ventral::service {

// Thread-safe.
class RefusedTokens {
 public:
  // `log` outlives it.
  explicit RefusedTokens(store::AuditLog& log) : log_(log) {}

  // Writes an event into the audit log, UNAUTHENTICATED with `peer` and the token as its resource,
  // for each token at most one a minute: who has it cannot fill the database.
  void Shown(const Caller& holder, const std::string& method, const std::string& peer);

 private:
  store::AuditLog& log_;
  OnceAMinute tokens_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_REFUSED_TOKENS_H_
