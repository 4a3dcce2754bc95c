// ventral quota.
#include "client/cli/admin.h"
#include "client/cli/commands.h"

namespace ventral::cli {
namespace {

Status OwnQuota(Session& session) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::GetUserQuotaRequest request;
  request.set_name("users/me");
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::UserQuota quota,
      connection->CallTwice(connection->admin(), &v1::AdminService::StubInterface::GetUserQuota,
                            request));
  session.Print(quota, FormatQuota(quota));
  return Ok{};
}

}  // namespace

void AddQuota(CLI::App& app, Session& session) {
  AddCommand(app, session, "quota", "What you may do at most, and what you have used of it",
             "ventral quota\nventral quota --json", [&session] { return OwnQuota(session); });
}

}  // namespace ventral::cli
