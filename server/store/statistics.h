// How queue, store and pool stand, for an operator.
#ifndef VENTRAL_SERVER_STORE_STATISTICS_H_
#define VENTRAL_SERVER_STORE_STATISTICS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"

namespace ventral::store {

class Database;

struct PoolUse {
  int in_use = 0, size = 0;
};

struct Statistics {
  std::int64_t queued = 0, running = 0;
  double oldest_queued_seconds = 0;  // since it was made; 0 where none waits
  // Each digest once, though several rows name it.
  std::int64_t checkpoint_bytes = 0, pack_bytes = 0, grams_bytes = 0;
};

// Told of a transaction that took long: which function's, such as "PostgresCatalogue::ListModels",
// and its time on its connection. Called on the thread of the transaction.
using OnSlow = std::function<void(const std::string& what, std::chrono::milliseconds took)>;

// @error unavailable.
Result<Statistics> Measure(Database& database, TimePoint now);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_STATISTICS_H_
