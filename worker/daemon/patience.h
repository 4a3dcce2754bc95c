// How long a worker goes on trying what its server cannot take just now.
#ifndef VENTRAL_WORKER_DAEMON_PATIENCE_H_
#define VENTRAL_WORKER_DAEMON_PATIENCE_H_

#include <chrono>
#include <optional>

#include "scoring/base/result.h"
#include "worker/daemon/attempt_control.h"

namespace ventral {

struct Patience {
  // With a server that answers heartbeats and yet cannot take the outcome: while the lease is kept,
  // nobody else gets the job, so this must end.
  std::chrono::milliseconds answering{std::chrono::minutes(15)};
  // With one that has too much to do: gRPC says RESOURCE_EXHAUSTED then, and also of a message that
  // is too large, which never passes.
  std::chrono::milliseconds exhausted{std::chrono::minutes(2)};
  // With one that cannot take Grams: scores wait behind them.
  std::chrono::milliseconds grams{std::chrono::seconds(30)};
};

// Whether one call that failed may be answered otherwise later. Of one thread.
class Hope {
 public:
  // Both outlive it.
  Hope(const Patience& patience, const AttemptControl& control)
      : patience_(patience), control_(control) {}

  // Requires that the call is made again, after a pause, whenever this says so. A server that is
  // away altogether is waited for without end: its reaper takes the lease, if it comes to that.
  bool After(const Error& error);

 private:
  using Clock = std::chrono::steady_clock;

  const Patience& patience_;
  const AttemptControl& control_;
  int internal_errors_ = 0;
  std::optional<Clock::time_point> answering_since_, exhausted_since_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_PATIENCE_H_
