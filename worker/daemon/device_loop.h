// One device's life: lease a job, run it, lease the next.
#ifndef VENTRAL_WORKER_DAEMON_DEVICE_LOOP_H_
#define VENTRAL_WORKER_DAEMON_DEVICE_LOOP_H_

#include <chrono>
#include <stop_token>
#include <string>

#include "worker/daemon/job_run.h"

namespace ventral {

struct DeviceLoopOptions {
  std::string worker;   // its name, for people
  v1::WorkerNode node;  // what it says of itself
  RunLimits limits;     // with the device
  // What a lease may raise the memory budget to (memory_budget.h).
  std::uint64_t largest_budget_bytes = 0;
  JobPrograms programs;
  std::chrono::milliseconds poll_interval{2000};  // between looks at an empty queue
  // After an attempt that failed through the worker's own fault; doubled, up to a minute, until one
  // does not: a worker that can do nothing must not have the attempts of all that wait.
  std::chrono::milliseconds first_rest{1000};
  bool rescore_only = false;                      // takes no job that needs the extractor
  bool once = false;                              // one job, or none if none is waiting
};

// Runs jobs one at a time on the calling thread until `drain` fires. `hand_back` ends the running
// one (RunJob). @error only with `once`: why no job could be leased.
Status RunDeviceLoop(const DeviceLoopOptions& options, ServerLink& server, BlobCache& cache,
                     const std::stop_token& drain, const std::stop_token& hand_back);

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_DEVICE_LOOP_H_
