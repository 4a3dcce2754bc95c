// Who works here: for people. Nothing is decided by it, least of all who may lease, but whether a
// job of known need fits anywhere.
#ifndef VENTRAL_SERVER_STORE_WORKER_REGISTRY_H_
#define VENTRAL_SERVER_STORE_WORKER_REGISTRY_H_

#include <chrono>
#include <string>

#include "scoring/base/result.h"
#include "server/store/catalogue.h"
#include "server/store/rows.h"
#include "server/store/viewer.h"

namespace ventral::store {

// A worker polls every few seconds: within this time, hearing the same again writes nothing.
inline constexpr std::chrono::seconds kSeenWithin{10};
// When a new worker comes, those not seen for so long are forgotten, and of the others the longest
// unseen beyond so many: the table stays small whatever names are made up.
inline constexpr std::chrono::hours kForgottenAfter{7 * 24};
inline constexpr int kMostWorkers = 1000;
// A worker that was not heard of for so long has no memory that a job could count on.
inline constexpr std::chrono::hours kCountsWithin{24};

class WorkerRegistry {
 public:
  virtual ~WorkerRegistry() = default;

  // Heard of the worker: name, version, devices, sandbox, missing and memory are read.
  // @error invalid_input names a text that PostgreSQL does not take.
  virtual Status Heard(const WorkerRow& worker) = 0;
  // Heard of whoever runs this job, where it is known here.
  virtual Status HeardAtWork(const std::string& job) = 0;
  // By name.
  virtual Result<Page<WorkerRow>> List(const PageRequest& page, const Viewer& viewer) = 0;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_WORKER_REGISTRY_H_
