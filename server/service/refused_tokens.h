// Tokens that are shown although they let nobody in any more: a leaked one, perhaps.
#ifndef VENTRAL_SERVER_SERVICE_REFUSED_TOKENS_H_
#define VENTRAL_SERVER_SERVICE_REFUSED_TOKENS_H_

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "server/service/caller.h"
#include "server/store/audit_log.h"

namespace ventral::service {

// Thread-safe.
class RefusedTokens {
 public:
  static constexpr std::chrono::seconds kBetweenEvents{60};

  // `log` outlives it.
  explicit RefusedTokens(store::AuditLog& log) : log_(log) {}

  // Writes an event into the audit log, UNAUTHENTICATED with `peer` and the token as its resource,
  // for each token at most one in kBetweenEvents: who has it cannot fill the database.
  void Shown(const Caller& holder, const std::string& method, const std::string& peer);

 private:
  using Steady = std::chrono::steady_clock;
  // Whether it is the first of `token` for a while.
  bool IsNews(const std::string& token);

  store::AuditLog& log_;
  std::mutex mutex_;
  std::map<std::string, Steady::time_point> last_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_REFUSED_TOKENS_H_
