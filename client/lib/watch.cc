#include "client/lib/watch.h"

#include <algorithm>
#include <thread>

namespace ventral::client {
namespace {

constexpr std::chrono::milliseconds kLongestPause{5000};
constexpr std::size_t kIdLength = 36;
constexpr std::size_t kShortestPrefix = 4;

bool MayPass(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::StatusCode::UNKNOWN ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace

bool HasEnded(const v1::Job& job) {
  return job.state() == v1::JOB_STATE_SUCCEEDED || job.state() == v1::JOB_STATE_FAILED ||
         job.state() == v1::JOB_STATE_CANCELLED;
}

Result<v1::Job> WatchJob(Connection& connection, const std::string& name, const WatchOptions& options,
                         const std::function<void(const v1::Job&)>& on_change,
                         const std::function<void(const Error&)>& on_cut) {
  v1::WatchJobRequest request;
  request.set_name(name);
  auto last_word = std::chrono::steady_clock::now();
  std::chrono::milliseconds pause = options.first_pause;
  bool told = false;
  while (true) {
    grpc::ClientContext context;
    const auto stream = connection.jobs().WatchJob(&context, request);
    v1::Job job;
    while (stream->Read(&job)) {
      last_word = std::chrono::steady_clock::now();
      pause = options.first_pause;
      told = false;
      on_change(job);
    }
    const grpc::Status status = stream->Finish();
    if (HasEnded(job)) return job;
    if (!status.ok() && !MayPass(status)) return connection.ToError(status);
    Error cut = status.ok() ? Unavailable("the server ended the stream before the job") : connection.ToError(status);
    if (std::chrono::steady_clock::now() - last_word > options.patience) return cut;
    if (!told) on_cut(cut);
    told = true;
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

Result<std::string> ResolveJob(Connection& connection, const std::string& given) {
  const std::string id = given.rfind("jobs/", 0) == 0 ? given.substr(5) : given;
  if (id.size() >= kIdLength) return "jobs/" + id;
  if (id.size() < kShortestPrefix) {
    return InvalidInput("'" + given + "' is too short for a job; give at least " + std::to_string(kShortestPrefix) +
                        " characters of its id");
  }
  std::string found;
  v1::ListJobsRequest request;
  request.set_page_size(1000);
  do {
    VENTRAL_ASSIGN_OR_RETURN(const v1::ListJobsResponse page,
                             connection.Call(connection.jobs(), &v1::JobService::StubInterface::ListJobs, request));
    for (const v1::Job& job : page.jobs()) {
      if (job.name().rfind("jobs/" + id, 0) != 0) continue;
      if (!found.empty()) return InvalidInput("'" + given + "' fits several jobs; give more of its id");
      found = job.name();
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (found.empty()) return NotFound("no job's id begins with '" + id + "'; 'ventral jobs' lists them");
  return found;
}

}  // namespace ventral::client
