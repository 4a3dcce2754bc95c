#include "server/service/admin_handlers.h"

#include "server/service/convert_account.h"
#include "server/service/method_access.h"
#include "server/service/names.h"
#include "server/service/paging.h"
#include "server/service/reply.h"
#include "server/service/secret.h"

namespace ventral::service {
namespace {

constexpr std::size_t kLongestText = 200;                      // bytes
constexpr std::int64_t kLongestLifetime = 3653ll * 24 * 3600;  // seconds

Result<store::Role> CheckRole(v1::Role role) {
  if (const auto known = FromProto(role)) return *known;
  return InvalidInput(
      "says no role that there is; say reader, submitter, publisher, worker or admin");
}

// What is stored under a wrong name stays: a user is never deleted.
Error IsASecret() {
  return InvalidInput(
      "holds the secret of a token; 'ventral admin token list' shows the names of tokens, which "
      "are no secret");
}

Result<std::string> CheckUserId(const std::string& id) {
  if (HoldsSecret(id)) return IsASecret();
  if (id == "me") return InvalidInput("'me' stands for whoever calls: choose another id");
  return CheckId(id);
}

Result<std::string> CheckText(const std::string& text) {
  if (HoldsSecret(text)) return IsASecret();
  if (text.size() <= kLongestText) return text;
  return InvalidInput("has " + std::to_string(text.size()) + " bytes; at most 200 are allowed");
}

Result<store::UserRow> UserOf(const v1::User& asked, Call& call) {
  store::UserRow user;
  VENTRAL_ASSIGN_OR_RETURN(user.id, call.Check("user.user_id", CheckUserId(asked.user_id())));
  VENTRAL_ASSIGN_OR_RETURN(user.display_name,
                           call.Check("user.display_name", CheckText(asked.display_name())));
  VENTRAL_ASSIGN_OR_RETURN(user.role, call.Check("user.role", CheckRole(asked.role())));
  if (user.display_name.empty()) user.display_name = user.id;
  return user;
}

Result<std::optional<std::chrono::seconds>> LifetimeOf(std::int64_t seconds) {
  if (seconds == 0) return std::optional<std::chrono::seconds>();
  if (seconds > 0 && seconds <= kLongestLifetime) {
    return std::optional(std::chrono::seconds(seconds));
  }
  return InvalidInput("is " + std::to_string(seconds) +
                      "; must be 0 (for ever) or more, and at most 10 years");
}

// SetUserRole, DisableUser and EnableUser: one user by name, something done, the user as it is
// then.
template <typename Request, typename Act>
grpc::Status OnUser(const Request& request, v1::User* response, Act&& act) {
  return Respond(request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParseUserName(request.name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, act(id, call));
    *response = ToProto(row);
    return Ok{};
  });
}

}  // namespace

grpc::Status AdminHandlers::CreateUser(grpc::ServerContext*, const v1::CreateUserRequest* request,
                                       v1::User* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto asked, UserOf(request->user(), call));
    call.OnConflict(ConflictMeans::kAlreadyExists);
    VENTRAL_ASSIGN_OR_RETURN(const auto row, accounts_.CreateUser(asked));
    *response = ToProto(row);
    return Ok{};
  });
}

grpc::Status AdminHandlers::ListUsers(grpc::ServerContext*, const v1::ListUsersRequest* request,
                                      v1::ListUsersResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const int size,
                             call.Check("page_size", PageSize(request->page_size())));
    VENTRAL_ASSIGN_OR_RETURN(
        auto page, call.Check("page_token", accounts_.ListUsers({size, request->page_token()})));
    for (const auto& row : page.rows) *response->add_users() = ToProto(row);
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

grpc::Status AdminHandlers::SetUserRole(grpc::ServerContext*, const v1::SetUserRoleRequest* request,
                                        v1::User* response) {
  return OnUser(
      *request, response, [&](const std::string& id, Call& call) -> Result<store::UserRow> {
        VENTRAL_ASSIGN_OR_RETURN(const auto role, call.Check("role", CheckRole(request->role())));
        return accounts_.SetRole(id, role);
      });
}

grpc::Status AdminHandlers::DisableUser(grpc::ServerContext*, const v1::DisableUserRequest* request,
                                        v1::User* response) {
  return OnUser(*request, response,
                [&](const std::string& id, Call&) { return accounts_.Disable(id); });
}

grpc::Status AdminHandlers::EnableUser(grpc::ServerContext*, const v1::EnableUserRequest* request,
                                       v1::User* response) {
  return OnUser(*request, response,
                [&](const std::string& id, Call&) { return accounts_.Enable(id); });
}

grpc::Status AdminHandlers::CreateToken(grpc::ServerContext*, const v1::CreateTokenRequest* request,
                                        v1::CreateTokenResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto user,
                             call.Check("parent", ParseUserName(request->parent())));
    VENTRAL_ASSIGN_OR_RETURN(const auto description,
                             call.Check("description", CheckText(request->description())));
    VENTRAL_ASSIGN_OR_RETURN(
        const auto lifetime,
        call.Check("lifetime_seconds", LifetimeOf(request->lifetime_seconds())));
    VENTRAL_ASSIGN_OR_RETURN(auto secret, NewSecret());
    VENTRAL_ASSIGN_OR_RETURN(
        const auto row, accounts_.CreateToken({user, DigestOf(secret), description, lifetime}));
    *response->mutable_token() = ToProto(row);
    response->set_secret(std::move(secret));
    return Ok{};
  });
}

grpc::Status AdminHandlers::ListTokens(grpc::ServerContext*, const v1::ListTokensRequest* request,
                                       v1::ListTokensResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto user,
                             call.Check("parent", ParseUserOrAllName(request->parent())));
    VENTRAL_ASSIGN_OR_RETURN(const int size,
                             call.Check("page_size", PageSize(request->page_size())));
    VENTRAL_ASSIGN_OR_RETURN(
        auto page,
        call.Check("page_token", accounts_.ListTokens(user, {size, request->page_token()})));
    for (const auto& row : page.rows) *response->add_tokens() = ToProto(row);
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

grpc::Status AdminHandlers::RevokeToken(grpc::ServerContext*, const v1::RevokeTokenRequest* request,
                                        v1::Token* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto name, call.Check("name", ParseTokenName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, accounts_.RevokeToken(name.user, name.token));
    *response = ToProto(row);
    return Ok{};
  });
}

grpc::Status AdminHandlers::ListAuditEvents(grpc::ServerContext*,
                                            const v1::ListAuditEventsRequest* request,
                                            v1::ListAuditEventsResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    store::AuditFilter filter;
    VENTRAL_ASSIGN_OR_RETURN(filter.page.size,
                             call.Check("page_size", PageSize(request->page_size())));
    VENTRAL_ASSIGN_OR_RETURN(filter.user,
                             call.Check("user", ParseOptionalUserName(request->user())));
    filter.page.token = request->page_token();
    if (request->has_since_time()) {
      VENTRAL_ASSIGN_OR_RETURN(filter.since,
                               call.Check("since_time", FromTimestamp(request->since_time())));
    }
    VENTRAL_ASSIGN_OR_RETURN(auto page, call.Check("page_token", audit_.List(filter)));
    for (const auto& row : page.rows) *response->add_events() = ToProto(row);
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

}  // namespace ventral::service
