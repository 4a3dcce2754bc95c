#include "server/service/refused_tokens.h"

#include <spdlog/spdlog.h>

#include "server/service/log_text.h"
#include "server/service/names.h"

namespace ventral::service {

void RefusedTokens::Shown(const Caller& holder, const std::string& method,
                          const std::string& peer) {
  if (!tokens_.IsNews(holder.token)) return;
  store::AuditRow event;
  event.user = holder.user;
  event.token = holder.token;
  event.method = method;
  event.resource = TokenNameOf(holder.user, holder.token);
  event.outcome = "UNAUTHENTICATED";
  event.peer = peer;
  if (const Status written = log_.Append(event); !written.ok()) {
    spdlog::error("audit event not stored: {} of {} was refused to {}: {}", event.resource, method,
                  peer, OneLine(written.error().ToString()));
  }
}

}  // namespace ventral::service
