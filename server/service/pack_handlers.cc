#include "server/service/pack_handlers.h"

#include "server/service/convert.h"
#include "server/service/names.h"
#include "server/service/pack_publication.h"
#include "server/service/paging.h"
#include "server/service/reply.h"
#include "server/service/seen.h"

namespace ventral::service {
namespace {

template <typename Request>
grpc::Status ChangePack(store::Store& store, store::PackChange change, const Request& request,
                        v1::Pack* response) {
  return Respond(request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParsePackName(request.name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, SeenCatalogue(store)->ChangePack(id, change));
    *response = ToProto(row);
    return Ok{};
  });
}

}  // namespace

grpc::Status PackHandlers::PublishPack(grpc::ServerContext*, const v1::PublishPackRequest* request,
                                       v1::Pack* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_RETURN_IF_ERROR(call.Check("request_id", CheckRequestId(request->request_id())));
    VENTRAL_ASSIGN_OR_RETURN(const auto made, CheckPublication(*request, store_, blobs_, call));
    std::optional<store::PackPolicy> policy;
    if (request->has_policy()) policy = FromProto(request->policy());
    call.OnConflict(ConflictMeans::kAlreadyExists);
    VENTRAL_ASSIGN_OR_RETURN(const auto row,
                             SeenCatalogue(store_)->CreatePack(made.pack, made.files, policy));
    *response = ToProto(row);
    return Ok{};
  });
}

grpc::Status PackHandlers::SetPackPolicy(grpc::ServerContext*,
                                         const v1::SetPackPolicyRequest* request,
                                         v1::Pack* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParsePackName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row,
                             call.Check("policy", SeenCatalogue(store_)->SetPackPolicy(
                                                      id, FromProto(request->policy()))));
    *response = ToProto(row);
    return Ok{};
  });
}

grpc::Status PackHandlers::DeletePack(grpc::ServerContext*, const v1::DeletePackRequest* request,
                                      v1::Pack* response) {
  return ChangePack(store_, store::PackChange::kDelete, *request, response);
}

grpc::Status PackHandlers::UndeletePack(grpc::ServerContext*,
                                        const v1::UndeletePackRequest* request,
                                        v1::Pack* response) {
  return ChangePack(store_, store::PackChange::kUndelete, *request, response);
}

grpc::Status PackHandlers::GetPack(grpc::ServerContext*, const v1::GetPackRequest* request,
                                   v1::Pack* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParsePackName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, SeenCatalogue(store_)->GetPack(id));
    *response = ToProto(row);
    return Ok{};
  });
}

grpc::Status PackHandlers::ListPacks(grpc::ServerContext*, const v1::ListPacksRequest* request,
                                     v1::ListPacksResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const int size,
                             call.Check("page_size", PageSize(request->page_size())));
    VENTRAL_ASSIGN_OR_RETURN(auto page, call.Check("page_token", SeenCatalogue(store_)->ListPacks(
                                                                     {size, request->page_token()},
                                                                     request->show_deleted())));
    for (const auto& row : page.rows) *response->add_packs() = ToProto(row);
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

grpc::Status PackHandlers::GetBenchmark(grpc::ServerContext*,
                                        const v1::GetBenchmarkRequest* request,
                                        v1::Benchmark* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto name,
                             call.Check("name", ParseBenchmarkName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto pack, SeenCatalogue(store_)->GetPack(name.pack));
    for (const auto& row : pack.benchmarks) {
      if (row.id != name.benchmark) continue;
      *response = ToProto(row);
      return Ok{};
    }
    return NotFound("pack " + name.pack + " " + pack.version + " has no benchmark '" +
                    name.benchmark + "'; ListBenchmarks tells those it has");
  });
}

grpc::Status PackHandlers::ListBenchmarks(grpc::ServerContext*,
                                          const v1::ListBenchmarksRequest* request,
                                          v1::ListBenchmarksResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto pack,
                             call.Check("parent", ParsePackOrAllName(request->parent())));
    VENTRAL_ASSIGN_OR_RETURN(const int size,
                             call.Check("page_size", PageSize(request->page_size())));
    if (!pack.empty()) VENTRAL_RETURN_IF_ERROR(SeenCatalogue(store_)->GetPack(pack));
    VENTRAL_ASSIGN_OR_RETURN(auto page,
                             call.Check("page_token", SeenCatalogue(store_)->ListBenchmarks(
                                                          pack, {size, request->page_token()})));
    for (const auto& row : page.rows) *response->add_benchmarks() = ToProto(row);
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

}  // namespace ventral::service
