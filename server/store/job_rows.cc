#include "server/store/job_rows.h"

#include <stdexcept>

#include "server/store/fields.h"
#include "server/store/job_state.h"

namespace ventral::store {
namespace {

std::optional<FailureRow> FailureOf(const pqxx::row& row) {
  if (IsNull(row, "failure_cause")) return std::nullopt;
  const auto cause = ParseFailureCause(TextOf(row, "failure_cause"));
  if (!cause) throw std::runtime_error("the database holds a cause that this server does not know");
  const bool foreseen = *cause == FailureCause::kOutOfMemory;
  return FailureRow{*cause, TextOf(row, "failure_message"),
                    foreseen ? IntegerOf(row, "needed_memory_bytes") : 0};
}

std::optional<ProgressRow> ProgressOf(const pqxx::row& row) {
  if (IsNull(row, "progress_phase")) return std::nullopt;
  return ProgressRow{TextOf(row, "progress_phase"), TextOf(row, "progress_message"),
                     IntegerOf(row, "progress_done"), IntegerOf(row, "progress_total")};
}

std::optional<EstimateRow> EstimateOf(const pqxx::row& row) {
  if (IsNull(row, "estimate_passes")) return std::nullopt;
  return EstimateRow{IntegerOf(row, "estimate_activation_bytes"),
                     IntegerOf(row, "estimate_gram_bytes"), IntegerOf(row, "estimate_memory_bytes"),
                     static_cast<std::int32_t>(IntegerOf(row, "estimate_passes")),
                     NumberOf(row, "estimate_seconds")};
}

// "a,b,c".
std::vector<std::string> Split(const std::string& joined) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < joined.size();) {
    const std::size_t end = std::min(joined.find(',', begin), joined.size());
    parts.push_back(joined.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<GramsRow> GramsOf(const pqxx::row& row) {
  if (IsNull(row, "grams_sha256")) return std::nullopt;
  return GramsRow{TextOf(row, "grams_sha256"), IntegerOf(row, "grams_bytes")};
}

}  // namespace

JobKind KindOf(const pqxx::row& row) {
  const auto kind = ParseJobKind(TextOf(row, "kind"));
  if (!kind) throw std::runtime_error("the database holds a kind that this server does not know");
  return *kind;
}

JobRow JobOf(const pqxx::row& row) {
  const auto state = ParseJobState(TextOf(row, "state"));
  if (!state) throw std::runtime_error("the database holds a state that this server does not know");
  JobRow job;
  job.id = TextOf(row, "job_id");
  job.model = TextOf(row, "model_id");
  job.checkpoint_sha256 = TextOf(row, "checkpoint_sha256");
  job.pack = TextOf(row, "pack_id");
  job.pack_version = TextOf(row, "pack_version");
  job.state = *state;
  if (!IsNull(row, "owner")) job.owner = TextOf(row, "owner");
  job.attempts = static_cast<int>(IntegerOf(row, "attempts"));
  job.attempt = static_cast<int>(IntegerOf(row, "attempt_number"));
  job.max_attempts = static_cast<int>(IntegerOf(row, "max_attempts"));
  job.progress = ProgressOf(row);
  job.failure = FailureOf(row);
  job.cancel_requested = FlagOf(row, "cancel_requested");
  job.created = TimeOf(row, "created");
  job.not_before = TimeOf(row, "not_before");
  job.started = MaybeTimeOf(row, "started");
  job.ended = MaybeTimeOf(row, "ended");
  if (!IsNull(row, "scores")) job.scores = Split(TextOf(row, "scores"));
  job.revision = IntegerOf(row, "revision");
  job.kind = KindOf(row);
  job.grams = GramsOf(row);
  job.priority = static_cast<int>(IntegerOf(row, "priority"));
  job.quarantined = FlagOf(row, "quarantined");
  job.estimate = EstimateOf(row);
  return job;
}

AttemptRow AttemptOf(const pqxx::row& row) {
  AttemptRow attempt;
  attempt.number = static_cast<int>(IntegerOf(row, "number"));
  attempt.worker = TextOf(row, "worker");
  attempt.device = TextOf(row, "device");
  attempt.log_tail = TextOf(row, "log_tail");
  attempt.started = TimeOf(row, "started");
  attempt.ended = MaybeTimeOf(row, "ended");
  attempt.failure = FailureOf(row);
  return attempt;
}

LeaseRow LeaseOf(const pqxx::row& row) {
  LeaseRow lease;
  lease.job = TextOf(row, "job_id");
  lease.token = TextOf(row, "lease_token");
  lease.model = TextOf(row, "model_id");
  lease.checkpoint_sha256 = TextOf(row, "checkpoint_sha256");
  lease.pack = TextOf(row, "pack_id");
  lease.pack_version = TextOf(row, "pack_version");
  lease.pack_digest = TextOf(row, "digest");
  lease.checkpoint_bytes = IntegerOf(row, "bytes");
  lease.attempt = static_cast<int>(IntegerOf(row, "attempt_number"));
  lease.expires = TimeOf(row, "lease_expires");
  lease.kind = KindOf(row);
  if (lease.kind == JobKind::kRescore) lease.grams = GramsOf(row);
  lease.memory_factor = static_cast<int>(IntegerOf(row, "memory_factor"));
  lease.needed_memory_bytes = IntegerOf(row, "needed_memory_bytes");
  return lease;
}

}  // namespace ventral::store
