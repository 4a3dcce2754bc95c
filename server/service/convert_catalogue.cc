#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include "server/service/convert.h"
#include "server/service/names.h"

namespace ventral::service {

google::protobuf::Timestamp ToTimestamp(TimePoint time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

Result<v1::Model> ToProto(const store::ModelRow& row, const store::Viewer& viewer) {
  v1::Model model;
  model.set_name(ModelName(row.id));
  model.set_model_id(row.id);
  model.set_display_name(row.display_name);
  model.set_architecture(row.architecture);
  model.set_training_data(row.training_data);
  model.set_objective(row.objective);
  model.set_learning_rule(row.learning_rule);
  model.set_licence(row.licence);
  model.set_reference(row.reference);
  *model.mutable_create_time() = ToTimestamp(row.created);
  model.set_private_(row.is_private);
  if (!row.owner.empty() && (viewer.sees_all || viewer.user == row.owner)) {
    model.set_owner(UserName(row.owner));
  }
  if (row.deleted) *model.mutable_delete_time() = ToTimestamp(*row.deleted);
  if (row.metadata_json.empty() || row.metadata_json == "{}") return model;
  const auto read =
      google::protobuf::util::JsonStringToMessage(row.metadata_json, model.mutable_metadata());
  if (!read.ok())
    return CorruptData("the stored metadata of model " + row.id + " is no JSON object");
  return model;
}

Result<store::ModelRow> FromProto(const v1::Model& model) {
  store::ModelRow row;
  row.id = model.model_id();
  row.display_name = model.display_name().empty() ? model.model_id() : model.display_name();
  row.architecture = model.architecture();
  row.training_data = model.training_data();
  row.objective = model.objective();
  row.learning_rule = model.learning_rule();
  row.licence = model.licence();
  row.reference = model.reference();
  row.is_private = model.private_();
  if (!model.has_metadata()) return row;
  row.metadata_json.clear();
  const auto written =
      google::protobuf::util::MessageToJsonString(model.metadata(), &row.metadata_json);
  if (!written.ok()) return Internal("metadata does not write as JSON", written.ToString());
  return row;
}

v1::Checkpoint ToProto(const store::CheckpointRow& row) {
  v1::Checkpoint checkpoint;
  checkpoint.set_name(CheckpointNameOf(row.model, row.sha256));
  checkpoint.set_model(ModelName(row.model));
  checkpoint.set_sha256(row.sha256);
  checkpoint.set_size_bytes(row.bytes);
  checkpoint.set_file_name(row.file_name);
  *checkpoint.mutable_create_time() = ToTimestamp(row.created);
  return checkpoint;
}

v1::Pack ToProto(const store::PackRow& row) {
  v1::Pack pack;
  pack.set_name(PackName(row.id));
  pack.set_pack_id(row.id);
  pack.set_version(row.version);
  pack.set_digest(row.digest);
  pack.set_title(row.title);
  pack.set_stimuli(row.stimuli);
  pack.set_citation(row.citation);
  pack.set_licence(row.licence);
  pack.set_size_bytes(row.bytes);
  for (const auto& benchmark : row.benchmarks) {
    pack.add_benchmarks(BenchmarkNameOf(row.id, benchmark.id));
  }
  *pack.mutable_create_time() = ToTimestamp(row.created);
  if (row.policy.is_private || row.policy.attempts) *pack.mutable_policy() = ToProto(row.policy);
  if (row.deleted) *pack.mutable_delete_time() = ToTimestamp(*row.deleted);
  return pack;
}

v1::PackPolicy ToProto(const store::PackPolicy& policy) {
  v1::PackPolicy message;
  message.set_private_(policy.is_private);
  if (policy.attempts) {
    message.mutable_attempts()->set_jobs(policy.attempts->jobs);
    message.mutable_attempts()->set_days(policy.attempts->days);
  }
  return message;
}

store::PackPolicy FromProto(const v1::PackPolicy& message) {
  store::PackPolicy policy{message.private_(), {}};
  if (message.has_attempts()) {
    policy.attempts = {message.attempts().jobs(), message.attempts().days()};
  }
  return policy;
}

v1::PackFile ToProto(const store::PackFileRow& row) {
  v1::PackFile file;
  file.set_path(row.path);
  file.set_sha256(row.sha256);
  file.set_size_bytes(row.bytes);
  return file;
}

v1::Benchmark ToProto(const store::BenchmarkRow& row) {
  v1::Benchmark benchmark;
  benchmark.set_name(BenchmarkNameOf(row.pack, row.id));
  benchmark.set_benchmark_id(row.id);
  benchmark.set_pack(PackName(row.pack));
  benchmark.set_pack_version(row.pack_version);
  benchmark.set_metric(row.metric);
  benchmark.set_species(row.species);
  benchmark.set_region(row.region);
  benchmark.set_modality(row.modality);
  benchmark.set_subjects(row.subjects);
  return benchmark;
}

}  // namespace ventral::service
