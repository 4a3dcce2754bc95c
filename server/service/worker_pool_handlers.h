#ifndef VENTRAL_SERVER_SERVICE_WORKER_POOL_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_WORKER_POOL_HANDLERS_H_

#include "server/store/store.h"
#include "ventral/v1/worker_pool.grpc.pb.h"

namespace ventral::service {

class WorkerPoolHandlers final : public v1::WorkerPoolService::Service {
 public:
  // `store` outlives this.
  explicit WorkerPoolHandlers(store::Store& store) : store_(store) {}

  grpc::Status ListWorkers(grpc::ServerContext* context, const v1::ListWorkersRequest* request,
                           v1::ListWorkersResponse* response) override;

 private:
  store::Store& store_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_WORKER_POOL_HANDLERS_H_
