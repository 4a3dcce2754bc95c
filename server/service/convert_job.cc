#include <algorithm>

#include "server/service/convert.h"
#include "server/service/names.h"

namespace ventral::service {

v1::JobState ToProto(store::JobState state) {
  switch (state) {
    case store::JobState::kQueued:
      return v1::JOB_STATE_QUEUED;
    case store::JobState::kRunning:
      return v1::JOB_STATE_RUNNING;
    case store::JobState::kSucceeded:
      return v1::JOB_STATE_SUCCEEDED;
    case store::JobState::kFailed:
      return v1::JOB_STATE_FAILED;
    case store::JobState::kCancelled:
      return v1::JOB_STATE_CANCELLED;
  }
  return v1::JOB_STATE_UNSPECIFIED;
}

std::optional<store::JobState> FromProto(v1::JobState state) {
  switch (state) {
    case v1::JOB_STATE_QUEUED:
      return store::JobState::kQueued;
    case v1::JOB_STATE_RUNNING:
      return store::JobState::kRunning;
    case v1::JOB_STATE_SUCCEEDED:
      return store::JobState::kSucceeded;
    case v1::JOB_STATE_FAILED:
      return store::JobState::kFailed;
    case v1::JOB_STATE_CANCELLED:
      return store::JobState::kCancelled;
    default:
      return std::nullopt;
  }
}

v1::JobKind ToProto(store::JobKind kind) {
  switch (kind) {
    case store::JobKind::kScore:
      return v1::JOB_KIND_SCORE;
    case store::JobKind::kRescore:
      return v1::JOB_KIND_RESCORE;
  }
  return v1::JOB_KIND_UNSPECIFIED;
}

std::optional<store::JobKind> FromProto(v1::JobKind kind) {
  switch (kind) {
    case v1::JOB_KIND_SCORE:
      return store::JobKind::kScore;
    case v1::JOB_KIND_RESCORE:
      return store::JobKind::kRescore;
    default:
      return std::nullopt;
  }
}

v1::KeptGrams ToProto(const store::GramsRow& row) {
  v1::KeptGrams grams;
  grams.set_sha256(row.sha256);
  grams.set_size_bytes(row.bytes);
  return grams;
}

v1::FailureCause ToProto(FailureCause cause) {
  switch (cause) {
    case FailureCause::kInvalidCheckpoint:
      return v1::FAILURE_CAUSE_INVALID_CHECKPOINT;
    case FailureCause::kViolation:
      return v1::FAILURE_CAUSE_VIOLATION;
    case FailureCause::kOutOfMemory:
      return v1::FAILURE_CAUSE_OUT_OF_MEMORY;
    case FailureCause::kTimeout:
      return v1::FAILURE_CAUSE_TIMEOUT;
    case FailureCause::kCrash:
      return v1::FAILURE_CAUSE_CRASH;
    case FailureCause::kInfrastructure:
      return v1::FAILURE_CAUSE_INFRASTRUCTURE;
  }
  return v1::FAILURE_CAUSE_UNSPECIFIED;
}

std::optional<FailureCause> FromProto(v1::FailureCause cause) {
  switch (cause) {
    case v1::FAILURE_CAUSE_INVALID_CHECKPOINT:
      return FailureCause::kInvalidCheckpoint;
    case v1::FAILURE_CAUSE_VIOLATION:
      return FailureCause::kViolation;
    case v1::FAILURE_CAUSE_OUT_OF_MEMORY:
      return FailureCause::kOutOfMemory;
    case v1::FAILURE_CAUSE_TIMEOUT:
      return FailureCause::kTimeout;
    case v1::FAILURE_CAUSE_CRASH:
      return FailureCause::kCrash;
    case v1::FAILURE_CAUSE_INFRASTRUCTURE:
      return FailureCause::kInfrastructure;
    default:
      return std::nullopt;
  }
}

v1::Failure ToProto(const store::FailureRow& row) {
  v1::Failure failure;
  failure.set_cause(ToProto(row.cause));
  failure.set_message(row.message);
  failure.set_needed_memory_bytes(row.needed_memory_bytes);
  return failure;
}

v1::Progress ToProto(const store::ProgressRow& row) {
  v1::Progress progress;
  progress.set_phase(row.phase);
  progress.set_done(row.done);
  progress.set_total(row.total);
  progress.set_message(row.message);
  return progress;
}

v1::RunEstimate ToProto(const store::EstimateRow& row) {
  v1::RunEstimate estimate;
  estimate.set_activation_bytes(row.activation_bytes);
  estimate.set_gram_bytes(row.gram_bytes);
  estimate.set_memory_bytes(row.memory_bytes);
  estimate.set_passes(row.passes);
  estimate.set_seconds(row.seconds);
  return estimate;
}

v1::Job ToProto(const store::JobRow& row) {
  v1::Job job;
  job.set_name(JobName(row.id));
  job.set_checkpoint(CheckpointNameOf(row.model, row.checkpoint_sha256));
  job.set_pack(PackName(row.pack));
  job.set_pack_version(row.pack_version);
  job.set_state(ToProto(row.state));
  job.set_attempts(row.attempts);
  job.set_max_attempts(row.max_attempts);
  if (row.progress) *job.mutable_progress() = ToProto(*row.progress);
  if (row.failure) *job.mutable_failure() = ToProto(*row.failure);
  job.set_cancel_requested(row.cancel_requested);
  *job.mutable_create_time() = ToTimestamp(row.created);
  if (row.started) *job.mutable_start_time() = ToTimestamp(*row.started);
  if (row.ended) *job.mutable_end_time() = ToTimestamp(*row.ended);
  *job.mutable_not_before() = ToTimestamp(row.not_before);
  for (const auto& id : row.scores) job.add_scores(ScoreName(id));
  job.set_kind(ToProto(row.kind));
  if (row.grams) *job.mutable_grams() = ToProto(*row.grams);
  job.set_quarantined(row.quarantined);
  job.set_priority(row.priority);
  if (row.estimate) *job.mutable_estimate() = ToProto(*row.estimate);
  return job;
}

v1::JobAttempt ToProto(const store::AttemptRow& row) {
  v1::JobAttempt attempt;
  attempt.set_number(row.number);
  attempt.set_worker(row.worker);
  attempt.set_device(row.device);
  *attempt.mutable_start_time() = ToTimestamp(row.started);
  if (row.ended) *attempt.mutable_end_time() = ToTimestamp(*row.ended);
  if (row.failure) *attempt.mutable_failure() = ToProto(*row.failure);
  attempt.set_log_tail(row.log_tail);
  return attempt;
}

store::ProgressRow FromProto(const v1::Progress& progress) {
  store::ProgressRow row;
  row.phase = progress.phase();
  row.message = progress.message();
  row.done = progress.done();
  row.total = progress.total();
  return row;
}

Result<store::EstimateRow> FromProto(const v1::RunEstimate& estimate) {
  const std::int64_t least =
      std::min({estimate.activation_bytes(), estimate.gram_bytes(), estimate.memory_bytes(),
                static_cast<std::int64_t>(estimate.passes())});
  if (least < 0 || !(estimate.seconds() >= 0)) return InvalidInput("has a negative number");
  return store::EstimateRow{estimate.activation_bytes(), estimate.gram_bytes(),
                            estimate.memory_bytes(), estimate.passes(), estimate.seconds()};
}

}  // namespace ventral::service
