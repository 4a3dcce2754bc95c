// The one place where a call is refused: before its handler is run, whatever the handler is.
#ifndef VENTRAL_SERVER_SERVICE_GUARDED_SERVICE_H_
#define VENTRAL_SERVER_SERVICE_GUARDED_SERVICE_H_

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <string>

#include "scoring/base/result.h"
#include "server/service/gate.h"

namespace ventral::service {

// A service to register instead of `handlers`: each method asks the gate, and then runs theirs,
// with CurrentCaller set. Both outlive it. `name`: "ventral.v1.JobService", whose methods
// `handlers` has in the order of the proto, as generated code does. Why so, and not an interceptor:
// docs/decisions/access-in-the-proto.md.
// @error internal names a method whose proto does not say who may call it.
Result<std::unique_ptr<grpc::Service>> GuardService(grpc::Service& handlers,
                                                    const std::string& name, const Gate& gate);
// The same for a service that is described so.
Result<std::unique_ptr<grpc::Service>> GuardService(
    grpc::Service& handlers, const google::protobuf::ServiceDescriptor& described,
    const Gate& gate);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_GUARDED_SERVICE_H_
