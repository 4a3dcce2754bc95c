#include "client/lib/submit.h"

namespace ventral::client {
namespace {

Result<Submitted> EnsureModel(Connection& connection, const v1::Model& wanted) {
  v1::GetModelRequest get;
  get.set_name("models/" + wanted.model_id());
  Result<v1::Model> model =
      connection.CallTwice(connection.models(), &v1::ModelService::StubInterface::GetModel, get);
  Submitted submitted;
  submitted.model_existed = model.ok();
  if (!model.ok() && model.error().code == ErrorCode::kNotFound) {
    v1::CreateModelRequest create;
    *create.mutable_model() = wanted;
    create.set_request_id(NewRequestId());
    model = connection.CallTwice(connection.models(), &v1::ModelService::StubInterface::CreateModel,
                                 create);
  }
  if (!model.ok()) return std::move(model).error();
  if (wanted.private_() && !model->private_()) {
    return Conflict("model " + wanted.model_id() +
                    " is there already, and everyone sees it: withdraw it first ('ventral model "
                    "withdraw " +
                    wanted.model_id() + "'), or choose another id");
  }
  submitted.model = std::move(model).value();
  return submitted;
}

Status CheckPacks(Connection& connection, const std::vector<std::string>& packs) {
  for (const std::string& pack : packs) {
    v1::GetPackRequest request;
    request.set_name("packs/" + pack);
    VENTRAL_RETURN_IF_ERROR(connection.CallTwice(
        connection.packs(), &v1::PackService::StubInterface::GetPack, request));
  }
  return Ok{};
}

}  // namespace

Result<Submitted> Submit(Connection& connection, const Submission& submission,
                         const UploadProgress& progress, const UploadGoesOn& goes_on) {
  VENTRAL_ASSIGN_OR_RETURN(const LocalFile file, ReadLocalFile(submission.file));
  VENTRAL_RETURN_IF_ERROR(CheckPacks(connection, submission.packs));
  VENTRAL_ASSIGN_OR_RETURN(Submitted submitted, EnsureModel(connection, submission.model));
  VENTRAL_RETURN_IF_ERROR(UploadMissing(connection, {file}, progress, goes_on));

  v1::CreateCheckpointRequest create;
  create.set_parent(submitted.model.name());
  create.mutable_checkpoint()->set_model(submitted.model.name());
  create.mutable_checkpoint()->set_sha256(file.sha256.hex());
  create.mutable_checkpoint()->set_file_name(file.path.filename().string());
  create.set_request_id(NewRequestId());
  VENTRAL_ASSIGN_OR_RETURN(
      submitted.checkpoint,
      connection.CallTwice(connection.models(), &v1::ModelService::StubInterface::CreateCheckpoint,
                           create));
  for (const std::string& pack : submission.packs) {
    v1::CreateJobRequest request;
    request.mutable_job()->set_checkpoint(submitted.checkpoint.name());
    request.mutable_job()->set_pack("packs/" + pack);
    request.set_request_id(NewRequestId());
    VENTRAL_ASSIGN_OR_RETURN(
        v1::Job job, connection.CallTwice(connection.jobs(),
                                          &v1::JobService::StubInterface::CreateJob, request));
    submitted.jobs.push_back(std::move(job));
  }
  return submitted;
}

}  // namespace ventral::client
