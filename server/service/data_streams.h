// The streams that move blobs. Each holds a thread of the server, so they are counted, and one that
// stands still is ended.
#ifndef VENTRAL_SERVER_SERVICE_DATA_STREAMS_H_
#define VENTRAL_SERVER_SERVICE_DATA_STREAMS_H_

#include <grpcpp/server_context.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "server/service/places.h"
#include "server/service/ticker.h"

namespace ventral::service {

struct DataStreamOptions {
  int most = 64;                            // at a time; half of them of one user
  std::chrono::milliseconds stall{60'000};  // in which kLeastMoved must move
};

// Thread-safe.
class DataStreams {
 public:
  using Steady = std::chrono::steady_clock;
  // Less is standing still; a stream of single bytes is no progress.
  static constexpr std::uint64_t kLeastMoved = 64 << 10;

  explicit DataStreams(DataStreamOptions options);

  // One of the options' `most` places, for one call; held while it lives.
  class Place {
   public:
    // `context` outlives it.
    Place(DataStreams& streams, grpc::ServerContext& context);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // False: there is none for this user now, and the call must end with Refusal.
    bool held() const { return place_.held(); }
    // RESOURCE_EXHAUSTED that says to try again (BusyStatus).
    grpc::Status Refusal() const;
    void Moved(std::size_t bytes) { moved_ += bytes; }
    // The client has done its part: from here on the time is the server's own.
    void Finished() { finished_ = true; }

   private:
    friend class DataStreams;
    DataStreams& streams_;
    grpc::ServerContext& context_;
    const Places::Place place_;
    std::atomic<std::uint64_t> moved_ = 0;
    std::atomic<bool> finished_ = false;
    std::uint64_t seen_ = 0;  // moved_ at `since_`
    Steady::time_point since_ = Steady::now();
  };

  // Cancels the streams that stand still at `now`; asked for by a thread of its own.
  void Look(Steady::time_point now);

 private:
  const DataStreamOptions options_;
  Places places_;
  std::mutex mutex_;
  std::set<Place*> open_;
  Ticker watchdog_;  // last: its thread uses the others
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_DATA_STREAMS_H_
