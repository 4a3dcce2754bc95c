#ifndef VENTRAL_SERVER_SERVICE_MODEL_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_MODEL_HANDLERS_H_

#include "server/blob/blob_store.h"
#include "server/store/store.h"
#include "ventral/v1/model.grpc.pb.h"

namespace ventral::service {

class ModelHandlers final : public v1::ModelService::Service {
 public:
  // Both outlive this.
  ModelHandlers(store::Store& store, const BlobStore& blobs) : store_(store), blobs_(blobs) {}

  grpc::Status CreateModel(grpc::ServerContext* context, const v1::CreateModelRequest* request,
                           v1::Model* response) override;
  grpc::Status GetModel(grpc::ServerContext* context, const v1::GetModelRequest* request,
                        v1::Model* response) override;
  grpc::Status ListModels(grpc::ServerContext* context, const v1::ListModelsRequest* request,
                          v1::ListModelsResponse* response) override;
  grpc::Status CreateCheckpoint(grpc::ServerContext* context,
                                const v1::CreateCheckpointRequest* request,
                                v1::Checkpoint* response) override;
  grpc::Status GetCheckpoint(grpc::ServerContext* context, const v1::GetCheckpointRequest* request,
                             v1::Checkpoint* response) override;
  grpc::Status ListCheckpoints(grpc::ServerContext* context,
                               const v1::ListCheckpointsRequest* request,
                               v1::ListCheckpointsResponse* response) override;
  // In model_change_handlers.cc.
  grpc::Status PublishModel(grpc::ServerContext* context, const v1::PublishModelRequest* request,
                            v1::Model* response) override;
  grpc::Status WithdrawModel(grpc::ServerContext* context, const v1::WithdrawModelRequest* request,
                             v1::Model* response) override;
  grpc::Status DeleteModel(grpc::ServerContext* context, const v1::DeleteModelRequest* request,
                           v1::Model* response) override;
  grpc::Status UndeleteModel(grpc::ServerContext* context, const v1::UndeleteModelRequest* request,
                             v1::Model* response) override;

 private:
  store::Store& store_;
  const BlobStore& blobs_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_MODEL_HANDLERS_H_
