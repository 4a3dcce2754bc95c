// Removes blobs that no row names and uploads that nobody went on with, now and then.
#ifndef VENTRAL_SERVER_COLLECTOR_H_
#define VENTRAL_SERVER_COLLECTOR_H_

#include <chrono>

#include "scoring/base/clock.h"
#include "server/blob/blob_store.h"
#include "server/service/ticker.h"
#include "server/store/store.h"

namespace ventral {

class Collector {
 public:
  // At each `interval`, removes what nobody has uploaded or held for `keep`, and halves of uploads;
  // `keep` 0: the halves alone. What was removed, and what went wrong, is logged. Store and blobs
  // outlive it.
  Collector(store::Store& store, BlobStore& blobs, std::chrono::seconds keep,
            std::chrono::milliseconds interval)
      : store_(store), blobs_(blobs), keep_(keep), ticker_(interval, [this] { Collect(); }) {}

 private:
  void Collect();

  store::Store& store_;
  BlobStore& blobs_;
  const std::chrono::seconds keep_;
  service::Ticker ticker_;  // last: it stops before the rest ends
};

}  // namespace ventral

#endif  // VENTRAL_SERVER_COLLECTOR_H_
