#ifndef VENTRAL_SERVER_SERVICE_PACK_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_PACK_HANDLERS_H_

#include "server/blob/blob_store.h"
#include "server/store/store.h"
#include "ventral/v1/pack.grpc.pb.h"

namespace ventral::service {

class PackHandlers final : public v1::PackService::Service {
 public:
  // Both outlive this.
  PackHandlers(store::Store& store, const BlobStore& blobs) : store_(store), blobs_(blobs) {}

  grpc::Status PublishPack(grpc::ServerContext* context, const v1::PublishPackRequest* request,
                           v1::Pack* response) override;
  grpc::Status SetPackPolicy(grpc::ServerContext* context, const v1::SetPackPolicyRequest* request,
                             v1::Pack* response) override;
  grpc::Status DeletePack(grpc::ServerContext* context, const v1::DeletePackRequest* request,
                          v1::Pack* response) override;
  grpc::Status UndeletePack(grpc::ServerContext* context, const v1::UndeletePackRequest* request,
                            v1::Pack* response) override;
  grpc::Status GetPack(grpc::ServerContext* context, const v1::GetPackRequest* request,
                       v1::Pack* response) override;
  grpc::Status ListPacks(grpc::ServerContext* context, const v1::ListPacksRequest* request,
                         v1::ListPacksResponse* response) override;
  grpc::Status GetBenchmark(grpc::ServerContext* context, const v1::GetBenchmarkRequest* request,
                            v1::Benchmark* response) override;
  grpc::Status ListBenchmarks(grpc::ServerContext* context,
                              const v1::ListBenchmarksRequest* request,
                              v1::ListBenchmarksResponse* response) override;

 private:
  store::Store& store_;
  const BlobStore& blobs_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_PACK_HANDLERS_H_
