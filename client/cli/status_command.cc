#include "client/cli/commands.h"
#include "client/cli/pages.h"
#include "google/protobuf/struct.pb.h"

namespace ventral::cli {
namespace {

struct Counts {
  int packs = 0, models = 0, queued = 0, running = 0;
};

Result<int> CountJobs(client::Connection& connection, v1::JobState state) {
  v1::ListJobsRequest request;
  request.add_states(state);
  VENTRAL_ASSIGN_OR_RETURN(
      const auto jobs,
      AllPages(connection, connection.jobs(), &v1::JobService::StubInterface::ListJobs, request));
  return jobs.jobs_size();
}

Result<Counts> Count(client::Connection& connection) {
  Counts counts;
  VENTRAL_ASSIGN_OR_RETURN(counts.queued, CountJobs(connection, v1::JOB_STATE_QUEUED));
  VENTRAL_ASSIGN_OR_RETURN(counts.running, CountJobs(connection, v1::JOB_STATE_RUNNING));
  VENTRAL_ASSIGN_OR_RETURN(const auto packs, AllPages(connection, connection.packs(),
                                                      &v1::PackService::StubInterface::ListPacks,
                                                      v1::ListPacksRequest()));
  VENTRAL_ASSIGN_OR_RETURN(const auto models, AllPages(connection, connection.models(),
                                                       &v1::ModelService::StubInterface::ListModels,
                                                       v1::ListModelsRequest()));
  counts.packs = packs.packs_size();
  counts.models = models.models_size();
  return counts;
}

google::protobuf::Struct ToMessage(const client::Address& address, const Counts& counts) {
  google::protobuf::Struct message;
  auto& fields = *message.mutable_fields();
  fields["server"].set_string_value(address.server);
  fields["addressFrom"].set_string_value(address.source);
  fields["packs"].set_number_value(counts.packs);
  fields["models"].set_number_value(counts.models);
  fields["jobsQueued"].set_number_value(counts.queued);
  fields["jobsRunning"].set_number_value(counts.running);
  return message;
}

std::string Text(const client::Address& address, const Counts& counts) {
  const std::string from =
      address.source == "default" ? "the default address" : "from " + address.source;
  return "server  " + address.server + " answers (" + from + ")\n" + "packs   " +
         std::to_string(counts.packs) + "\n" + "models  " + std::to_string(counts.models) + "\n" +
         "jobs    " + std::to_string(counts.queued) + " queued, " + std::to_string(counts.running) +
         " running\n" +
         (counts.queued > 0 && counts.running == 0
              ? "If this stays so, no worker is running: deploy/quickstart.sh starts one.\n"
              : "");
}

Status Run(Session& session) {
  VENTRAL_ASSIGN_OR_RETURN(const client::Address address, session.Address());
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const Counts counts, Count(*connection));
  session.Print(ToMessage(address, counts), Text(address, counts));
  return Ok{};
}

}  // namespace

void AddStatus(CLI::App& app, Session& session) {
  AddCommand(app, session, "status",
             "Which server is asked, whether it answers, and what waits there",
             "ventral status\nventral status --server 127.0.0.1:7411 --json",
             [&session] { return Run(session); });
}

}  // namespace ventral::cli
