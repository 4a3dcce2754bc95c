// What a worker says of itself: checked on its way in, converted on its way out.
#ifndef VENTRAL_SERVER_SERVICE_WORKER_NODE_H_
#define VENTRAL_SERVER_SERVICE_WORKER_NODE_H_

#include <string>

#include "server/service/reply.h"
#include "server/store/rows.h"
#include "ventral/v1/worker_pool.pb.h"

namespace ventral::service {

// The limits that worker_pool.proto states. `field` names the node in the request.
// @error invalid_input, told to `call`: a field is too long, negative, has too many entries, or an
// entry is no
//   name of a layer.
Result<store::WorkerRow> FromProto(const std::string& worker, const v1::WorkerNode& node,
                                   const std::string& field, Call& call);
v1::Worker ToProto(const store::WorkerRow& row);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_WORKER_NODE_H_
