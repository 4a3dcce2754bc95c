#include "client/cli/pack_policy.h"

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"

namespace ventral::cli {
namespace {

struct NamedPolicy {
  std::string pack;
  PolicyFlags flags;
};

Status SetPolicy(Session& session, const NamedPolicy& wanted) {
  const auto policy = wanted.flags.Stated();
  if (!policy) {
    session.exit_code = kUsage;
    return InvalidInput("say what the policy is: --private, --jobs N --days D, or --open");
  }
  v1::SetPackPolicyRequest request;
  request.set_name(wanted.pack.starts_with("packs/") ? wanted.pack : "packs/" + wanted.pack);
  *request.mutable_policy() = *policy;
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::Pack pack,
      connection->CallTwice(connection->packs(), &v1::PackService::StubInterface::SetPackPolicy,
                            request));
  const std::string held_out = HeldOut(pack.policy());
  session.Print(pack, pack.pack_id() + ": " + (held_out.empty() ? "open" : held_out) + "\n");
  return Ok{};
}

}  // namespace

std::string HeldOut(const v1::PackPolicy& policy) {
  std::string text = policy.private_() ? "private" : "";
  if (!policy.has_attempts()) return text;
  return text + (text.empty() ? "" : ", ") + std::to_string(policy.attempts().jobs()) +
         " jobs in " + std::to_string(policy.attempts().days()) + " days";
}

void PolicyFlags::AddTo(CLI::App& command) {
  CLI::Option* closed =
      command.add_flag("--private", is_private,
                       "No Grams leave the service, in which a network could hide the stimuli");
  CLI::Option* most = command.add_option("--jobs", jobs, "So many jobs of one submitter …")
                          ->check(CLI::Range(1, 1'000'000));
  CLI::Option* within =
      command.add_option("--days", days, "… within so many days")->check(CLI::Range(1, 3660));
  most->needs(within);
  within->needs(most);
  command.add_flag("--open", open, "Neither: public, without limit")
      ->excludes(closed)
      ->excludes(most);
}

std::optional<v1::PackPolicy> PolicyFlags::Stated() const {
  if (!is_private && !open && jobs == 0) return std::nullopt;
  v1::PackPolicy policy;
  policy.set_private_(is_private);
  if (jobs > 0) {
    policy.mutable_attempts()->set_jobs(jobs);
    policy.mutable_attempts()->set_days(days);
  }
  return policy;
}

void AddPackPolicy(CLI::App& packs, Session& session) {
  const auto wanted = std::make_shared<NamedPolicy>();
  CLI::App* command =
      AddCommand(packs, session, "policy",
                 "Change who may see a pack's data, and how often one may be scored on it",
                 "ventral pack policy held-out --private --jobs 3 --days 30\n"
                 "ventral pack policy held-out --open",
                 [&session, wanted] { return SetPolicy(session, *wanted); });
  command->add_option("pack", wanted->pack, "The pack's id")->required();
  wanted->flags.AddTo(*command);
}

}  // namespace ventral::cli
