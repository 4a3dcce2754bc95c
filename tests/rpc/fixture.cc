#include "tests/rpc/fixture.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "scoring/base/digest.h"
#include "scoring/base/version.h"

namespace ventral::testing {
namespace {

template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status rich;
  Detail detail;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  for (const auto& any : rich.details()) {
    if (any.UnpackTo(&detail)) return detail;
  }
  return {};
}

std::string Manifest(const std::string& version) {
  return R"({"format": 1, "id": "small", "version": ")" + version +
         R"(", "title": "Two stimuli", "citation": "None", "licence": "CC0-1.0",
  "stimuli": {"file": "stimuli.csv", "count": 2},
  "recordings": [
    {"id": "it", "kind": "rdms", "file": "it.npy", "axes": ["subject", "stimulus", "stimulus"],
     "species": "human", "region": "IT", "modality": "fmri", "units": "1 - r", "subjects": 4},
    {"id": "v4", "kind": "responses", "file": "v4.npy", "axes": ["stimulus", "neuroid"],
     "species": "macaque", "region": "V4", "modality": "electrophysiology", "units": "spikes", "subjects": 1}],
  "benchmarks": [
    {"id": "small.it.rsa", "recording": "it", "metric": "rsa", "seed": 18446744073709551615},
    {"id": "small.v4.ridge", "recording": "v4", "metric": "ridge", "seed": 7}]})";
}

v1::BenchmarkScore ScoreOf(const std::string& id, const std::string& metric, std::uint64_t seed,
                           double raw) {
  v1::BenchmarkScore score;
  score.set_benchmark(id);
  score.set_metric(metric);
  score.set_seed(seed);
  score.set_raw(raw);
  score.mutable_ceiling()->set_value(0.5);
  score.mutable_ceiling()->set_method("nili2014_spearman_mean");
  score.set_normalised(raw / 0.5);
  score.set_rule("r/ceiling");
  score.mutable_interval()->set_lower(raw - 0.1);
  score.mutable_interval()->set_upper(raw + 0.1);
  score.mutable_interval()->set_level(0.95);
  score.mutable_interval()->set_method("bootstrap_stimuli_percentile");
  score.set_layer_choice("best");
  score.mutable_layer()->set_path("features.3");
  score.set_stimuli(2);
  for (const char* path : {"features.0", "features.3"}) {
    auto* layer = score.add_layers();
    layer->mutable_layer()->set_path(path);
    layer->set_raw(raw / 3);
    layer->add_per_subject(raw / 7);
  }
  return score;
}

}  // namespace

::testing::AssertionResult Refused(const grpc::Status& status, grpc::StatusCode code,
                                   const std::string& part) {
  if (status.error_code() == code && status.error_message().find(part) != std::string::npos) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << "wanted " << code << " with '" << part << "', got " << status.error_code() << " '"
         << status.error_message() << "'";
}

std::string ReasonIn(const grpc::Status& status) {
  return DetailOf<google::rpc::ErrorInfo>(status).reason();
}

std::string WrongFieldIn(const grpc::Status& status) {
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  return bad.field_violations_size() == 0 ? "" : bad.field_violations(0).field();
}

void RpcTest::StartServer() {
  store::StoreOptions store_options;
  store_options.connection = connection_;
  store_ = store::OpenStore(store_options, clock_);
  auto blobs = OpenDiskBlobStore({folder_.path() / "blobs", Bytes(max_blob_)});
  ASSERT_TRUE(blobs.ok()) << blobs.error().ToString();
  Serve(std::move(blobs).value());
}

void RpcTest::Serve(std::unique_ptr<BlobStore> blobs) {
  server_.reset();
  blobs_ = std::move(blobs);
  options_.listen = "127.0.0.1:0";
  options_.watch.interval = std::chrono::milliseconds(10);
  options_.watch.longest_wait = std::chrono::milliseconds(50);
  options_.ready_interval = std::chrono::milliseconds(20);
  auto server = service::Server::Start(options_, *store_, *blobs_);
  ASSERT_TRUE(server.ok()) << server.error().ToString();
  server_ = std::move(server).value();
  CallOver(grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
}

void RpcTest::CallOver(std::shared_ptr<grpc::Channel> channel) {
  channel_ = std::move(channel);
  blob_ = v1::BlobService::NewStub(channel_);
  model_ = v1::ModelService::NewStub(channel_);
  pack_ = v1::PackService::NewStub(channel_);
  job_ = v1::JobService::NewStub(channel_);
  score_ = v1::ScoreService::NewStub(channel_);
  worker_ = v1::WorkerService::NewStub(channel_);
  pool_ = v1::WorkerPoolService::NewStub(channel_);
  admin_ = v1::AdminService::NewStub(channel_);
}

grpc::Status RpcTest::TryUpload(const std::string& sha256, std::int64_t size,
                                const std::vector<std::string>& chunks,
                                v1::UploadBlobResponse* response) {
  grpc::ClientContext context;
  const auto writer = blob_->UploadBlob(&context, response);
  v1::UploadBlobRequest message;
  message.mutable_declaration()->set_sha256(sha256);
  message.mutable_declaration()->set_size_bytes(size);
  bool open = writer->Write(message);
  for (const auto& chunk : chunks) {
    if (!open) break;
    message.set_chunk(chunk);
    open = writer->Write(message);
  }
  writer->WritesDone();
  return writer->Finish();
}

std::string RpcTest::Upload(const std::string& bytes) {
  const std::string sha256 = DigestOf(bytes).hex();
  v1::UploadBlobResponse response;
  const auto status =
      TryUpload(sha256, static_cast<std::int64_t>(bytes.size()), {bytes}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return sha256;
}

v1::Model RpcTest::MakeModel(const std::string& id) {
  v1::CreateModelRequest request;
  request.mutable_model()->set_model_id(id);
  v1::Model model;
  const auto status = Call(*model_, &ModelStub::CreateModel, request, &model);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return model;
}

v1::Checkpoint RpcTest::MakeCheckpoint(const std::string& model, const std::string& bytes) {
  v1::CreateCheckpointRequest request;
  request.set_parent("models/" + model);
  request.mutable_checkpoint()->set_sha256(Upload(bytes));
  request.mutable_checkpoint()->set_file_name("weights.pt2");
  v1::Checkpoint checkpoint;
  const auto status = Call(*model_, &ModelStub::CreateCheckpoint, request, &checkpoint);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return checkpoint;
}

v1::PublishPackRequest RpcTest::PackFiles(const std::string& version) {
  const std::pair<std::string, std::string> files[] = {
      {"pack.json", Manifest(version)},
      {"stimuli.csv", "stimulus_id,file\na,stimuli/a.png\nb,stimuli/b.png\n"},
      {"stimuli/a.png", "image a"},
      {"stimuli/b.png", "image b"},
      {"it.npy", "array it"},
      {"v4.npy", "array v4"}};
  v1::PublishPackRequest request;
  for (const auto& [path, bytes] : files) {
    auto* file = request.add_files();
    file->set_path(path);
    file->set_sha256(Upload(bytes));
    file->set_size_bytes(static_cast<std::int64_t>(bytes.size()));
  }
  return request;
}

v1::Pack RpcTest::PublishPack(const std::string& version) {
  v1::Pack pack;
  const auto status = Call(*pack_, &PackStub::PublishPack, PackFiles(version), &pack);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return pack;
}

v1::Job RpcTest::MakeJob() {
  MakeModel();
  v1::CreateJobRequest request;
  request.mutable_job()->set_checkpoint(MakeCheckpoint().name());
  request.mutable_job()->set_pack(PublishPack().name());
  v1::Job job;
  const auto status = Call(*job_, &JobStub::CreateJob, request, &job);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return job;
}

v1::Lease RpcTest::LeaseJob() {
  v1::LeaseJobRequest request;
  request.set_worker("worker-1");
  request.set_device("cpu");
  request.set_scorer_version(kScorerVersion);
  v1::LeaseJobResponse response;
  const auto status = Call(*worker_, &WorkerStub::LeaseJob, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(response.has_lease());
  return response.lease();
}

v1::ScoreReport RpcTest::ReportFor(const v1::Lease& lease, double raw) {
  v1::ScoreReport report;
  auto* provenance = report.mutable_provenance();
  provenance->set_checkpoint_sha256(lease.checkpoint_sha256());
  provenance->set_pack("small");
  provenance->set_pack_version("1.0.0");
  provenance->set_pack_digest(lease.pack_digest());
  provenance->set_scorer_version("1");
  provenance->set_extraction_seconds(0.1 + 0.2);
  *report.add_scores() = ScoreOf("small.it.rsa", "rsa", 18446744073709551615u, raw);
  *report.add_scores() = ScoreOf("small.v4.ridge", "ridge", 7, raw);
  return report;
}

grpc::Status RpcTest::Complete(const v1::Lease& lease, const v1::ScoreReport& report,
                               v1::CompleteJobResponse* response) {
  v1::CompleteJobRequest request;
  request.set_job(lease.job());
  request.set_lease_token(lease.lease_token());
  *request.mutable_report() = report;
  request.set_log_tail("done");
  return Call(*worker_, &WorkerStub::CompleteJob, request, response);
}

}  // namespace ventral::testing
