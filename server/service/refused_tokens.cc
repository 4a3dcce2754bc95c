#include "server/service/refused_tokens.h"

#include <spdlog/spdlog.h>

#include "server/service/log_text.h"
#include "server/service/names.h"

namespace ventral::service {

bool RefusedTokens::IsNews(const std::string& token) {
  const auto now = Steady::now();
  const std::lock_guard lock(mutex_);
  std::erase_if(last_, [&](const auto& entry) { return now - entry.second >= kBetweenEvents; });
  return last_.emplace(token, now).second;
}

void RefusedTokens::Shown(const Caller& holder, const std::string& method,
                          const std::string& peer) {
  if (!IsNews(holder.token)) return;
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
