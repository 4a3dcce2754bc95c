// One log line for each call: method, status, milliseconds, user, and from where where it was
// refused. Never what was sent.
#ifndef VENTRAL_SERVER_SERVICE_CALL_LOG_H_
#define VENTRAL_SERVER_SERVICE_CALL_LOG_H_

#include <grpcpp/support/server_interceptor.h>

#include <memory>

namespace ventral::service {

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallLog();

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_CALL_LOG_H_
