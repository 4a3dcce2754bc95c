// Scores as JSON in the store, as messages outside. protobuf prints a double with the digits that
// read back to an equal double, so nothing is lost on the way.
#include <google/protobuf/util/json_util.h>

#include "server/service/convert.h"
#include "server/service/names.h"

namespace ventral::service {
namespace {

Result<std::string> ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;  // the store drops "layers" by that name
  std::string json;
  const auto written = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!written.ok()) return Internal("a message does not write as JSON", written.ToString());
  return json;
}

Status FromJson(const std::string& json, google::protobuf::Message* message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // written by a later version
  const auto read = google::protobuf::util::JsonStringToMessage(json, message, options);
  if (read.ok()) return Ok{};
  return Error{ErrorCode::kCorruptData, "its JSON is not a " + message->GetDescriptor()->name(),
               read.ToString()};
}

}  // namespace

Result<v1::Score> ToProto(const store::ScoreRow& row) {
  v1::Score score;
  score.set_name(ScoreName(row.id));
  score.set_checkpoint(CheckpointNameOf(row.model, row.checkpoint_sha256));
  score.set_job(JobName(row.job));
  *score.mutable_create_time() = ToTimestamp(row.created);
  auto result = FromJson(row.score.result_json, score.mutable_result());
  if (!result.ok()) return std::move(result).error().Within("stored score " + row.id);
  auto provenance = FromJson(row.score.provenance_json, score.mutable_provenance());
  if (!provenance.ok()) return std::move(provenance).error().Within("stored score " + row.id);
  return score;
}

Result<v1::ScoreResamples> ResamplesFromJson(const std::string& json) {
  v1::ScoreResamples resamples;
  VENTRAL_RETURN_IF_ERROR(FromJson(json, &resamples));
  return resamples;
}

Result<store::NewScore> ToNewScore(const v1::BenchmarkScore& score,
                                   const v1::Provenance& provenance) {
  store::NewScore row;
  row.benchmark = score.benchmark();
  row.metric = score.metric();
  row.rule = score.rule();
  row.layer_choice = score.layer_choice();
  row.layer_path = score.layer().path();
  row.layer_step = score.layer().step();
  row.scorer_version = provenance.scorer_version();
  row.seed = score.seed();
  row.raw = score.raw();
  if (score.has_ceiling()) row.ceiling = score.ceiling().value();
  if (score.has_normalised()) row.normalised = score.normalised();
  if (score.has_interval()) {
    row.interval_lower = score.interval().lower();
    row.interval_upper = score.interval().upper();
  }
  VENTRAL_ASSIGN_OR_RETURN(row.result_json, ToJson(score));
  VENTRAL_ASSIGN_OR_RETURN(row.provenance_json, ToJson(provenance));
  return row;
}

}  // namespace ventral::service
