// ModelHandlers: what the owner of a model does with it.
#include "server/service/convert.h"
#include "server/service/model_handlers.h"
#include "server/service/names.h"
#include "server/service/reply.h"
#include "server/service/seen.h"

namespace ventral::service {
namespace {

template <typename Request>
grpc::Status Change(store::Store& store, store::ModelChange change, const Request& request,
                    v1::Model* response) {
  return Respond(request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParseModelName(request.name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, SeenCatalogue(store)->ChangeModel(id, change));
    VENTRAL_ASSIGN_OR_RETURN(*response, ToProto(row, CurrentViewer()));
    return Ok{};
  });
}

}  // namespace

grpc::Status ModelHandlers::PublishModel(grpc::ServerContext*,
                                         const v1::PublishModelRequest* request,
                                         v1::Model* response) {
  return Change(store_, store::ModelChange::kPublish, *request, response);
}

grpc::Status ModelHandlers::WithdrawModel(grpc::ServerContext*,
                                          const v1::WithdrawModelRequest* request,
                                          v1::Model* response) {
  return Change(store_, store::ModelChange::kWithdraw, *request, response);
}

grpc::Status ModelHandlers::DeleteModel(grpc::ServerContext*, const v1::DeleteModelRequest* request,
                                        v1::Model* response) {
  return Change(store_, store::ModelChange::kDelete, *request, response);
}

grpc::Status ModelHandlers::UndeleteModel(grpc::ServerContext*,
                                          const v1::UndeleteModelRequest* request,
                                          v1::Model* response) {
  return Change(store_, store::ModelChange::kUndelete, *request, response);
}

}  // namespace ventral::service
