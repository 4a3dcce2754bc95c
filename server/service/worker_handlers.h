#ifndef VENTRAL_SERVER_SERVICE_WORKER_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_WORKER_HANDLERS_H_

#include <chrono>

#include "server/blob/blob_store.h"
#include "server/service/data_streams.h"
#include "server/service/pack_file_cache.h"
#include "server/store/store.h"
#include "ventral/v1/worker.grpc.pb.h"

namespace ventral::service {

class WorkerHandlers final : public v1::WorkerService::Service {
 public:
  // Store, blobs and streams outlive this. An attempt may take `wall_time`, and keep Grams of
  // `most_grams`.
  WorkerHandlers(store::Store& store, BlobStore& blobs, DataStreams& streams,
                 std::chrono::seconds wall_time, Bytes most_grams)
      : store_(store),
        pack_files_(store.CatalogueFor(store::Everything())),
        blobs_(blobs),
        streams_(streams),
        wall_time_(wall_time),
        most_grams_(most_grams) {}

  grpc::Status LeaseJob(grpc::ServerContext* context, const v1::LeaseJobRequest* request,
                        v1::LeaseJobResponse* response) override;
  grpc::Status Heartbeat(grpc::ServerContext* context, const v1::HeartbeatRequest* request,
                         v1::HeartbeatResponse* response) override;
  grpc::Status FetchBlob(grpc::ServerContext* context, const v1::FetchBlobRequest* request,
                         grpc::ServerWriter<v1::FetchBlobResponse>* writer) override;
  grpc::Status UploadGrams(grpc::ServerContext* context,
                           grpc::ServerReader<v1::UploadGramsRequest>* reader,
                           v1::UploadGramsResponse* response) override;
  grpc::Status CompleteJob(grpc::ServerContext* context, const v1::CompleteJobRequest* request,
                           v1::CompleteJobResponse* response) override;
  grpc::Status FailJob(grpc::ServerContext* context, const v1::FailJobRequest* request,
                       v1::FailJobResponse* response) override;

 private:
  store::Store& store_;
  PackFileCache pack_files_;
  BlobStore& blobs_;
  DataStreams& streams_;
  const std::chrono::seconds wall_time_;
  const Bytes most_grams_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_WORKER_HANDLERS_H_
