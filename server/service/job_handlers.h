#ifndef VENTRAL_SERVER_SERVICE_JOB_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_JOB_HANDLERS_H_

#include "server/blob/blob_store.h"
#include "server/service/data_streams.h"
#include "server/service/watch.h"
#include "server/store/store.h"
#include "ventral/v1/job.grpc.pb.h"

namespace ventral::service {

class JobHandlers final : public v1::JobService::Service {
 public:
  // All outlive this.
  JobHandlers(store::Store& store, const BlobStore& blobs, Watches& watches, DataStreams& streams)
      : store_(store), jobs_(store.jobs()), blobs_(blobs), watches_(watches), streams_(streams) {}

  grpc::Status CreateJob(grpc::ServerContext* context, const v1::CreateJobRequest* request,
                         v1::Job* response) override;
  grpc::Status GetJob(grpc::ServerContext* context, const v1::GetJobRequest* request,
                      v1::Job* response) override;
  grpc::Status ListJobs(grpc::ServerContext* context, const v1::ListJobsRequest* request,
                        v1::ListJobsResponse* response) override;
  grpc::Status WatchJob(grpc::ServerContext* context, const v1::WatchJobRequest* request,
                        grpc::ServerWriter<v1::Job>* writer) override;
  grpc::Status CancelJob(grpc::ServerContext* context, const v1::CancelJobRequest* request,
                         v1::Job* response) override;
  grpc::Status RetryJob(grpc::ServerContext* context, const v1::RetryJobRequest* request,
                        v1::Job* response) override;
  grpc::Status SetJobPriority(grpc::ServerContext* context,
                              const v1::SetJobPriorityRequest* request, v1::Job* response) override;
  grpc::Status ListJobAttempts(grpc::ServerContext* context,
                               const v1::ListJobAttemptsRequest* request,
                               v1::ListJobAttemptsResponse* response) override;
  // In rescore_handlers.cc.
  grpc::Status CreateRescoreJobs(grpc::ServerContext* context,
                                 const v1::CreateRescoreJobsRequest* request,
                                 v1::CreateRescoreJobsResponse* response) override;
  grpc::Status FetchGrams(grpc::ServerContext* context, const v1::FetchGramsRequest* request,
                          grpc::ServerWriter<v1::FetchGramsResponse>* writer) override;

 private:
  store::Store& store_;
  store::JobQueue& jobs_;
  const BlobStore& blobs_;
  Watches& watches_;
  DataStreams& streams_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_JOB_HANDLERS_H_
