// Keeps one lease while its attempt runs: heartbeats with progress, and the reasons to stop.
#ifndef VENTRAL_WORKER_DAEMON_LEASE_KEEPER_H_
#define VENTRAL_WORKER_DAEMON_LEASE_KEEPER_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "ventral/v1/worker.pb.h"
#include "worker/daemon/attempt_control.h"
#include "worker/daemon/server_link.h"

namespace ventral {

// A thread of its own beats three times a lease, and at most twice a second when progress changes.
// It stops the attempt: kLeaseLost when the server says so; kCancelled when the submitter asked for
// it; kTimeout when the wall time has passed. A server that is away stops nothing, however long: it
// gives a lease to nobody else before it has been back for as long as one lasts, and where it was
// only this worker that was cut off, its score is refused. How long a lease is follows from its end
// by the server's clock, by which the distance of the beats is chosen.
class LeaseKeeper {
 public:
  LeaseKeeper(ServerLink& server, const v1::Lease& lease, AttemptControl& control);
  ~LeaseKeeper();  // beats no more

  void SetProgress(v1::Progress progress);
  // Told by the next heartbeat, and by those after it until one was answered.
  void SetEstimate(v1::RunEstimate estimate);
  // From now on the wall time is no reason to stop. Of an estimate that no heartbeat has told yet,
  // one is made first: a run may be shorter than their distance.
  void WorkIsDone();

 private:
  using Clock = std::chrono::steady_clock;
  void Run(const std::stop_token& stop);
  void Beats(const std::stop_token& stop);
  // True where a heartbeat is due although the last one was just now.
  bool WaitForNextBeat(const std::stop_token& stop);
  void Beat();
  void EstimateWasSent(bool heard);
  void Renew(const google::protobuf::Timestamp& expires);

  ServerLink& server_;
  AttemptControl& control_;
  const Clock::time_point wall_end_;
  const int wall_seconds_;
  // Of the keeper's thread only.
  Clock::time_point last_beat_, next_beat_;
  Clock::duration interval_{};

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  v1::HeartbeatRequest request_;
  bool has_news_ = false;
  bool estimate_waits_ = false;  // no heartbeat with it was made yet
  bool beats_ = true;            // the thread runs
  bool work_is_done_ = false;
  std::jthread thread_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_LEASE_KEEPER_H_
