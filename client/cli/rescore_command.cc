#include <iostream>

#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/format.h"
#include "client/lib/rescore.h"

namespace ventral::cli {
namespace {

struct RescoreFlags {
  std::string given, pack;
  bool all = false, force = false, watch = false;
};

Result<v1::CreateRescoreJobsResponse> Ask(client::Connection& connection,
                                          const RescoreFlags& flags) {
  if (flags.given.empty() != flags.all) {
    return InvalidInput("name a job or a model, or give --all-outdated, and not both");
  }
  VENTRAL_ASSIGN_OR_RETURN(v1::CreateRescoreJobsRequest request,
                           client::RescoreRequest(connection, flags.given));
  if (!flags.pack.empty()) request.set_pack("packs/" + flags.pack);
  request.set_force(flags.force);
  return client::Rescore(connection, request);
}

// Something was asked for by its name, its Grams are not kept, and nothing came of it.
Status CheckMade(const v1::CreateRescoreJobsResponse& made, const RescoreFlags& flags) {
  if (flags.all || !made.jobs().empty()) return Ok{};
  for (const v1::NotRescored& left : made.not_rescored()) {
    if (left.obstacle() == v1::RESCORE_OBSTACLE_GRAMS_NOT_KEPT) {
      return Conflict("nothing was queued: " + left.message());
    }
  }
  return Ok{};
}

Status Run(Session& session, const RescoreFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(v1::CreateRescoreJobsResponse made, Ask(*connection, flags));
  if (!session.json) std::cout << FormatRescore(made, flags.watch) << std::flush;
  Status outcome = CheckMade(made, flags);
  if (flags.watch && outcome.ok()) {
    std::vector<v1::Job> jobs(made.jobs().begin(), made.jobs().end());
    outcome = FollowAll(session, *connection, jobs);
    for (int i = 0; i < made.jobs_size(); ++i) {
      *made.mutable_jobs(i) = jobs[static_cast<std::size_t>(i)];
    }
  }
  // Even after an error: the jobs are there, and a script must learn their names.
  if (session.json) session.Print(made, "");
  return outcome;
}

}  // namespace

void AddRescore(CLI::App& app, Session& session) {
  auto flags = std::make_shared<RescoreFlags>();
  CLI::App* command = AddCommand(
      app, session, "rescore",
      "Score kept Grams again with the present scorer; no network is run, and old scores stay",
      "ventral rescore squeezenet1_1 --watch\n"
      "ventral rescore 3f2a --force\n"
      "ventral rescore --all-outdated --pack kriegeskorte2008",
      [&session, flags] { return Run(session, *flags); });
  CLI::Option* given = command->add_option(
      "given", flags->given, "A model's id, or a job's id or its first characters (4 at least)");
  command
      ->add_flag("--all-outdated", flags->all,
                 "Every checkpoint whose newest scores are of an older scorer version")
      ->excludes(given);
  command->add_option("--pack", flags->pack, "On this pack only");
  command->add_flag("--force", flags->force,
                    "Also where the newest scores are of the present scorer version");
  command->add_flag("--watch", flags->watch,
                    "Stay until the jobs have ended, and print the scores");
}

}  // namespace ventral::cli
