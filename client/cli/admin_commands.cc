#include <algorithm>

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

CLI::Validator NoSecret() {
  const auto check = [](const std::string& text) -> std::string {
    constexpr std::size_t kFewestDigits = 32;  // half a secret is one, too
    const std::string prefix = "ventral_";
    for (std::size_t at = text.find(prefix); at != std::string::npos;
         at = text.find(prefix, at + 1)) {
      const std::size_t digits = at + prefix.size();
      const std::size_t end = text.find_first_not_of("0123456789abcdefABCDEF", digits);
      if (std::min(end, text.size()) - digits >= kFewestDigits) {
        return "what is given is the secret of a token, not a name; 'ventral admin token list' "
               "shows "
               "each token's name, USER/ID, with its purpose and last use";
      }
    }
    return "";
  };
  return {check, ""};
}

void AddAdmin(CLI::App& app, Session& session) {
  CLI::App* admin =
      AddAdminGroup(app, "admin", "Users, tokens, quotas and the audit log; for admins",
                    "ventral admin user create mara --role submitter\n"
                    "ventral admin token create mara --for laptop --days 90 --out mara.token\n"
                    "ventral admin token revoke mara/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58\n"
                    "ventral admin audit --user mara --since 7d");
  AddAdminUsers(*admin, session);
  AddAdminTokens(*admin, session);
  AddAdminQuota(*admin, session);
  AddAdminAudit(*admin, session);
}

}  // namespace ventral::cli
