// First half of the seal, before any thread is made: what this process gives up for ever.
#ifndef VENTRAL_WORKER_SANDBOX_CONFINE_H_
#define VENTRAL_WORKER_SANDBOX_CONFINE_H_

#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "worker/sandbox/layers.h"

namespace ventral {

struct ConfineOptions {
  Bytes more_memory{8ull << 30};  // address space beyond what it has now; 0: no limit (CUDA)
  Seconds processor_time{0};      // of all its threads together; 0: no limit
  // A CUDA driver makes threads of its own before this: these keep their capabilities, and only the
  // system-call filter binds them.
  bool threads_are_ours = false;
};

// Every file that is needed must be open or mapped before this call, and every library loaded; the
// process must have one thread, as capabilities and Landlock bind the calling thread and those that
// it makes. Gives up: an address space beyond the limit, processor time, core dumps, files; the
// file system (an empty root where it owns its mount namespace; Landlock); all capabilities, and
// the way to new ones. Standard input is closed. The report does not name system_calls yet.
// @error internal: a layer that must be there is refused, or there are other threads.
Result<SandboxReport> Confine(const ConfineOptions& options);

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_CONFINE_H_
