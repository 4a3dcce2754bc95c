// Private to sandbox: fork into namespaces of its own.
#ifndef VENTRAL_WORKER_SANDBOX_NAMESPACES_H_
#define VENTRAL_WORKER_SANDBOX_NAMESPACES_H_

#include <sys/types.h>

#include <string>

namespace ventral {

// As fork(2) into new user, mount, PID, network, IPC and UTS namespaces. −1 and errno where the
// kernel or a container's rules refuse. In the child only async-signal-safe calls are allowed.
pid_t ForkIntoNamespaces();

// What the child writes to be root of its own user namespace, and nobody elsewhere: it may mount an
// empty root then. Made before the fork.
struct UserMap {
  std::string users, groups;
};
UserMap MakeUserMap();

// In the child. Async-signal-safe. What fails is noticed when the root is to be emptied.
void BecomeOwnRoot(const UserMap& map);

// The environment variable by which the child learns that it lives in namespaces of its own:
// "own", or why not.
inline constexpr char kNamespacesVariable[] = "VENTRAL_NAMESPACES";

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_NAMESPACES_H_
