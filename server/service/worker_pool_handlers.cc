#include "server/service/worker_pool_handlers.h"

#include "server/service/paging.h"
#include "server/service/reply.h"
#include "server/service/seen.h"
#include "server/service/worker_node.h"

namespace ventral::service {

grpc::Status WorkerPoolHandlers::ListWorkers(grpc::ServerContext*,
                                             const v1::ListWorkersRequest* request,
                                             v1::ListWorkersResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const int size,
                             call.Check("page_size", PageSize(request->page_size())));
    VENTRAL_ASSIGN_OR_RETURN(
        auto page, call.Check("page_token", store_.workers().List({size, request->page_token()},
                                                                  CurrentViewer())));
    for (const auto& row : page.rows) *response->add_workers() = ToProto(row);
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

}  // namespace ventral::service
