#include "client/cli/admin.h"
#include "client/cli/commands.h"

namespace ventral::cli {

CLI::App* AddAdminGroup(CLI::App& admin, const std::string& name, const std::string& description,
                        const std::string& examples) {
  CLI::App* group = admin.add_subcommand(name, description);
  group->fallthrough();
  group->require_subcommand(1);
  group->footer(ExamplesFooter(examples) + "\n" + kExitCodesHelp);
  return group;
}

void AddAdmin(CLI::App& app, Session& session) {
  CLI::App* admin =
      AddAdminGroup(app, "admin", "Users, tokens and the audit log; for admins",
                    "ventral admin user create mara --role submitter\n"
                    "ventral admin token create mara --for laptop --days 90 --out mara.token\n"
                    "ventral admin token revoke mara/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58\n"
                    "ventral admin audit --user mara --since 7d");
  AddAdminUsers(*admin, session);
  AddAdminTokens(*admin, session);
  AddAdminAudit(*admin, session);
}

}  // namespace ventral::cli
