#include <algorithm>
#include <cctype>

#include "client/cli/admin.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace ventral::cli {
namespace {

constexpr char kPrefix[] = "ROLE_";

std::string Cased(std::string text, int (*to)(int)) {
  for (char& c : text) c = static_cast<char>(to(static_cast<unsigned char>(c)));
  return text;
}

// "users/mara/tokens/ID" → "mara/ID".
std::string ShortToken(const std::string& name) {
  const auto begin = name.find('/') + 1;
  const auto end = name.find('/', begin);
  return end == std::string::npos ? name : name.substr(begin, end - begin) + "/" + LastPart(name);
}

std::string Standing(const v1::Token& token) {
  if (token.has_revoke_time()) return "revoked " + Time(token.revoke_time());
  return token.has_expire_time() ? "until " + Time(token.expire_time()) : "for ever";
}

// "ventral.v1.JobService.CancelJob" → "CancelJob".
std::string ShortMethod(const std::string& method) { return method.substr(method.rfind('.') + 1); }

}  // namespace

std::string RoleName(v1::Role role) {
  const std::string name = v1::Role_Name(role);
  return name.starts_with(kPrefix) ? Cased(name.substr(sizeof kPrefix - 1), std::tolower)
                                   : "role " + std::to_string(role);
}

v1::Role RoleNamed(const std::string& name) {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  v1::Role_Parse(kPrefix + Cased(name, std::toupper), &role);
  return role;
}

std::vector<std::string> RoleNames() {
  std::vector<std::string> names;
  const auto* roles = v1::Role_descriptor();
  for (int i = 0; i < roles->value_count(); ++i) {
    const auto role = static_cast<v1::Role>(roles->value(i)->number());
    if (role != v1::ROLE_UNSPECIFIED) names.push_back(RoleName(role));
  }
  return names;
}

std::string FormatUsers(const v1::ListUsersResponse& users) {
  Table table({{"USER"}, {"ROLE"}, {"NAME"}, {"SINCE"}, {"DISABLED"}});
  for (const auto& user : users.users()) {
    table.Add({user.user_id(), RoleName(user.role()), user.display_name(), Time(user.create_time()),
               Time(user.disable_time())});
  }
  return table.empty() ? "There are no users.\n" : table.Text();
}

std::string FormatTokens(const v1::ListTokensResponse& tokens) {
  Table table({{"TOKEN"}, {"FOR"}, {"MADE"}, {"LAST USE"}, {"LETS IN"}});
  for (const auto& token : tokens.tokens()) {
    table.Add({ShortToken(token.name()), token.description(), Time(token.create_time()),
               token.has_last_use_time() ? Time(token.last_use_time()) : "never", Standing(token)});
  }
  return table.empty() ? "There are no tokens.\n" : table.Text();
}

std::string FormatAudit(const v1::ListAuditEventsResponse& events) {
  Table table({{"TIME"}, {"USER"}, {"DID"}, {"TO"}, {"OUTCOME"}, {"FROM"}});
  for (const auto& event : events.events()) {
    table.Add({Time(event.time()), event.user().empty() ? "–" : LastPart(event.user()),
               ShortMethod(event.method()), event.resource(), event.outcome(), event.peer()});
  }
  return table.empty() ? "Nothing was done.\n" : table.Text();
}

}  // namespace ventral::cli
