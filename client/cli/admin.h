// The parts of `ventral admin`, and what they share.
#ifndef VENTRAL_CLIENT_CLI_ADMIN_H_
#define VENTRAL_CLIENT_CLI_ADMIN_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "client/cli/session.h"
#include "ventral/v1/admin.pb.h"

namespace ventral::cli {

void AddAdminUsers(CLI::App& admin, Session& session);   // user create, list, role, disable, enable
void AddAdminTokens(CLI::App& admin, Session& session);  // token create, list, revoke
void AddAdminQuota(CLI::App& admin, Session& session);   // quota show, set
void AddAdminAudit(CLI::App& admin, Session& session);   // audit

// A group of commands below `ventral admin`, such as "user".
CLI::App* AddAdminGroup(CLI::App& admin, const std::string& name, const std::string& description,
                        const std::string& examples);

// For the names of users and tokens: refuses what holds a token's secret before it goes anywhere,
// without showing it.
CLI::Validator NoSecret();

// "reader", "submitter", …
std::vector<std::string> RoleNames();
std::string RoleName(v1::Role role);
// Requires one of RoleNames.
v1::Role RoleNamed(const std::string& name);

std::string FormatUsers(const v1::ListUsersResponse& users);
std::string FormatTokens(const v1::ListTokensResponse& tokens);
std::string FormatQuota(const v1::UserQuota& quota);
std::string FormatAudit(const v1::ListAuditEventsResponse& events);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_ADMIN_H_
