// The files of a leased job, fetched into the cache.
#ifndef VENTRAL_WORKER_DAEMON_JOB_FILES_H_
#define VENTRAL_WORKER_DAEMON_JOB_FILES_H_

#include <functional>

#include "ventral/v1/worker.pb.h"
#include "worker/daemon/attempt_control.h"
#include "worker/daemon/blob_cache.h"
#include "worker/daemon/patience.h"
#include "worker/daemon/server_link.h"

namespace ventral {

struct JobFiles {
  BlobCache::Held checkpoint;  // of a score
  BlobCache::Held grams;       // of a rescore
  BlobCache::Held pack;
};

// Tries again while the server is away, until `control` says to stop, and while it has too much to
// do, for as long as `patience` says. `on_progress` hears of phase "fetch".
// @error corrupt_data if the lease is ill-formed or a blob is not what its digest says, not_found
//   if the server lacks one, resource_limit if the disk is full or the server has too much to do,
//   unavailable if stopped.
Result<JobFiles> FetchJobFiles(const v1::Lease& lease, ServerLink& server, BlobCache& cache,
                               const AttemptControl& control, const Patience& patience,
                               const std::function<void(v1::Progress)>& on_progress);

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_JOB_FILES_H_
