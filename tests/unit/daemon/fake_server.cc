#include "tests/unit/daemon/fake_server.h"

#include <google/protobuf/util/time_util.h>

#include "scoring/base/digest.h"
#include "scoring/pack/pack.h"

namespace ventral::testing {
namespace {

using google::protobuf::util::TimeUtil;

google::protobuf::Timestamp In(std::chrono::milliseconds length) {
  return TimeUtil::GetCurrentTime() + TimeUtil::MillisecondsToDuration(length.count());
}

}  // namespace

FakeServer::FakeServer() { Start(); }
FakeServer::~FakeServer() { Stop(); }

void FakeServer::Start() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address_, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  address_ = "127.0.0.1:" + std::to_string(port);
}

void FakeServer::Stop() {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_.reset();
}

v1::Lease FakeServer::MakeLease(const std::string& checkpoint,
                                std::chrono::milliseconds lease_length, int wall_time_seconds) {
  const std::string manifest = "{}";
  const std::vector<PackFileEntry> files = {{"pack.json", DigestOf(manifest), manifest.size()}};
  SetBlob(DigestOf(checkpoint).hex(), checkpoint);
  SetBlob(DigestOf(manifest).hex(), manifest);
  v1::Lease lease;
  lease.set_job("jobs/1");
  lease.set_lease_token("token");
  *lease.mutable_expire_time() = In(lease_length);
  lease.set_attempt(1);
  lease.set_checkpoint_sha256(DigestOf(checkpoint).hex());
  lease.set_checkpoint_size_bytes(static_cast<std::int64_t>(checkpoint.size()));
  lease.set_pack("packs/fake");
  lease.set_pack_digest(DigestOf(PackListing(files)).hex());
  auto* file = lease.add_pack_files();
  file->set_path("pack.json");
  file->set_sha256(files[0].sha256.hex());
  file->set_size_bytes(2);
  lease.set_wall_time_seconds(wall_time_seconds);
  const std::lock_guard lock(mutex_);
  lease_length_ = lease_length;
  return lease;
}

void FakeServer::SetBlob(const std::string& sha256, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  blobs_[sha256] = bytes;
}

void FakeServer::RemoveBlob(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  blobs_.erase(sha256);
}

void FakeServer::CutFetches(int count) {
  const std::lock_guard lock(mutex_);
  cut_fetches_ = count;
}

void FakeServer::AnswerFetches(std::vector<grpc::Status> answers) {
  const std::lock_guard lock(mutex_);
  fetches_ = std::move(answers);
}

void FakeServer::Offer(const v1::Lease& lease) {
  const std::lock_guard lock(mutex_);
  offer_ = lease;
}

void FakeServer::AnswerHeartbeats(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  heartbeat_status_ = status;
}

void FakeServer::RequestCancel() {
  const std::lock_guard lock(mutex_);
  cancel_ = true;
}

void FakeServer::AnswerCompletions(std::vector<grpc::Status> answers) {
  const std::lock_guard lock(mutex_);
  completions_ = std::move(answers);
}

void FakeServer::AnswerUploads(std::vector<grpc::Status> answers) {
  const std::lock_guard lock(mutex_);
  uploads_ = std::move(answers);
}

bool FakeServer::WaitFor(const std::function<bool(const Told&)>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return condition(told_); });
}

FakeServer::Told FakeServer::told() {
  const std::lock_guard lock(mutex_);
  return told_;
}

grpc::Status FakeServer::LeaseJob(grpc::ServerContext*, const v1::LeaseJobRequest* request,
                                  v1::LeaseJobResponse* response) {
  const std::lock_guard lock(mutex_);
  told_.leases.push_back(*request);
  changed_.notify_all();
  if (offer_) *response->mutable_lease() = *std::exchange(offer_, std::nullopt);
  return grpc::Status::OK;
}

grpc::Status FakeServer::Heartbeat(grpc::ServerContext*, const v1::HeartbeatRequest* request,
                                   v1::HeartbeatResponse* response) {
  const std::lock_guard lock(mutex_);
  told_.heartbeats.push_back(*request);
  changed_.notify_all();
  *response->mutable_expire_time() = In(lease_length_);
  response->set_cancel_requested(cancel_);
  return heartbeat_status_;
}

grpc::Status FakeServer::FetchBlob(grpc::ServerContext*, const v1::FetchBlobRequest* request,
                                   grpc::ServerWriter<v1::FetchBlobResponse>* writer) {
  std::string bytes;
  bool is_cut = false;
  {
    const std::lock_guard lock(mutex_);
    ++told_.fetches;
    changed_.notify_all();
    if (!fetches_.empty()) {
      const grpc::Status answer = fetches_.front();
      fetches_.erase(fetches_.begin());
      if (!answer.ok()) return answer;
    }
    const auto found = blobs_.find(request->sha256());
    if (found == blobs_.end()) return {grpc::StatusCode::NOT_FOUND, "there is no such blob"};
    bytes = found->second;
    is_cut = cut_fetches_ > 0;
    if (is_cut) --cut_fetches_;
  }
  if (is_cut) bytes.resize(bytes.size() / 2);
  v1::FetchBlobResponse piece;
  piece.set_chunk(bytes);
  writer->Write(piece);
  if (is_cut) return {grpc::StatusCode::UNAVAILABLE, "going away"};
  return grpc::Status::OK;
}

grpc::Status FakeServer::UploadGrams(grpc::ServerContext*,
                                     grpc::ServerReader<v1::UploadGramsRequest>* reader,
                                     v1::UploadGramsResponse*) {
  v1::UploadGramsRequest message;
  v1::GramsDeclaration declared;
  std::string bytes;
  while (reader->Read(&message)) {
    if (message.has_declaration()) declared = message.declaration();
    bytes += message.chunk();
  }
  const std::lock_guard lock(mutex_);
  told_.declared.push_back(declared);
  changed_.notify_all();
  if (!uploads_.empty()) {
    const grpc::Status answer = uploads_.front();
    uploads_.erase(uploads_.begin());
    if (!answer.ok()) return answer;
  }
  told_.grams.push_back(bytes);
  return grpc::Status::OK;
}

grpc::Status FakeServer::CompleteJob(grpc::ServerContext*, const v1::CompleteJobRequest* request,
                                     v1::CompleteJobResponse* response) {
  const std::lock_guard lock(mutex_);
  told_.completed.push_back(*request);
  changed_.notify_all();
  response->add_scores("scores/1");
  if (completions_.empty()) return grpc::Status::OK;
  const grpc::Status answer = completions_.front();
  completions_.erase(completions_.begin());
  return answer;
}

grpc::Status FakeServer::FailJob(grpc::ServerContext*, const v1::FailJobRequest* request,
                                 v1::FailJobResponse* response) {
  const std::lock_guard lock(mutex_);
  told_.failed.push_back(*request);
  changed_.notify_all();
  response->set_state(v1::JOB_STATE_FAILED);
  return grpc::Status::OK;
}

}  // namespace ventral::testing
