// The one place where a call is refused: before its handler is run, whatever the handler is.
#ifndef VENTRAL_SERVER_SERVICE_GUARDED_SERVICE_H_
#define VENTRAL_SERVER_SERVICE_GUARDED_SERVICE_H_

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <string>

#include "scoring/base/result.h"
#include "server/service/gate.h"
#include "server/service/places.h"

namespace ventral::service {

// A service to register instead of `handlers`: each method asks the gate, takes a place among the
// `calls` at a time where it is short and no worker's, reads its request, and then runs theirs,
// with CurrentCaller set. All three outlive it. `name`: "ventral.v1.JobService", whose methods
// `handlers` has in the order of the proto, as generated code does. Why so, and not an interceptor:
// docs/decisions/access-in-the-proto.md.
// @error internal names a method whose proto does not say who may call it.
Result<std::unique_ptr<grpc::Service>> GuardService(grpc::Service& handlers,
                                                    const std::string& name, const Gate& gate,
                                                    Places& calls);
// The same for a service that is described so.
Result<std::unique_ptr<grpc::Service>> GuardService(
    grpc::Service& handlers, const google::protobuf::ServiceDescriptor& described, const Gate& gate,
    Places& calls);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_GUARDED_SERVICE_H_
