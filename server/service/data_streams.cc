#include "server/service/data_streams.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "server/service/peer.h"
#include "server/service/reply.h"

namespace ventral::service {
namespace {

using std::chrono::milliseconds;

milliseconds BetweenLooks(milliseconds stall) {
  return std::clamp(stall / 4, milliseconds(10), milliseconds(5'000));
}

}  // namespace

DataStreams::DataStreams(DataStreamOptions options)
    : options_(options),
      places_(options.most),
      watchdog_(BetweenLooks(options.stall), [this] { Look(Steady::now()); }) {}

DataStreams::Place::Place(DataStreams& streams, grpc::ServerContext& context)
    : streams_(streams), context_(context), place_(streams.places_) {
  const std::lock_guard lock(streams_.mutex_);
  if (held()) streams_.open_.insert(this);
}

DataStreams::Place::~Place() {
  const std::lock_guard lock(streams_.mutex_);
  streams_.open_.erase(this);
}

grpc::Status DataStreams::Place::Refusal() const {
  return BusyStatus(
      "the server moves no further file now: " + place_.refusal() + "; try again in a moment",
      std::chrono::seconds(1));
}

void DataStreams::Look(Steady::time_point now) {
  const std::lock_guard lock(mutex_);  // no place, nor its call, ends while it is held
  for (Place* place : open_) {
    const std::uint64_t moved = place->moved_;
    if (moved - place->seen_ >= kLeastMoved) {
      place->seen_ = moved;
      place->since_ = now;
    } else if (!place->finished_ && now - place->since_ >= options_.stall) {
      spdlog::info("a stream of {} is cancelled: it stood still for {} s after {} bytes",
                   PeerOf(place->context_), options_.stall.count() / 1000, moved);
      place->finished_ = true;
      place->context_.TryCancel();
    }
  }
}

}  // namespace ventral::service
