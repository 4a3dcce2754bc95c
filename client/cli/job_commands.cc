#include <iostream>

#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/format.h"
#include "client/cli/table.h"
#include "client/lib/watch.h"

namespace ventral::cli {
namespace {

struct JobFlags {
  std::string job, model;
  std::vector<std::string> states;
  int limit = 50;
};

// "models/M/checkpoints/S" → "M".
std::string ModelOf(const v1::Job& job) {
  const std::string rest = job.checkpoint().substr(std::min<std::size_t>(7, job.checkpoint().size()));
  return rest.substr(0, rest.find('/'));
}

Result<v1::JobState> ParseState(const std::string& name) {
  for (int i = 1; v1::JobState_IsValid(i); ++i) {
    if (StateName(static_cast<v1::JobState>(i)) == name) return static_cast<v1::JobState>(i);
  }
  return InvalidInput("--state " + name + ": is none of queued, running, succeeded, failed, cancelled");
}

Status List(Session& session, const JobFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::ListJobsRequest request;
  request.set_page_size(flags.limit);
  if (!flags.model.empty()) request.set_model("models/" + flags.model);
  for (const std::string& name : flags.states) {
    VENTRAL_ASSIGN_OR_RETURN(const v1::JobState state, ParseState(name));
    request.add_states(state);
  }
  VENTRAL_ASSIGN_OR_RETURN(const v1::ListJobsResponse jobs,
                           connection->Call(connection->jobs(), &v1::JobService::StubInterface::ListJobs, request));
  if (session.json) {
    PrintJson(jobs);
    return Ok{};
  }
  Table table({{"job"}, {"model"}, {"pack"}, {"state"}, {"attempts", Table::Align::kRight}, {"created"}, {""}});
  for (const v1::Job& job : jobs.jobs()) {
    const bool failed = job.state() == v1::JOB_STATE_FAILED;
    table.Add({LastPart(job.name()), ModelOf(job), LastPart(job.pack()), StateName(job.state()),
               std::to_string(job.attempts()) + "/" + std::to_string(job.max_attempts()), Time(job.create_time()),
               failed                                     ? CauseName(job.failure().cause())
               : job.state() == v1::JOB_STATE_RUNNING ? FormatProgress(job)
                                                      : ""});
  }
  std::cout << (table.empty() ? "no jobs\n" : table.Text());
  if (!jobs.next_page_token().empty()) std::cout << "there are more; --limit shows up to 1000\n";
  return Ok{};
}

Status Watch(Session& session, const JobFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const std::string name, client::ResolveJob(*connection, flags.job));
  VENTRAL_ASSIGN_OR_RETURN(const v1::Job job, Follow(*connection, name));
  if (job.state() != v1::JOB_STATE_SUCCEEDED) session.exit_code = kFailed;
  if (session.json) {
    PrintJson(job);
    return Ok{};
  }
  VENTRAL_ASSIGN_OR_RETURN(const std::string text, DescribeEnd(*connection, job));
  std::cout << text;
  return Ok{};
}

template <typename Request>
Status Act(Session& session, const JobFlags& flags,
           grpc::Status (v1::JobService::StubInterface::*method)(grpc::ClientContext*, const Request&, v1::Job*)) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  Request request;
  VENTRAL_ASSIGN_OR_RETURN(*request.mutable_name(), client::ResolveJob(*connection, flags.job));
  VENTRAL_ASSIGN_OR_RETURN(const v1::Job job, connection->Call(connection->jobs(), method, request));
  if (session.json) {
    PrintJson(job);
  } else {
    std::cout << "job " << LastPart(job.name()) << ": " << StateName(job.state())
              << (job.cancel_requested() && !client::HasEnded(job) ? ", to be cancelled by its worker" : "") << "\n";
  }
  return Ok{};
}

Status Logs(Session& session, const JobFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::ListJobAttemptsRequest request;
  VENTRAL_ASSIGN_OR_RETURN(*request.mutable_parent(), client::ResolveJob(*connection, flags.job));
  VENTRAL_ASSIGN_OR_RETURN(const v1::ListJobAttemptsResponse attempts,
                           connection->Call(connection->jobs(), &v1::JobService::StubInterface::ListJobAttempts, request));
  if (session.json) {
    PrintJson(attempts);
    return Ok{};
  }
  if (attempts.attempts().empty()) std::cout << "no attempt has started yet\n";
  for (const v1::JobAttempt& attempt : attempts.attempts()) {
    std::cout << "attempt " << attempt.number() << " by " << Printable(attempt.worker()) << " on " << attempt.device() << ", "
              << Time(attempt.start_time()) << " to " << (attempt.has_end_time() ? Time(attempt.end_time()) : "now") << "\n";
    if (attempt.has_failure()) {
      std::cout << "  " << CauseName(attempt.failure().cause()) << ": " << Printable(attempt.failure().message()) << "\n";
    }
    std::string line;
    for (const char letter : attempt.log_tail() + "\n") {
      if (letter != '\n') {
        line += letter;
        continue;
      }
      if (!line.empty()) std::cout << "  | " << Printable(line) << "\n";
      line.clear();
    }
  }
  return Ok{};
}

}  // namespace

void AddJobs(CLI::App& app, Session& session) {
  auto flags = std::make_shared<JobFlags>();
  CLI::App* list = session.Command(app, "jobs", "List jobs, newest first",
                                   "ventral jobs\nventral jobs --state running --state queued\nventral jobs --model squeezenet1_1 --json",
                                   [&session, flags] { return List(session, *flags); });
  list->add_option("--state", flags->states, "queued, running, succeeded, failed or cancelled; may be given again")->expected(1);
  list->add_option("--model", flags->model, "Only this model's");
  list->add_option("--limit", flags->limit, "At most this many")->check(CLI::Range(1, 1000))->capture_default_str();

  const auto on_job = [&](const char* name, const char* description, const std::string& example, std::function<Status()> body) {
    session.Command(app, name, description, example, std::move(body))
        ->add_option("job", flags->job, "The job's id, or the beginning of it")
        ->required();
  };
  on_job("watch", "Follow a job to its end", "ventral watch 3f2a", [&session, flags] { return Watch(session, *flags); });
  on_job("cancel", "End a job", "ventral cancel 3f2a",
         [&session, flags] { return Act(session, *flags, &v1::JobService::StubInterface::CancelJob); });
  on_job("retry", "Queue a failed or cancelled job again", "ventral retry 3f2a",
         [&session, flags] { return Act(session, *flags, &v1::JobService::StubInterface::RetryJob); });
  on_job("logs", "Each attempt of a job, why it failed, and the end of its log", "ventral logs 3f2a",
         [&session, flags] { return Logs(session, *flags); });
}

}  // namespace ventral::cli
