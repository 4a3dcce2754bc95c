// Whether the server can serve, told through grpc.health.v1.
#ifndef VENTRAL_SERVER_SERVICE_READINESS_H_
#define VENTRAL_SERVER_SERVICE_READINESS_H_

#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <functional>

#include "scoring/base/result.h"
#include "server/service/ticker.h"

namespace ventral::service {

class Readiness {
 public:
  // Asks `ping` each `interval`: NOT_SERVING while it fails. Each change is logged. `health`
  // outlives this.
  Readiness(grpc::HealthCheckServiceInterface& health, std::function<Status()> ping,
            std::chrono::milliseconds interval);

 private:
  void Look();

  grpc::HealthCheckServiceInterface& health_;
  const std::function<Status()> ping_;
  bool serving_ = true;
  Ticker ticker_;  // last: it stops before the rest ends
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_READINESS_H_
