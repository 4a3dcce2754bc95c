#include <array>
#include <limits>

#include "server/store/fields.h"
#include "server/store/job_rows.h"
#include "server/store/job_state.h"
#include "server/store/lease_queries.h"
#include "server/store/pool_memory.h"
#include "server/store/postgres_job_queue.h"
#include "server/store/queue_errors.h"
#include "server/store/retry_policy.h"
#include "server/store/score_checks.h"

namespace ventral::store {
namespace {

constexpr std::size_t kReapedAtOnce = 100;

const char* OutcomeName(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::kFailed:
      return "failed";
    case AttemptOutcome::kReleased:
      return "released";
    case AttemptOutcome::kCancelled:
      return "cancelled";
  }
  return "";
}

History HistoryOf(const pqxx::row& row) {
  const auto number = [&row](const char* column) {
    return static_cast<int>(IntegerOf(row, column));
  };
  return {number("attempts"), number("max_attempts"), FlagOf(row, "cancel_requested"),
          number("crashes"),  number("lost_leases"),  number("memory_factor")};
}

std::optional<std::string> MaybeNumberText(const std::optional<double>& value) {
  if (!value) return std::nullopt;
  return NumberText(*value);
}

// An estimate as parameters, NULLs where there is none.
struct EstimateColumns {
  explicit EstimateColumns(const std::optional<EstimateRow>& estimate) {
    if (!estimate) return;
    text = {std::to_string(estimate->activation_bytes), std::to_string(estimate->gram_bytes),
            std::to_string(estimate->memory_bytes), std::to_string(estimate->passes),
            NumberText(estimate->seconds)};
  }
  const char* operator[](std::size_t column) const { return NullIfEmpty(text[column]); }
  std::array<std::string, 5> text;
};

// Scores as one PostgreSQL array a column.
struct ScoreColumns {
  explicit ScoreColumns(std::span<const NewScore> scores) {
    std::vector<std::optional<std::string>> columns[15];
    for (const NewScore& score : scores) {
      int at = 0;
      const auto add = [&](std::optional<std::string> value) {
        columns[at++].push_back(std::move(value));
      };
      for (const auto* text :
           {&score.benchmark, &score.metric, &score.rule, &score.layer_choice, &score.layer_path}) {
        add(*text);
      }
      add(std::to_string(score.layer_step));
      add(std::to_string(score.seed));
      add(score.scorer_version);
      add(NumberText(score.raw));
      for (const auto* number :
           {&score.ceiling, &score.normalised, &score.interval_lower, &score.interval_upper}) {
        add(MaybeNumberText(*number));
      }
      add(score.result_json);
      add(score.provenance_json);
    }
    for (int i = 0; i < 15; ++i) array[i] = TextArray(columns[i]);
  }
  std::string array[15];
};

std::vector<std::string> ScoreIds(const pqxx::result& rows) {
  std::vector<std::string> ids;
  for (const auto& row : rows) ids.push_back(TextOf(row, "score_id"));
  return ids;
}

Status CheckBenchmarks(pqxx::work& transaction, const std::string& job,
                       std::span<const NewScore> scores) {
  std::vector<std::string> names;
  for (const NewScore& score : scores) names.push_back(score.benchmark);
  const pqxx::result foreign = ExecPrepared(transaction, "foreign benchmarks",
                                            job_queries::kForeignBenchmarks, job, TextArray(names));
  if (foreign.empty()) return Ok{};
  return ForeignBenchmark(TextOf(foreign[0], "benchmark_id"), TextOf(foreign[0], "pack_id"),
                          TextOf(foreign[0], "pack_version"));
}

}  // namespace

Result<std::optional<LeaseRow>> PostgresJobQueue::Lease(const std::string& worker,
                                                        const std::string& device,
                                                        const std::vector<JobKind>& kinds,
                                                        std::int64_t memory_bytes) {
  std::vector<std::string> names;
  for (const JobKind kind : kinds) names.emplace_back(JobKindName(kind));
  const TimePoint now = clock_.Now();
  return database_.Transact<std::optional<LeaseRow>>(
      [&](pqxx::work& transaction) -> Result<std::optional<LeaseRow>> {
        const pqxx::result rows = ExecPrepared(
            transaction, "lease", job_queries::kLease, CleanText(worker, kMaxName, Keep::kStart),
            CleanText(device, kMaxName, Keep::kStart), TimestampText(now),
            TimestampText(now + policy_.lease), TextArray(names),
            memory_bytes > 0 ? memory_bytes : std::numeric_limits<std::int64_t>::max());
        if (rows.empty()) return std::optional<LeaseRow>();
        return std::optional<LeaseRow>(LeaseOf(rows[0]));
      });
}

Result<JobQueue::Beat> PostgresJobQueue::Heartbeat(const std::string& job, const std::string& token,
                                                   const ProgressRow& progress,
                                                   const std::optional<EstimateRow>& estimate) {
  if (!IsUuid(job) || !IsUuid(token)) return LostLease(job);
  const EstimateColumns will_take(estimate);
  const std::string phase = CleanText(progress.phase, kMaxName, Keep::kStart);
  return database_.Transact<Beat>([&](pqxx::work& transaction) -> Result<Beat> {
    const pqxx::result rows = ExecPrepared(
        transaction, "heartbeat", job_queries::kHeartbeat, job, token,
        TimestampText(clock_.Now() + policy_.lease), NullIfEmpty(phase),
        CleanText(progress.message, kMaxMessage, Keep::kStart), progress.done, progress.total,
        will_take[0], will_take[1], will_take[2], will_take[3], will_take[4]);
    if (rows.empty()) return LostLease(job);
    return Beat{TimeOf(rows[0], "lease_expires"), FlagOf(rows[0], "cancel_requested"),
                static_cast<int>(IntegerOf(rows[0], "attempt_number"))};
  });
}

Result<std::vector<std::string>> PostgresJobQueue::Complete(const std::string& job,
                                                            const std::string& token,
                                                            std::span<const NewScore> scores,
                                                            const std::string& log_tail,
                                                            const std::optional<GramsRow>& grams) {
  if (!IsUuid(job) || !IsUuid(token)) return LostLease(job);
  VENTRAL_RETURN_IF_ERROR(CheckScores(scores));
  const ScoreColumns columns(scores);
  return database_.Transact<std::vector<std::string>>(
      [&](pqxx::work& transaction) -> Result<std::vector<std::string>> {
        VENTRAL_RETURN_IF_ERROR(CheckBenchmarks(transaction, job, scores));
        const auto& c = columns.array;
        const pqxx::result stored = ExecPrepared(
            transaction, "complete", job_queries::kComplete, job, token,
            TimestampText(clock_.Now()), CleanText(log_tail, kMaxLog, Keep::kEnd), c[0], c[1], c[2],
            c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14],
            grams ? grams->sha256.c_str() : nullptr, grams ? grams->bytes : 0);
        if (!stored.empty()) return ScoreIds(stored);
        // Either this worker did it before and lost the answer, or the job is no longer its own.
        const pqxx::result before =
            transaction.exec_params(job_queries::kScoresOfCompleted, job, token);
        if (before.empty()) return LostLease(job);
        return ScoreIds(before);
      });
}

Result<JobRow> PostgresJobQueue::EndAttempt(pqxx::work& transaction, const Held& held,
                                            const AttemptFailure& failure) {
  const Verdict verdict = Judge(policy_, held.history, failure, Chance());
  const TimePoint now = clock_.Now();
  const std::int64_t needed = failure.failure.needed_memory_bytes;
  std::string message = failure.failure.message;
  if (verdict.fits_nowhere) {
    message += ". It is not tried again: " + NeedsMore(needed, held.history.most_memory);
  }
  const std::string not_before =
      verdict.state == JobState::kQueued ? TimestampText(now + verdict.backoff) : "";
  const pqxx::result rows = transaction.exec_params(
      job_queries::kEndAttempt, held.job, held.token, std::string(JobStateName(verdict.state)),
      verdict.outcome == AttemptOutcome::kReleased ? 1 : 0, NullIfEmpty(not_before),
      TimestampText(now), OutcomeName(verdict.outcome),
      std::string(FailureCauseName(failure.failure.cause)),
      CleanText(message, kMaxMessage, Keep::kStart),
      CleanText(failure.log_tail, kMaxLog, Keep::kEnd), failure.lost, verdict.memory_factor,
      verdict.quarantined, needed);
  if (rows.empty()) return LostLease(held.job);
  return JobOf(rows[0]);
}

Result<JobRow> PostgresJobQueue::Fail(const std::string& job, const std::string& token,
                                      const AttemptFailure& failure) {
  if (!IsUuid(job) || !IsUuid(token)) return LostLease(job);
  return database_.Transact<JobRow>([&](pqxx::work& transaction) -> Result<JobRow> {
    const pqxx::result rows = transaction.exec_params(job_queries::kLockLeased, job, token);
    if (rows.empty()) return LostLease(job);
    Held held{job, token, HistoryOf(rows[0])};
    if (failure.failure.needed_memory_bytes > 0) {
      held.history.most_memory = MostMemory(transaction, KindOf(rows[0]), clock_.Now());
    }
    return EndAttempt(transaction, held, failure);
  });
}

double PostgresJobQueue::Chance() {
  const std::lock_guard lock(mutex_);
  return std::uniform_real_distribution<double>(0, 1)(random_);
}

bool PostgresJobQueue::IsQuiet() {
  const std::lock_guard lock(mutex_);
  return clock_.Now() < quiet_until_;
}

void PostgresJobQueue::BeQuiet() {
  const std::lock_guard lock(mutex_);
  quiet_until_ = clock_.Now() + policy_.lease;
}

Result<int> PostgresJobQueue::Reap(const OnReaped& told) {
  if (IsQuiet()) return 0;
  auto reaped = ReapExpired(told);
  if (!reaped.ok()) BeQuiet();
  return reaped;
}

Result<int> PostgresJobQueue::ReapExpired(const OnReaped& told) {
  int reaped = 0;
  while (true) {
    using Batch = std::vector<Reaped>;
    const auto batch = database_.Transact<Batch>([&](pqxx::work& transaction) -> Result<Batch> {
      Batch ended;
      const pqxx::result rows = transaction.exec_params(job_queries::kLockExpired,
                                                        TimestampText(clock_.Now()), kReapedAtOnce);
      for (const auto& row : rows) {
        const Held held{TextOf(row, "job_id"), TextOf(row, "lease_token"), HistoryOf(row)};
        const std::string worker = TextOf(row, "worker");
        VENTRAL_ASSIGN_OR_RETURN(const JobRow job,
                                 EndAttempt(transaction, held, LeaseRanOut(worker)));
        ended.push_back({job.id, worker, job.attempt, job.state});
      }
      return ended;
    });
    if (!batch.ok()) return batch.error();
    for (const Reaped& one : *batch) {
      if (told) told(one);
    }
    reaped += static_cast<int>(batch->size());
    if (batch->size() < kReapedAtOnce) return reaped;
  }
}

}  // namespace ventral::store
