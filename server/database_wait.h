// The server's start, while its database does not answer yet.
#ifndef VENTRAL_SERVER_DATABASE_WAIT_H_
#define VENTRAL_SERVER_DATABASE_WAIT_H_

#include <signal.h>

#include <chrono>

#include "scoring/base/result.h"
#include "server/store/store.h"

namespace ventral {

enum class DatabaseWait {
  kThere,    // it answers, and has this server's schema
  kStopped,  // a signal of `stop` came first
};

// Asks once a second, for as long as `patience`: what starts with this server may take its time,
// and whoever starts servers again need not. Logs what is missing, once for each reason. The
// signals of `stop` are blocked in every thread.
// @error unavailable is the database's last word (Store::Ping), when `patience` is over.
Result<DatabaseWait> WaitForDatabase(store::Store& store, std::chrono::seconds patience,
                                     const sigset_t& stop);

}  // namespace ventral

#endif  // VENTRAL_SERVER_DATABASE_WAIT_H_
