#include "server/service/convert_account.h"

#include <algorithm>

#include "server/service/convert.h"
#include "server/service/method_access.h"
#include "server/service/names.h"

namespace ventral::service {

v1::User ToProto(const store::UserRow& row) {
  v1::User user;
  user.set_name(UserName(row.id));
  user.set_user_id(row.id);
  user.set_display_name(row.display_name);
  user.set_role(ToProto(row.role));
  *user.mutable_create_time() = ToTimestamp(row.created);
  if (row.disabled) *user.mutable_disable_time() = ToTimestamp(*row.disabled);
  return user;
}

v1::Token ToProto(const store::TokenRow& row) {
  v1::Token token;
  token.set_name(TokenNameOf(row.user, row.id));
  token.set_description(row.description);
  *token.mutable_create_time() = ToTimestamp(row.created);
  if (row.expires) *token.mutable_expire_time() = ToTimestamp(*row.expires);
  if (row.last_use) *token.mutable_last_use_time() = ToTimestamp(*row.last_use);
  if (row.revoked) *token.mutable_revoke_time() = ToTimestamp(*row.revoked);
  return token;
}

v1::AuditEvent ToProto(const store::AuditRow& row) {
  v1::AuditEvent event;
  event.set_name("auditEvents/" + std::to_string(row.sequence));
  *event.mutable_time() = ToTimestamp(row.at);
  if (!row.user.empty()) event.set_user(UserName(row.user));
  if (!row.token.empty()) event.set_token(TokenNameOf(row.user, row.token));
  std::string method = row.method.substr(row.method.starts_with("/") ? 1 : 0);
  std::replace(method.begin(), method.end(), '/', '.');
  event.set_method(method);
  event.set_resource(row.resource);
  event.set_outcome(row.outcome);
  event.set_peer(row.peer);
  return event;
}

Result<TimePoint> FromTimestamp(const google::protobuf::Timestamp& time) {
  // 64 bits of nanoseconds reach from September 1677 to April 2262.
  using std::chrono::sys_days, std::chrono::year, std::chrono::sys_seconds;
  constexpr sys_seconds kFirst = sys_days(year{1678} / 1 / 1), kEnd = sys_days(year{2262} / 1 / 1);
  const sys_seconds second{std::chrono::seconds(time.seconds())};
  if (second < kFirst || second >= kEnd) {
    return InvalidInput("lies outside of the years 1678 to 2261");
  }
  if (time.nanos() < 0 || time.nanos() > 999'999'999) {
    return InvalidInput("has nanos outside of 0 to 999999999");
  }
  return TimePoint(std::chrono::duration_cast<TimePoint::duration>(
      std::chrono::seconds(time.seconds()) + std::chrono::microseconds(time.nanos() / 1000)));
}

}  // namespace ventral::service
