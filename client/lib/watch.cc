#include "client/lib/watch.h"

#include <algorithm>
#include <optional>
#include <thread>

namespace ventral::client {
namespace {

using Steady = std::chrono::steady_clock;

// One stream to its end. `job` is the last that was heard; true when there was any.
bool Follow(Connection& connection, const v1::WatchJobRequest& request,
            const std::function<void(const v1::Job&)>& on_change, v1::Job& job,
            grpc::Status& status) {
  grpc::ClientContext context;
  const auto stream = connection.jobs().WatchJob(&context, request);
  bool heard = false;
  while (stream->Read(&job)) {
    heard = true;
    on_change(job);
  }
  status = stream->Finish();
  return heard;
}

Error CutOf(const Connection& connection, const grpc::Status& status) {
  if (status.ok()) return Unavailable("the server ended the stream before the job");
  return connection.ToError(status);
}

}  // namespace

bool HasEnded(const v1::Job& job) {
  return job.state() == v1::JOB_STATE_SUCCEEDED || job.state() == v1::JOB_STATE_FAILED ||
         job.state() == v1::JOB_STATE_CANCELLED;
}

Result<v1::Job> WatchJob(Connection& connection, const std::string& name,
                         const WatchOptions& options,
                         const std::function<void(const v1::Job&)>& on_change,
                         const std::function<void(const Error&)>& on_cut) {
  v1::WatchJobRequest request;
  request.set_name(name);
  // Since when the server is away. A job may wait for hours without a change: quiet is not away.
  std::optional<Steady::time_point> away_since;
  std::chrono::milliseconds pause = options.first_pause;
  while (true) {
    v1::Job job;
    grpc::Status status;
    const bool heard = Follow(connection, request, on_change, job, status);
    if (HasEnded(job)) return job;
    if (!IsCut(status)) return connection.ToError(status);
    if (heard) {
      away_since.reset();
      pause = options.first_pause;
    }
    Error cut = CutOf(connection, status);
    if (!away_since) {
      away_since = Steady::now();
      on_cut(cut);
    } else if (Steady::now() - *away_since > options.patience) {
      return Unavailable(cut.message, std::move(cut.context));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, options.longest_pause);
  }
}

}  // namespace ventral::client
