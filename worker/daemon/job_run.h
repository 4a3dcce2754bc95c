// One leased job, from its files to the server's knowledge of how it ended.
#ifndef VENTRAL_WORKER_DAEMON_JOB_RUN_H_
#define VENTRAL_WORKER_DAEMON_JOB_RUN_H_

#include <filesystem>
#include <stop_token>

#include "worker/daemon/blob_cache.h"
#include "worker/daemon/patience.h"
#include "worker/daemon/server_link.h"
#include "worker/protocol/requests.h"

namespace ventral {

struct JobPrograms {
  std::filesystem::path evaluator;  // absolute path of ventral-evaluate
  std::filesystem::path extractor;  // absolute path of ventral-extract
};

enum class JobEnd {
  kDone,  // completed, failed by its own fault, handed back or lost
  kOurs,  // failed because of the worker, or of what it was given: the next job may, too
};

// Blocks until the job is completed, failed, handed back or lost; what happened is logged. When
// `hand_back` fires, the job is handed back without using up an attempt. The calling thread must
// live as long (Child::Start).
JobEnd RunJob(const v1::Lease& lease, const RunLimits& limits, const JobPrograms& programs,
              ServerLink& server, BlobCache& cache, const std::stop_token& hand_back,
              const Patience& patience = {});

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_JOB_RUN_H_
