#include "server/store/job_quota.h"

#include "server/store/fields.h"

namespace ventral::store {
namespace {

// $1 user, $2 … $4 defaults
constexpr char kLimits[] = R"(
  SELECT coalesce(q.jobs, $2::bigint) AS jobs, q.jobs IS NOT NULL AS own_jobs,
         coalesce(q.daily_uploads, $3::bigint) AS daily_uploads, q.daily_uploads IS NOT NULL AS own_daily_uploads,
         coalesce(q.daily_upload_bytes, $4::bigint) AS daily_upload_bytes,
         q.daily_upload_bytes IS NOT NULL AS own_daily_upload_bytes
  FROM (SELECT $1::text COLLATE "C" AS user_id) u LEFT JOIN user_quotas q USING (user_id))";
// $1 user. Until the transaction's end.
constexpr char kOneAtATime[] =
    "SELECT pg_advisory_xact_lock(hashtext('ventral quota'), hashtext($1))";
// $1 user
constexpr char kOpenJobs[] =
    "SELECT count(*) AS jobs FROM jobs WHERE owner = $1 AND state IN ('queued', 'running')";

}  // namespace

pqxx::row LimitsOf(pqxx::work& transaction, const std::string& user, const QuotaNumbers& defaults) {
  return transaction.exec_params1(kLimits, user, defaults.jobs, defaults.daily_uploads,
                                  defaults.daily_upload_bytes);
}

void WaitForOthersOf(pqxx::work& transaction, const std::string& user) {
  transaction.exec_params(kOneAtATime, user);
}

Status CheckJobQuota(pqxx::work& transaction, const std::string& user, const QuotaNumbers& defaults,
                     std::int64_t more) {
  if (user.empty()) return Ok{};
  const std::int64_t limit = IntegerOf(LimitsOf(transaction, user, defaults), "jobs");
  if (limit == 0) return Ok{};
  WaitForOthersOf(transaction, user);
  const std::int64_t open = IntegerOf(transaction.exec_params1(kOpenJobs, user), "jobs");
  if (open + more <= limit) return Ok{};
  if (more == 0) {
    return ResourceLimit(
        "user " + user + " would have " + std::to_string(open) +
        " jobs that wait or run, and may have " + std::to_string(limit) +
        ": ask for fewer, or wait until some have ended ('ventral quota' shows your limits); an "
        "admin can raise the limit");
  }
  return ResourceLimit(
      "user " + user + " has " + std::to_string(open) + " jobs that wait or run, and may have " +
      std::to_string(limit) +
      ": none is left until one of them ends ('ventral jobs' lists them, 'ventral "
      "cancel' ends one, 'ventral quota' shows your limits); an admin can raise the "
      "limit");
}

}  // namespace ventral::store
