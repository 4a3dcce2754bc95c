// fork and exec, with pipes and nothing inherited.
#ifndef VENTRAL_WORKER_SANDBOX_SPAWN_H_
#define VENTRAL_WORKER_SANDBOX_SPAWN_H_

#include <sys/types.h>

#include "scoring/base/result.h"
#include "worker/sandbox/child.h"
#include "worker/sandbox/descriptor.h"

namespace ventral {

struct Spawned {
  pid_t pid = -1;
  Descriptor to_child, from_child, errors;  // our ends of its stdin, stdout, stderr
};

// The child leads a process group of its own, has the environment of `options` and the descriptors
// 0, 1, 2 only, and kSharedDescriptor where `options` has one, and gets SIGKILL when the thread
// that called Spawn ends, in whatever way.
// @error not_found if the program cannot be executed (says why); unavailable if no process can be
// made.
Result<Spawned> Spawn(const ChildOptions& options);

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_SPAWN_H_
