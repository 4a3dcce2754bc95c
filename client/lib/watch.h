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
  std::chrono::milliseconds first_pause{250};  // before the stream is opened again; doubles
  std::chrono::milliseconds longest_pause{5000};
  std::chrono::milliseconds patience{300'000};  // from the first cut without a word since
};

// Calls `on_change` with the job now and at each change; returns it when it has ended. A stream
// that is cut is opened again; `on_cut` hears of it once, until the server has spoken again.
// @error not_found; unavailable when the server was away for longer than the patience (the job goes
//   on there).
Result<v1::Job> WatchJob(Connection& connection, const std::string& name,
                         const WatchOptions& options,
                         const std::function<void(const v1::Job&)>& on_change,
                         const std::function<void(const Error&)>& on_cut);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_WATCH_H_
