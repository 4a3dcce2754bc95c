// Following a job to its end, over servers that come and go.
#ifndef VENTRAL_CLIENT_LIB_WATCH_H_
#define VENTRAL_CLIENT_LIB_WATCH_H_

#include <chrono>
#include <functional>
#include <string>

#include "client/lib/connection.h"

namespace ventral::client {

bool HasEnded(const v1::Job& job);

struct WatchOptions {
  std::chrono::milliseconds first_pause{250};  // between attempts to open the stream again; doubles to 5 s
  std::chrono::seconds patience{300};          // without a word from the server, before giving up
};

// Calls `on_change` with the job now and at each change; returns it when it has ended. A stream that is cut is
// opened again; `on_cut` hears of it once a cut.
// @error not_found; unavailable when the server was silent for longer than the patience (the job goes on there).
Result<v1::Job> WatchJob(Connection& connection, const std::string& name, const WatchOptions& options,
                         const std::function<void(const v1::Job&)>& on_change,
                         const std::function<void(const Error&)>& on_cut);

// "jobs/ID", "ID" or an unambiguous beginning of an ID (4 characters at least) → "jobs/ID".
// @error invalid_input for one that is too short or fits several; not_found.
Result<std::string> ResolveJob(Connection& connection, const std::string& given);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_WATCH_H_
