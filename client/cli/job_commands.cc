#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/format.h"
#include "client/lib/job_name.h"
#include "client/lib/watch.h"

namespace ventral::cli {
namespace {

using JobStub = v1::JobService::StubInterface;

struct JobFlags {
  std::string job, model, page_token;
  std::vector<std::string> states;
  int limit = 50, priority = 0;
};

const std::map<std::string, v1::JobState>& States() {
  static const auto* const states =
      new std::map<std::string, v1::JobState>{{"queued", v1::JOB_STATE_QUEUED},
                                              {"running", v1::JOB_STATE_RUNNING},
                                              {"succeeded", v1::JOB_STATE_SUCCEEDED},
                                              {"failed", v1::JOB_STATE_FAILED},
                                              {"cancelled", v1::JOB_STATE_CANCELLED}};
  return *states;
}

// A misspelt model is an error, not a model without jobs.
Status CheckModel(client::Connection& connection, const std::string& name) {
  v1::GetModelRequest request;
  request.set_name(name);
  VENTRAL_RETURN_IF_ERROR(
      connection.Call(connection.models(), &v1::ModelService::StubInterface::GetModel, request));
  return Ok{};
}

Status List(Session& session, const JobFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::ListJobsRequest request;
  request.set_page_size(flags.limit);
  request.set_page_token(flags.page_token);
  if (!flags.model.empty()) request.set_model("models/" + flags.model);
  for (const std::string& name : flags.states) request.add_states(States().at(name));
  VENTRAL_ASSIGN_OR_RETURN(const v1::ListJobsResponse jobs,
                           connection->Call(connection->jobs(), &JobStub::ListJobs, request));
  if (jobs.jobs().empty() && !flags.model.empty()) {
    VENTRAL_RETURN_IF_ERROR(CheckModel(*connection, request.model()));
  }
  std::string text = FormatJobs(jobs);
  if (!jobs.next_page_token().empty()) {
    text += "older jobs: --limit N, or --page-token " + jobs.next_page_token() + "\n";
  }
  session.Print(jobs, text);
  return Ok{};
}

Status Watch(Session& session, const JobFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const std::string name, client::ResolveJob(*connection, flags.job));
  VENTRAL_ASSIGN_OR_RETURN(const v1::Job job, Follow(*connection, name));
  if (job.state() != v1::JOB_STATE_SUCCEEDED) session.exit_code = kFailed;
  std::string text;
  if (!session.json) {
    VENTRAL_ASSIGN_OR_RETURN(text, DescribeEnd(*connection, job));
  }
  session.Print(job, text);
  return Ok{};
}

template <typename Request>
Status Act(Session& session, const JobFlags& flags,
           grpc::Status (JobStub::*method)(grpc::ClientContext*, const Request&, v1::Job*)) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  Request request;
  VENTRAL_ASSIGN_OR_RETURN(*request.mutable_name(), client::ResolveJob(*connection, flags.job));
  VENTRAL_ASSIGN_OR_RETURN(const v1::Job job,
                           connection->Call(connection->jobs(), method, request));
  const bool waits = job.cancel_requested() && !client::HasEnded(job);
  session.Print(job, "job " + LastPart(job.name()) + ": " + StateName(job.state()) +
                         (waits ? ", to be cancelled as soon as its worker hears of it" : "") +
                         "\n");
  return Ok{};
}

Status Prioritise(Session& session, const JobFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::SetJobPriorityRequest request;
  VENTRAL_ASSIGN_OR_RETURN(*request.mutable_name(), client::ResolveJob(*connection, flags.job));
  request.set_priority(flags.priority);
  VENTRAL_ASSIGN_OR_RETURN(const v1::Job job,
                           connection->Call(connection->jobs(), &JobStub::SetJobPriority, request));
  session.Print(
      job, "job " + LastPart(job.name()) + ": priority " + std::to_string(job.priority()) + "\n");
  return Ok{};
}

Status Logs(Session& session, const JobFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::ListJobAttemptsRequest request;
  VENTRAL_ASSIGN_OR_RETURN(*request.mutable_parent(), client::ResolveJob(*connection, flags.job));
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::ListJobAttemptsResponse attempts,
      connection->Call(connection->jobs(), &JobStub::ListJobAttempts, request));
  std::string text;
  if (!session.json) {
    v1::GetJobRequest get;
    get.set_name(request.parent());
    VENTRAL_ASSIGN_OR_RETURN(const v1::Job job,
                             connection->Call(connection->jobs(), &JobStub::GetJob, get));
    if (job.has_estimate()) text = FormatEstimate(job.estimate()) + "\n";
  }
  session.Print(attempts, text + FormatAttempts(attempts));
  return Ok{};
}

void AddList(CLI::App& app, Session& session, const std::shared_ptr<JobFlags>& flags) {
  CLI::App* list = AddCommand(app, session, "jobs",
                              "List jobs, newest first; --json: one page, with its nextPageToken",
                              "ventral jobs\n"
                              "ventral jobs --state running --state queued\n"
                              "ventral jobs --model squeezenet1_1 --json",
                              [&session, flags] { return List(session, *flags); });
  std::vector<std::string> names;
  for (const auto& [name, state] : States()) names.push_back(name);
  list->add_option("--state", flags->states, "Only jobs in this state; may be given again")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(names));
  list->add_option("--model", flags->model, "Only this model's");
  list->add_option("--limit", flags->limit, "At most this many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  list->add_option("--page-token", flags->page_token, "Go on after the page that ended with this");
}

void AddPriority(CLI::App& app, Session& session, const std::shared_ptr<JobFlags>& flags) {
  CLI::App* command = AddCommand(
      app, session, "priority",
      "Put a job before those of a lower priority, or behind those of a higher one; for admins",
      "ventral priority 3f2a 10\nventral priority 3f2a -- -10     # after all others",
      [&session, flags] { return Prioritise(session, *flags); });
  command->add_option("job", flags->job, "The job's id, or its first characters (4 at least)")
      ->required();
  command->add_option("priority", flags->priority, "From -100 to 100; jobs begin with 0")
      ->required()
      ->check(CLI::Range(-100, 100));
}

}  // namespace

void AddJobs(CLI::App& app, Session& session) {
  auto flags = std::make_shared<JobFlags>();
  AddList(app, session, flags);
  const auto on_job = [&](const std::string& name, const char* description,
                          std::function<Status()> body) {
    AddCommand(app, session, name, description,
               "ventral " + name + " 3f2a\nventral " + name +
                   " 3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58 --json",
               std::move(body))
        ->add_option("job", flags->job, "The job's id, or its first characters (4 at least)")
        ->required();
  };
  on_job("watch", "Follow a job to its end, and print its scores",
         [&session, flags] { return Watch(session, *flags); });
  on_job("cancel", "End a job",
         [&session, flags] { return Act(session, *flags, &JobStub::CancelJob); });
  on_job("retry", "Queue a failed or cancelled job again",
         [&session, flags] { return Act(session, *flags, &JobStub::RetryJob); });
  on_job("logs", "Each attempt of a job, why it failed, and the end of its log",
         [&session, flags] { return Logs(session, *flags); });
  AddPriority(app, session, flags);
}

}  // namespace ventral::cli
