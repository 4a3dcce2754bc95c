#include "server/store/postgres_worker_registry.h"

#include <algorithm>

#include "server/store/fields.h"
#include "server/store/page_token.h"
#include "server/store/visible.h"

namespace ventral::store {
namespace {

// $1 name, $2 version, $3 devices, $4 sandbox, $5 names and $6 reasons of what is missing, $7 now,
// $8 the oldest last_seen that still holds, $9 memory. A poll that says nothing new only reads: ON
// CONFLICT alone would lock the row, which is a write. A last_seen in the future comes from a clock
// that was wrong, and is mended.
constexpr char kHeard[] = R"(
  INSERT INTO workers AS w (name, version, devices, sandbox, missing, memory_bytes, first_seen, last_seen)
  SELECT $1, $2, $3::text[], $4::text[], jsonb_object($5::text[], $6::text[]), $9::bigint, $7::timestamptz, $7::timestamptz
  WHERE NOT EXISTS (
    SELECT FROM workers
    WHERE name = $1 AND last_seen BETWEEN $8 AND $7
      AND (version, devices, sandbox, missing, memory_bytes)
          = ($2, $3::text[], $4::text[], jsonb_object($5::text[], $6::text[]), $9))
  ON CONFLICT (name) DO UPDATE
  SET version = excluded.version, devices = excluded.devices, sandbox = excluded.sandbox,
      missing = excluded.missing, memory_bytes = excluded.memory_bytes, last_seen = excluded.last_seen
  RETURNING w.first_seen = w.last_seen AS is_new)";

// $1 job, $2 now, $3 the oldest last_seen that still holds
constexpr char kHeardAtWork[] = R"(
  UPDATE workers AS w SET last_seen = $2
  FROM jobs j JOIN job_attempts a ON (a.job_id, a.number) = (j.job_id, j.attempt_number)
  WHERE j.job_id = $1 AND j.state = 'running' AND w.name = a.worker AND w.last_seen NOT BETWEEN $3 AND $2)";

// $1 the one that stays, $2 seen before this, $3 so many others stay
constexpr char kForget[] = R"(
  DELETE FROM workers WHERE name <> $1 AND (last_seen < $2 OR name IN (
    SELECT name FROM workers WHERE name <> $1 ORDER BY last_seen DESC, name OFFSET $3)))";

// $1 the last name of the page before, $2 limit, $3 viewer
constexpr char kListWorkers[] = R"(
  SELECT w.name, w.version, w.devices, w.sandbox, w.memory_bytes, w.first_seen, w.last_seen,
         ARRAY(SELECT key FROM jsonb_each_text(w.missing) ORDER BY key) AS missing_names,
         ARRAY(SELECT value FROM jsonb_each_text(w.missing) ORDER BY key) AS missing_reasons,
         ARRAY(SELECT j.job_id::text
               FROM jobs j JOIN job_attempts a ON (a.job_id, a.number) = (j.job_id, j.attempt_number)
                    JOIN models m USING (model_id)
               WHERE j.state = 'running' AND a.worker = w.name AND )" VENTRAL_VISIBLE("$3") R"(
                     AND )" VENTRAL_PACK_SEEN("j") R"(
               ORDER BY j.sequence) AS jobs
  FROM workers w WHERE w.name > $1 ORDER BY w.name LIMIT $2)";

std::vector<std::string> TextsOf(const pqxx::row& row, const char* column) {
  const pqxx::field field = row[column];
  auto parser = field.as_array();
  std::vector<std::string> texts;
  for (auto next = parser.get_next(); next.first != pqxx::array_parser::juncture::done;
       next = parser.get_next()) {
    if (next.first == pqxx::array_parser::juncture::string_value) texts.push_back(next.second);
  }
  return texts;
}

WorkerRow WorkerOf(const pqxx::row& row, TimePoint now) {
  WorkerRow worker;
  worker.name = TextOf(row, "name");
  worker.version = TextOf(row, "version");
  worker.devices = TextsOf(row, "devices");
  worker.sandbox = TextsOf(row, "sandbox");
  const auto names = TextsOf(row, "missing_names");
  const auto reasons = TextsOf(row, "missing_reasons");
  for (std::size_t i = 0; i < std::min(names.size(), reasons.size()); ++i) {
    worker.missing.emplace(names[i], reasons[i]);
  }
  worker.jobs = TextsOf(row, "jobs");
  worker.memory_bytes = IntegerOf(row, "memory_bytes");
  worker.first_seen = TimeOf(row, "first_seen");
  worker.last_seen = TimeOf(row, "last_seen");
  const auto unseen = std::chrono::floor<std::chrono::seconds>(now - worker.last_seen);
  worker.unseen = std::max(unseen, std::chrono::seconds(0));
  return worker;
}

Status CheckAll(const char* field, const std::vector<std::string>& texts) {
  for (const auto& text : texts) VENTRAL_RETURN_IF_ERROR(CheckTexts({{field, text}}));
  return Ok{};
}

}  // namespace

Status PostgresWorkerRegistry::Heard(const WorkerRow& worker) {
  std::vector<std::string> names, reasons;
  for (const auto& [name, reason] : worker.missing) {
    names.push_back(name);
    reasons.push_back(reason);
  }
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"name", worker.name}, {"version", worker.version}}));
  VENTRAL_RETURN_IF_ERROR(CheckAll("devices", worker.devices));
  VENTRAL_RETURN_IF_ERROR(CheckAll("sandbox", worker.sandbox));
  VENTRAL_RETURN_IF_ERROR(CheckAll("missing", names));
  VENTRAL_RETURN_IF_ERROR(CheckAll("missing", reasons));
  const TimePoint now = clock_.Now();
  VENTRAL_ASSIGN_OR_RETURN(
      const bool is_new, database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
        const pqxx::result written = transaction.exec_params(
            kHeard, worker.name, worker.version, TextArray(worker.devices),
            TextArray(worker.sandbox), TextArray(names), TextArray(reasons), TimestampText(now),
            TimestampText(now - kSeenWithin), worker.memory_bytes);
        return !written.empty() && FlagOf(written[0], "is_new");
      }));
  if (!is_new) return Ok{};
  return ForgetOthersThan(worker.name, now);
}

// In a transaction of its own: where two of them meet and one is refused, its worker asks again.
Status PostgresWorkerRegistry::ForgetOthersThan(const std::string& name, TimePoint now) {
  VENTRAL_RETURN_IF_ERROR(database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
    transaction.exec_params(kForget, name, TimestampText(now - kForgottenAfter), kMostWorkers - 1);
    return true;
  }));
  return Ok{};
}

Status PostgresWorkerRegistry::HeardAtWork(const std::string& job) {
  if (!IsUuid(job)) return Ok{};
  const TimePoint now = clock_.Now();
  VENTRAL_RETURN_IF_ERROR(database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
    transaction.exec_params(kHeardAtWork, job, TimestampText(now),
                            TimestampText(now - kSeenWithin));
    return true;
  }));
  return Ok{};
}

Result<Page<WorkerRow>> PostgresWorkerRegistry::List(const PageRequest& page,
                                                     const Viewer& viewer) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string after, ReadPageToken("workers", page.token, ""));
  return database_.Transact<Page<WorkerRow>>(
      [&](pqxx::work& transaction) -> Result<Page<WorkerRow>> {
        const TimePoint now = clock_.Now();
        const pqxx::result rows =
            transaction.exec_params(kListWorkers, after, size + 1, ViewerParameter(viewer));
        std::vector<WorkerRow> workers;
        for (const auto& row : rows) workers.push_back(WorkerOf(row, now));
        return CutPage(std::move(workers), size, "workers", [&](std::size_t last) {
          return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "name");
        });
      });
}

}  // namespace ventral::store
