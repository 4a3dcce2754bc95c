#include "tests/unit/client/fake_server.h"

#include <algorithm>

namespace ventral::testing {

FakeServer::FakeServer() {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(static_cast<v1::JobService::Service*>(this));
  builder.RegisterService(static_cast<v1::BlobService::Service*>(this));
  server_ = builder.BuildAndStart();
  address_ = "127.0.0.1:" + std::to_string(port);
}

FakeServer::~FakeServer() { server_->Shutdown(); }

grpc::Status FakeServer::WatchJob(grpc::ServerContext*, const v1::WatchJobRequest* request,
                                  grpc::ServerWriter<v1::Job>* out) {
  const std::lock_guard lock(mutex_);
  if (watches.empty())
    return {grpc::StatusCode::INTERNAL, "the test did not expect another stream"};
  const WatchScript script = watches.front();
  watches.pop_front();
  for (const v1::JobState state : script.states) {
    v1::Job job;
    job.set_name(request->name());
    job.set_state(state);
    out->Write(job);
  }
  return script.end;
}

grpc::Status FakeServer::ListJobs(grpc::ServerContext*, const v1::ListJobsRequest* request,
                                  v1::ListJobsResponse* reply) {
  const std::size_t begin = request->page_token().empty() ? 0 : std::stoul(request->page_token());
  for (std::size_t i = begin; i < std::min(begin + 2, job_ids.size()); ++i)
    reply->add_jobs()->set_name("jobs/" + job_ids[i]);
  if (begin + 2 < job_ids.size()) reply->set_next_page_token(std::to_string(begin + 2));
  return grpc::Status::OK;
}

grpc::Status FakeServer::FindMissingBlobs(grpc::ServerContext*,
                                          const v1::FindMissingBlobsRequest* request,
                                          v1::FindMissingBlobsResponse* reply) {
  for (const std::string& digest : request->sha256()) {
    if (blobs.count(digest) == 0) reply->add_missing_sha256(digest);
  }
  return grpc::Status::OK;
}

grpc::Status FakeServer::UploadBlob(grpc::ServerContext*,
                                    grpc::ServerReader<v1::UploadBlobRequest>* in,
                                    v1::UploadBlobResponse*) {
  v1::UploadBlobRequest part;
  if (!in->Read(&part) || !part.has_declaration())
    return {grpc::StatusCode::INVALID_ARGUMENT, "no declaration"};
  const v1::BlobDeclaration declared = part.declaration();
  std::string bytes;
  while (in->Read(&part)) {
    if (part.chunk().size() > 1 << 20)
      return {grpc::StatusCode::INVALID_ARGUMENT, "a chunk above 1 MiB"};
    bytes += part.chunk();
    if (uploads_to_break > 0) {
      --uploads_to_break;
      return {grpc::StatusCode::UNAVAILABLE, "cut"};
    }
  }
  if (static_cast<std::int64_t>(bytes.size()) != declared.size_bytes())
    return {grpc::StatusCode::INVALID_ARGUMENT, "wrong size"};
  blobs[declared.sha256()] = bytes;
  return grpc::Status::OK;
}

}  // namespace ventral::testing
