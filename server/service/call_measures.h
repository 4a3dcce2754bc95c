// Counts calls and how long they take, and what workers report of attempts.
#ifndef VENTRAL_SERVER_SERVICE_CALL_MEASURES_H_
#define VENTRAL_SERVER_SERVICE_CALL_MEASURES_H_

#include <grpcpp/support/server_interceptor.h>

#include <memory>

#include "server/measures/measures.h"

namespace ventral::service {

// `measures` outlives it.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallMeasures(
    measures::Measures& measures);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_CALL_MEASURES_H_
