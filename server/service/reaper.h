// Gives jobs whose worker fell silent back to the queue.
#ifndef VENTRAL_SERVER_SERVICE_REAPER_H_
#define VENTRAL_SERVER_SERVICE_REAPER_H_

#include <chrono>

#include "server/measures/measures.h"
#include "server/service/ticker.h"
#include "server/store/job_queue.h"

namespace ventral::service {

class Reaper {
 public:
  // Reaps each `interval`, until this ends. A database that is away is logged, and asked again.
  // `measures` may be null.
  Reaper(store::JobQueue& jobs, std::chrono::milliseconds interval,
         measures::Measures* measures = nullptr)
      : jobs_(jobs), measures_(measures), ticker_(interval, [this] { Reap(); }) {}

 private:
  void Reap();

  store::JobQueue& jobs_;
  measures::Measures* const measures_;
  Ticker ticker_;  // last: it stops before the rest ends
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_REAPER_H_
