#include "server/store/statistics.h"

#include <algorithm>

#include "server/store/database.h"
#include "server/store/timestamp.h"

namespace ventral::store {
namespace {

// $1 now. The queue by its partial indexes: jobs that have ended are not read.
constexpr char kMeasure[] = R"(
  SELECT (SELECT count(*) FROM jobs WHERE state = 'queued') AS queued,
         (SELECT count(*) FROM jobs WHERE state = 'running') AS running,
         (SELECT coalesce(extract(epoch FROM $1::timestamptz - min(created)), 0)::double precision
          FROM jobs WHERE state = 'queued') AS oldest,
         (SELECT coalesce(sum(bytes), 0)::bigint FROM
           (SELECT DISTINCT sha256, bytes FROM checkpoints) c) AS checkpoints,
         (SELECT coalesce(sum(bytes), 0)::bigint FROM
           (SELECT DISTINCT sha256, bytes FROM pack_files) p) AS packs,
         (SELECT coalesce(sum(bytes), 0)::bigint FROM
           (SELECT DISTINCT sha256, bytes FROM job_grams) g) AS grams)";

}  // namespace

Result<Statistics> Measure(Database& database, TimePoint now) {
  return database.Transact<Statistics>([&](pqxx::work& transaction) -> Result<Statistics> {
    const pqxx::row row = transaction.exec_params1(kMeasure, TimestampText(now));
    Statistics found;
    found.queued = row["queued"].as<std::int64_t>();
    found.running = row["running"].as<std::int64_t>();
    found.oldest_queued_seconds = std::max(row["oldest"].as<double>(), 0.0);
    found.checkpoint_bytes = row["checkpoints"].as<std::int64_t>();
    found.pack_bytes = row["packs"].as<std::int64_t>();
    found.grams_bytes = row["grams"].as<std::int64_t>();
    return found;
  });
}

}  // namespace ventral::store
