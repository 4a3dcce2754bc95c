// AdminHandlers::GetUserQuota and SetUserQuota.
#include "server/service/admin_handlers.h"
#include "server/service/caller.h"
#include "server/service/convert.h"
#include "server/service/names.h"
#include "server/service/reply.h"

namespace ventral::service {
namespace {

v1::QuotaLimit LimitOf(std::int64_t limit, bool own, std::int64_t used) {
  v1::QuotaLimit shown;
  shown.set_limit(limit);
  shown.set_own(own);
  shown.set_used(used);
  return shown;
}

v1::UserQuota ToProto(const std::string& user, const store::QuotaRow& row) {
  v1::UserQuota quota;
  quota.set_name(UserName(user) + "/quota");
  *quota.mutable_jobs() = LimitOf(row.limits.jobs, row.own_jobs, row.used.jobs);
  *quota.mutable_daily_uploads() =
      LimitOf(row.limits.daily_uploads, row.own_daily_uploads, row.used.daily_uploads);
  *quota.mutable_daily_upload_bytes() = LimitOf(
      row.limits.daily_upload_bytes, row.own_daily_upload_bytes, row.used.daily_upload_bytes);
  *quota.mutable_reset_time() = ToTimestamp(row.reset);
  return quota;
}

store::QuotaChange ChangeOf(const v1::SetUserQuotaRequest& request) {
  store::QuotaChange change;
  if (request.has_jobs()) change.jobs = request.jobs();
  if (request.has_daily_uploads()) change.daily_uploads = request.daily_uploads();
  if (request.has_daily_upload_bytes()) change.daily_upload_bytes = request.daily_upload_bytes();
  return change;
}

// Whose quota is asked for: "users/me" is the caller's.
// @error not_found for another's, unless an admin asks, in the same words as for nobody's.
Result<std::string> HolderOf(const v1::GetUserQuotaRequest& request, Call& call) {
  VENTRAL_ASSIGN_OR_RETURN(auto user, call.Check("name", ParseUserName(request.name())));
  const Caller& caller = CurrentCaller();
  if (user == "me") user = caller.user;
  if (user.empty()) return NotFound("this server has no accounts, and so nobody has a quota");
  if (user == caller.user || caller.is_admin) return user;
  return NotFound("there is no user " + user);
}

}  // namespace

grpc::Status AdminHandlers::GetUserQuota(grpc::ServerContext*,
                                         const v1::GetUserQuotaRequest* request,
                                         v1::UserQuota* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto user, HolderOf(*request, call));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, quotas_.Get(user));
    *response = ToProto(user, row);
    return Ok{};
  });
}

grpc::Status AdminHandlers::SetUserQuota(grpc::ServerContext*,
                                         const v1::SetUserQuotaRequest* request,
                                         v1::UserQuota* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto user, call.Check("name", ParseUserName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, quotas_.Set(user, ChangeOf(*request)));
    *response = ToProto(user, row);
    return Ok{};
  });
}

}  // namespace ventral::service
