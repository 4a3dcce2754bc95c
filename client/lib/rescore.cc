#include "client/lib/rescore.h"

#include "client/lib/job_name.h"

namespace ventral::client {

Result<v1::CreateRescoreJobsRequest> RescoreRequest(Connection& connection,
                                                    const std::string& given) {
  v1::CreateRescoreJobsRequest request;
  if (given.empty()) return request;
  if (given.starts_with("models/")) {
    request.set_model(given);
    return request;
  }
  if (!given.starts_with("jobs/")) {
    v1::GetModelRequest get;
    get.set_name("models/" + given);
    const auto model =
        connection.CallTwice(connection.models(), &v1::ModelService::StubInterface::GetModel, get);
    if (model.ok()) {
      request.set_model(model->name());
      return request;
    }
    // An id that no model can have may be that of a job.
    if (model.error().code != ErrorCode::kNotFound &&
        model.error().code != ErrorCode::kInvalidInput)
      return model.error();
  }
  Result<std::string> job = ResolveJob(connection, given);
  if (!job.ok() && job.error().code == ErrorCode::kUnavailable) return std::move(job).error();
  if (!job.ok()) {
    return Error{
        job.error().code, "'" + given + "' is no model, and no job: " + job.error().message, {}};
  }
  request.set_job(*job);
  return request;
}

Result<v1::CreateRescoreJobsResponse> Rescore(Connection& connection,
                                              const v1::CreateRescoreJobsRequest& request) {
  const auto method = &v1::JobService::StubInterface::CreateRescoreJobs;
  if (request.force()) return connection.Call(connection.jobs(), method, request);
  return connection.CallTwice(connection.jobs(), method, request);
}

}  // namespace ventral::client
