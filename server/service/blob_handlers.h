#ifndef VENTRAL_SERVER_SERVICE_BLOB_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_BLOB_HANDLERS_H_

#include "server/blob/blob_store.h"
#include "server/service/data_streams.h"
#include "server/service/upload.h"
#include "server/store/store.h"
#include "ventral/v1/blob.grpc.pb.h"

namespace ventral::service {

class BlobHandlers final : public v1::BlobService::Service {
 public:
  // All outlive this.
  BlobHandlers(BlobStore& blobs, DataStreams& streams, store::Store& store)
      : blobs_(blobs), streams_(streams), store_(store) {}

  grpc::Status FindMissingBlobs(grpc::ServerContext* context,
                                const v1::FindMissingBlobsRequest* request,
                                v1::FindMissingBlobsResponse* response) override;
  grpc::Status QueryUpload(grpc::ServerContext* context, const v1::QueryUploadRequest* request,
                           v1::QueryUploadResponse* response) override;
  grpc::Status UploadBlob(grpc::ServerContext* context,
                          grpc::ServerReader<v1::UploadBlobRequest>* reader,
                          v1::UploadBlobResponse* response) override;

 private:
  // Who has no right to name it yet sends the bytes, whether or not they are here.
  Result<bool> IsHere(const Declared& declared);

  BlobStore& blobs_;
  DataStreams& streams_;
  store::Store& store_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_BLOB_HANDLERS_H_
