#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/pages.h"

namespace ventral::cli {
namespace {

struct Standing {
  int packs = 0, models = 0, queued = 0, running = 0;
  v1::ListWorkersResponse workers;
};

Result<int> CountJobs(client::Connection& connection, v1::JobState state) {
  v1::ListJobsRequest request;
  request.add_states(state);
  VENTRAL_ASSIGN_OR_RETURN(
      const auto jobs,
      AllPages(connection, connection.jobs(), &v1::JobService::StubInterface::ListJobs, request));
  return jobs.jobs_size();
}

Result<Standing> Ask(client::Connection& connection) {
  Standing standing;
  VENTRAL_ASSIGN_OR_RETURN(standing.queued, CountJobs(connection, v1::JOB_STATE_QUEUED));
  VENTRAL_ASSIGN_OR_RETURN(standing.running, CountJobs(connection, v1::JOB_STATE_RUNNING));
  VENTRAL_ASSIGN_OR_RETURN(const auto packs, AllPages(connection, connection.packs(),
                                                      &v1::PackService::StubInterface::ListPacks,
                                                      v1::ListPacksRequest()));
  VENTRAL_ASSIGN_OR_RETURN(const auto models, AllPages(connection, connection.models(),
                                                       &v1::ModelService::StubInterface::ListModels,
                                                       v1::ListModelsRequest()));
  VENTRAL_ASSIGN_OR_RETURN(
      standing.workers,
      AllPages(connection, connection.workers(), &v1::WorkerPoolService::StubInterface::ListWorkers,
               v1::ListWorkersRequest()));
  standing.packs = packs.packs_size();
  standing.models = models.models_size();
  return standing;
}

// The workers as the service's own messages read in JSON.
google::protobuf::Value ToValue(const v1::ListWorkersResponse& workers) {
  google::protobuf::Struct list;
  const auto read = google::protobuf::util::JsonStringToMessage(ToJson(workers), &list);
  return read.ok() ? (*list.mutable_fields())["workers"] : google::protobuf::Value();
}

google::protobuf::Struct ToMessage(const client::Address& address, const Standing& standing) {
  google::protobuf::Struct message;
  auto& fields = *message.mutable_fields();
  fields["server"].set_string_value(address.server);
  fields["addressFrom"].set_string_value(address.source);
  fields["packs"].set_number_value(standing.packs);
  fields["models"].set_number_value(standing.models);
  fields["jobsQueued"].set_number_value(standing.queued);
  fields["jobsRunning"].set_number_value(standing.running);
  fields["workers"] = ToValue(standing.workers);
  return message;
}

// A worker asks for jobs every few seconds.
constexpr std::int64_t kAwaySeconds = 60;

bool AnyoneThere(const v1::ListWorkersResponse& workers) {
  return std::any_of(
      workers.workers().begin(), workers.workers().end(),
      [](const v1::Worker& worker) { return worker.unseen_seconds() < kAwaySeconds; });
}

std::string Text(const client::Address& address, const Standing& standing) {
  const std::string from =
      address.source == "default" ? "the default address" : "from " + address.source;
  return "server  " + address.server + " answers (" + from + ")\n" + "packs   " +
         std::to_string(standing.packs) + "\n" + "models  " + std::to_string(standing.models) +
         "\n" + "jobs    " + std::to_string(standing.queued) + " queued, " +
         std::to_string(standing.running) + " running\n" + "workers " +
         std::to_string(standing.workers.workers_size()) + "\n" +
         (standing.queued > 0 && standing.running == 0 && !AnyoneThere(standing.workers)
              ? "If this stays so, no worker is running: deploy/quickstart.sh starts one.\n"
              : "") +
         (standing.workers.workers().empty() ? "" : "\n" + FormatWorkers(standing.workers));
}

Status Run(Session& session) {
  VENTRAL_ASSIGN_OR_RETURN(const client::Address address, session.Address());
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const Standing standing, Ask(*connection));
  session.Print(ToMessage(address, standing), Text(address, standing));
  return Ok{};
}

}  // namespace

void AddStatus(CLI::App& app, Session& session) {
  AddCommand(app, session, "status",
             "Which server is asked, whether it answers, what waits there, and who works",
             "ventral status\nventral status --server 127.0.0.1:7411 --json",
             [&session] { return Run(session); });
}

}  // namespace ventral::cli
