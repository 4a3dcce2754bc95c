// Waiting for a job to change, on behalf of a stream.
#ifndef VENTRAL_SERVER_SERVICE_WATCH_H_
#define VENTRAL_SERVER_SERVICE_WATCH_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "scoring/base/result.h"
#include "server/service/places.h"
#include "server/store/rows.h"

namespace ventral::service {

struct WatchOptions {
  int most = 128;                                 // at a time; half of them of one user (places.h)
  std::chrono::milliseconds interval{300};        // between two looks at a job
  std::chrono::milliseconds longest_wait{5'000};  // between two looks while the database is away
  std::chrono::seconds outage{120};               // the database may be away this long
};

// Thread-safe.
class Watches {
 public:
  explicit Watches(WatchOptions options) : options_(options), places_(options.most) {}

  // Calls `see` with the job that `look` finds, now and at each change of its revision, until it
  // has ended, `see` returns false, or `gone` returns true. Lives through a database that is away
  // for a while.
  // @error resource_limit if too many watch already, or too many of this user; unavailable when the
  //   server stops or the database stays away; other errors of `look`.
  Status Follow(const std::function<Result<store::JobRow>()>& look,
                const std::function<bool(const store::JobRow&)>& see,
                const std::function<bool()>& gone);
  // Ends every Follow, now and later, with unavailable.
  void Stop();

 private:
  // False when Stop was called.
  bool Wait(std::chrono::milliseconds time);

  const WatchOptions options_;
  Places places_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_WATCH_H_
