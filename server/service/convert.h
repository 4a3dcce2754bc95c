// Rows of the store ↔ messages of ventral.v1. Nothing is decided here.
#ifndef VENTRAL_SERVER_SERVICE_CONVERT_H_
#define VENTRAL_SERVER_SERVICE_CONVERT_H_

#include <optional>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"
#include "server/store/rows.h"
#include "server/store/viewer.h"
#include "ventral/v1/job.pb.h"
#include "ventral/v1/model.pb.h"
#include "ventral/v1/pack.pb.h"
#include "ventral/v1/score.pb.h"

namespace ventral::service {

google::protobuf::Timestamp ToTimestamp(TimePoint time);

// Whose it is, the viewer learns where it is its own, or where it sees all.
// @error corrupt_data if the stored metadata is no JSON object.
Result<v1::Model> ToProto(const store::ModelRow& row, const store::Viewer& viewer);
// id, texts and metadata; the display name is the id where it is empty. @error internal.
Result<store::ModelRow> FromProto(const v1::Model& model);
v1::Checkpoint ToProto(const store::CheckpointRow& row);

v1::Pack ToProto(const store::PackRow& row);
v1::PackPolicy ToProto(const store::PackPolicy& policy);
store::PackPolicy FromProto(const v1::PackPolicy& policy);
v1::PackFile ToProto(const store::PackFileRow& row);
v1::Benchmark ToProto(const store::BenchmarkRow& row);

v1::JobState ToProto(store::JobState state);
// nullopt for JOB_STATE_UNSPECIFIED and for numbers of a later version.
std::optional<store::JobState> FromProto(v1::JobState state);
v1::JobKind ToProto(store::JobKind kind);
std::optional<store::JobKind> FromProto(v1::JobKind kind);
v1::KeptGrams ToProto(const store::GramsRow& row);
v1::FailureCause ToProto(FailureCause cause);
std::optional<FailureCause> FromProto(v1::FailureCause cause);
v1::Failure ToProto(const store::FailureRow& row);
v1::Progress ToProto(const store::ProgressRow& row);
v1::RunEstimate ToProto(const store::EstimateRow& row);
v1::Job ToProto(const store::JobRow& row);
v1::JobAttempt ToProto(const store::AttemptRow& row);
store::ProgressRow FromProto(const v1::Progress& progress);
// @error invalid_input: a number is negative, or none.
Result<store::EstimateRow> FromProto(const v1::RunEstimate& estimate);

// Doubles come back equal (-0 as 0). @error corrupt_data if the stored JSON does not read as its
// message.
Result<v1::Score> ToProto(const store::ScoreRow& row);
// "resamples" of a stored result. @error corrupt_data.
Result<v1::ScoreResamples> ResamplesFromJson(const std::string& json);
// The columns and the JSON of one score. @error internal.
Result<store::NewScore> ToNewScore(const v1::BenchmarkScore& score,
                                   const v1::Provenance& provenance);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_CONVERT_H_
