#include "tests/unit/client/fake_service.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "scoring/base/digest.h"

namespace ventral::testing {

using grpc::StatusCode;

grpc::Status ServersWord(StatusCode code, const std::string& message) {
  google::rpc::ErrorInfo info;
  info.set_domain("ventral");
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  return {code, message, details.SerializeAsString()};
}

grpc::Status BusyWord(const std::string& message) {
  google::rpc::Status details;
  details.ParseFromString(ServersWord(StatusCode::RESOURCE_EXHAUSTED, message).error_details());
  details.add_details()->PackFrom(google::rpc::RetryInfo());
  return {StatusCode::RESOURCE_EXHAUSTED, message, details.SerializeAsString()};
}

void Refusals::Add(grpc::Status status) {
  const std::lock_guard lock(mutex_);
  statuses_.push_back(std::move(status));
}

grpc::Status Refusals::Next() {
  const std::lock_guard lock(mutex_);
  if (statuses_.empty()) return grpc::Status::OK;
  grpc::Status status = statuses_.front();
  statuses_.pop_front();
  return status;
}

grpc::Status FakeBlobs::FindMissingBlobs(grpc::ServerContext*,
                                         const v1::FindMissingBlobsRequest* request,
                                         v1::FindMissingBlobsResponse* response) {
  for (const std::string& digest : request->sha256()) {
    if (held.count(digest) == 0) response->add_missing_sha256(digest);
  }
  return grpc::Status::OK;
}

grpc::Status FakeBlobs::QueryUpload(grpc::ServerContext* context,
                                    const v1::QueryUploadRequest* request,
                                    v1::QueryUploadResponse* response) {
  if (!keeps) return v1::BlobService::Service::QueryUpload(context, request, response);
  response->set_received_bytes(static_cast<std::int64_t>(halves[request->sha256()].size()));
  if (!lies.empty()) {
    response->set_received_bytes(lies.front());
    lies.pop_front();
  }
  response->set_already_present(held.count(request->sha256()) > 0);
  return grpc::Status::OK;
}

grpc::Status FakeBlobs::UploadBlob(grpc::ServerContext*,
                                   grpc::ServerReader<v1::UploadBlobRequest>* reader,
                                   v1::UploadBlobResponse*) {
  v1::UploadBlobRequest request;
  if (!reader->Read(&request) || !request.has_declaration()) {
    return ServersWord(StatusCode::INVALID_ARGUMENT, "no declaration");
  }
  const v1::BlobDeclaration declared = request.declaration();
  std::string bytes = declared.offset_bytes() > 0 ? halves[declared.sha256()] : "";
  offsets.push_back(declared.offset_bytes());
  if (declared.offset_bytes() != static_cast<std::int64_t>(bytes.size())) {
    return ServersWord(StatusCode::OUT_OF_RANGE, "not what is there");
  }
  std::vector<std::size_t>& chunks = uploads.emplace_back();
  while (reader->Read(&request)) {
    bytes += request.chunk();
    chunks.push_back(request.chunk().size());
    if (keeps) halves[declared.sha256()] = bytes;
    if (chunks.size() > 1) continue;
    if (const grpc::Status refusal = refusals.Next(); !refusal.ok()) return refusal;
  }
  halves.erase(declared.sha256());
  if (DigestOf(bytes).hex() != declared.sha256() ||
      static_cast<std::int64_t>(bytes.size()) != declared.size_bytes()) {
    return ServersWord(StatusCode::INVALID_ARGUMENT, "not what was declared");
  }
  held[declared.sha256()] = bytes;
  return grpc::Status::OK;
}

grpc::Status FakeModels::GetModel(grpc::ServerContext*, const v1::GetModelRequest* request,
                                  v1::Model* model) {
  const auto found = models.find(request->name());
  if (found == models.end()) return ServersWord(StatusCode::NOT_FOUND, "there is no such model");
  *model = found->second;
  return grpc::Status::OK;
}

grpc::Status FakeModels::CreateModel(grpc::ServerContext*, const v1::CreateModelRequest* request,
                                     v1::Model* model) {
  request_ids.push_back(request->request_id());
  *model = request->model();
  model->set_name("models/" + model->model_id());
  models[model->name()] = *model;
  return refusals.Next();
}

grpc::Status FakeModels::CreateCheckpoint(grpc::ServerContext*,
                                          const v1::CreateCheckpointRequest* request,
                                          v1::Checkpoint* checkpoint) {
  request_ids.push_back(request->request_id());
  *checkpoint = request->checkpoint();
  checkpoint->set_name(request->parent() + "/checkpoints/" + checkpoint->sha256());
  return refusals.Next();
}

grpc::Status FakePacks::GetPack(grpc::ServerContext*, const v1::GetPackRequest* request,
                                v1::Pack* pack) {
  for (const std::string& id : packs) {
    if (request->name() == "packs/" + id) {
      pack->set_pack_id(id);
      return grpc::Status::OK;
    }
  }
  return ServersWord(StatusCode::NOT_FOUND, "there is no " + request->name());
}

grpc::Status FakeJobs::CreateJob(grpc::ServerContext*, const v1::CreateJobRequest* request,
                                 v1::Job* job) {
  request_ids.push_back(request->request_id());
  *job = request->job();
  job->set_name("jobs/" + std::to_string(request_ids.size()));
  return refusals.Next();
}

grpc::Status FakeJobs::GetJob(grpc::ServerContext*, const v1::GetJobRequest* request,
                              v1::Job* job) {
  for (const v1::Job& known : jobs) {
    if (known.name() != request->name()) continue;
    *job = known;
    return grpc::Status::OK;
  }
  return ServersWord(StatusCode::NOT_FOUND, "there is no " + request->name());
}

grpc::Status FakeJobs::CreateRescoreJobs(grpc::ServerContext*,
                                         const v1::CreateRescoreJobsRequest* request,
                                         v1::CreateRescoreJobsResponse* response) {
  rescores.push_back(*request);
  response->set_scorer_version("4");
  return rescore_refusals.Next();
}

grpc::Status FakeJobs::ListJobs(grpc::ServerContext*, const v1::ListJobsRequest* request,
                                v1::ListJobsResponse* response) {
  const int begin = request->page_token().empty() ? 0 : std::stoi(request->page_token());
  const int end = std::min(begin + page, static_cast<int>(jobs.size()));
  for (int i = begin; i < end; ++i) *response->add_jobs() = jobs[static_cast<std::size_t>(i)];
  if (end < static_cast<int>(jobs.size())) response->set_next_page_token(std::to_string(end));
  return grpc::Status::OK;
}

grpc::Status FakeJobs::WatchJob(grpc::ServerContext* context, const v1::WatchJobRequest*,
                                grpc::ServerWriter<v1::Job>* writer) {
  if (streams.empty()) return ServersWord(StatusCode::INTERNAL, "the test has no more streams");
  const Watched watched = streams.front();
  streams.pop_front();
  for (const v1::Job& job : watched.jobs) writer->Write(job);
  while (watched.stays_open && !context->IsCancelled()) std::this_thread::yield();
  return watched.end;
}

void FakeService::Start() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address_, grpc::InsecureServerCredentials(), &port);
  for (grpc::Service* service :
       std::initializer_list<grpc::Service*>{&blobs, &models, &packs, &jobs}) {
    builder.RegisterService(service);
  }
  server_ = builder.BuildAndStart();
  if (!server_ || port == 0) throw std::runtime_error("cannot listen on " + address_);
  address_ = "127.0.0.1:" + std::to_string(port);
}

void FakeService::Stop() {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_.reset();
}

}  // namespace ventral::testing
