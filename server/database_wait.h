// The server's start, while its database does not answer yet.
#ifndef VENTRAL_SERVER_DATABASE_WAIT_H_
#define VENTRAL_SERVER_DATABASE_WAIT_H_

#include <signal.h>

#include <chrono>
#include <functional>

#include "scoring/base/result.h"

namespace ventral {

enum class DatabaseWait {
  kThere,    // all that was asked of it was answered
  kStopped,  // a signal of `stop` came first
};

// Calls `ask` once a second while it says `unavailable`, for as long as `patience`: what starts
// with this server may take its time, and whoever starts servers again need not. Logs what is
// missing, once for each reason. The signals of `stop` are blocked in every thread.
// @error any other one of `ask`, at once; its last `unavailable`, when `patience` is over.
Result<DatabaseWait> WaitForDatabase(const std::function<Status()>& ask,
                                     std::chrono::seconds patience, const sigset_t& stop);

}  // namespace ventral

#endif  // VENTRAL_SERVER_DATABASE_WAIT_H_
