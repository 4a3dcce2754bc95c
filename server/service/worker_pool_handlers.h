#ifndef VENTRAL_SERVER_SERVICE_WORKER_POOL_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_WORKER_POOL_HANDLERS_H_

#include "server/store/worker_registry.h"
#include "ventral/v1/worker_pool.grpc.pb.h"

namespace ventral::service {

class WorkerPoolHandlers final : public v1::WorkerPoolService::Service {
 public:
  // The registry outlives this.
  explicit WorkerPoolHandlers(store::WorkerRegistry& workers) : workers_(workers) {}

  grpc::Status ListWorkers(grpc::ServerContext* context, const v1::ListWorkersRequest* request,
                           v1::ListWorkersResponse* response) override;

 private:
  store::WorkerRegistry& workers_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_WORKER_POOL_HANDLERS_H_
