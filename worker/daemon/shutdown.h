// SIGTERM and SIGINT, as two stop tokens: lease no more; hand back what runs.
#ifndef VENTRAL_WORKER_DAEMON_SHUTDOWN_H_
#define VENTRAL_WORKER_DAEMON_SHUTDOWN_H_

#include <chrono>
#include <stop_token>

#include "scoring/base/result.h"
#include "worker/sandbox/descriptor.h"

namespace ventral {

class Shutdown {
 public:
  // Blocks both signals in the calling thread and in all that it starts later: make it first.
  // @error unavailable if the system gives no descriptor.
  static Result<Shutdown> Make();

  // Waits on the calling thread for the first signal, then for the second one or for
  // `patience`, whichever is sooner, and fires the tokens. Returns at once after WorkIsOver.
  void Serve(std::chrono::seconds patience);
  // From any thread: nothing is left that a signal could stop.
  void WorkIsOver();

  std::stop_token drain() const { return drain_.get_token(); }
  std::stop_token hand_back() const { return hand_back_.get_token(); }

 private:
  Shutdown(Descriptor signals, Descriptor over)
      : signals_(std::move(signals)), over_(std::move(over)) {}
  enum class Event { kSignal, kOver, kTimeout };
  Event Wait(int milliseconds);

  Descriptor signals_, over_;
  std::stop_source drain_, hand_back_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_SHUTDOWN_H_
