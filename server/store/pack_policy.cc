#include "server/store/pack_policy.h"

#include "server/store/fields.h"
#include "server/store/job_quota.h"

namespace ventral::store {
namespace {

// $1 pack, $2 viewer. A pack of before there were owners stays anybody's until a policy is set.
constexpr char kClaim[] = R"(
  INSERT INTO pack_policies (pack_id, owner)
  SELECT $1, nullif($2::text, '') WHERE NOT EXISTS (SELECT FROM packs WHERE pack_id = $1)
  ON CONFLICT (pack_id) DO NOTHING)";
// Until the transaction's end, nobody deletes it, and others who publish it wait. $1 pack
constexpr char kPackOwner[] = R"(
  SELECT owner, private OR days IS NOT NULL AS closed, deleted IS NOT NULL AS gone
  FROM pack_policies WHERE pack_id = $1 FOR NO KEY UPDATE)";

// $1 pack, $2 private, $3 jobs or NULL, $4 days or NULL
constexpr char kWritePolicy[] = R"(
  INSERT INTO pack_policies (pack_id, private, jobs_per_submitter, days) VALUES ($1, $2, $3, $4)
  ON CONFLICT (pack_id) DO UPDATE
  SET private = excluded.private, jobs_per_submitter = excluded.jobs_per_submitter, days = excluded.days)";

constexpr char kAttemptLimit[] =
    "SELECT jobs_per_submitter, days FROM pack_policies WHERE pack_id = $1 AND days IS NOT NULL";

// Jobs that count, the oldest first. $1 user, $2 pack, $3 since when, $4 a job that does not count,
// or NULL. What waits or runs counts however old it is: a retried job has the age of its first
// attempt.
constexpr char kCounted[] = R"(
  SELECT coalesce(started, created) AS at FROM jobs
  WHERE owner = $1 AND pack_id = $2 AND kind = 'score' AND ($4::uuid IS NULL OR job_id <> $4::uuid)
    AND (state IN ('queued', 'running') OR coalesce(started, created) > $3)
    AND NOT (state = 'failed' AND failure_cause = 'infrastructure')
    AND NOT (state = 'cancelled' AND attempt_number = 0)
  ORDER BY at)";

Status CheckPublisher(const pqxx::result& found, const std::string& pack, const Viewer& viewer,
                      bool sets_policy) {
  if (viewer.sees_all) return Ok{};
  const bool nobodys = found.empty() || IsNull(found[0], "owner");
  if (nobodys && !sets_policy && (found.empty() || !FlagOf(found[0], "closed"))) return Ok{};
  if (nobodys) {
    return Error{ErrorCode::kPermission,
                 "pack " + pack +
                     " has no publisher of its own: an admin sets its policy, and "
                     "publishes it where it is closed",
                 {}};
  }
  if (TextOf(found[0], "owner") == viewer.user) return Ok{};
  return Error{ErrorCode::kPermission,
               "pack " + pack + " is another publisher's: only they and admins may publish it",
               {}};
}

}  // namespace

Status CheckPolicy(const PackPolicy& policy) {
  if (!policy.attempts) return Ok{};
  const AttemptLimit& limit = *policy.attempts;
  if (limit.jobs >= 1 && limit.jobs <= 1'000'000 && limit.days >= 1 && limit.days <= 3660)
    return Ok{};
  return InvalidInput("a limit is 1 to 1000000 jobs of a submitter within 1 to 3660 days, not " +
                      std::to_string(limit.jobs) + " within " + std::to_string(limit.days));
}

Status ClaimPack(pqxx::work& transaction, const std::string& pack, const Viewer& viewer,
                 bool sets_policy) {
  transaction.exec_params(kClaim, pack, viewer.user);
  const pqxx::result found = transaction.exec_params(kPackOwner, pack);
  VENTRAL_RETURN_IF_ERROR(CheckPublisher(found, pack, viewer, sets_policy));
  if (found.empty() || !FlagOf(found[0], "gone")) return Ok{};
  return Conflict(
      "pack " + pack +
      " was deleted, and its id stays taken: undelete it first ('ventral pack undelete " + pack +
      "'), or choose another id");
}

void WritePolicy(pqxx::work& transaction, const std::string& pack, const PackPolicy& policy) {
  const std::string jobs = policy.attempts ? std::to_string(policy.attempts->jobs) : "";
  const std::string days = policy.attempts ? std::to_string(policy.attempts->days) : "";
  transaction.exec_params(kWritePolicy, pack, policy.is_private, NullIfEmpty(jobs),
                          NullIfEmpty(days));
}

Status CheckAttempts(pqxx::work& transaction, const std::string& user, const std::string& pack,
                     TimePoint now, const std::string& retried) {
  if (user.empty()) return Ok{};
  const pqxx::result limits = transaction.exec_params(kAttemptLimit, pack);
  if (limits.empty()) return Ok{};
  const std::int64_t most = IntegerOf(limits[0], "jobs_per_submitter");
  const std::chrono::hours window(24 * IntegerOf(limits[0], "days"));
  WaitForOthersOf(transaction, user);
  const pqxx::result counted = transaction.exec_params(
      kCounted, user, pack, TimestampText(now - window), NullIfEmpty(retried));
  const auto used = static_cast<std::int64_t>(counted.size());
  if (used < most) return Ok{};
  // When so many of the oldest have left the window that one fits again.
  const TimePoint room =
      TimeOf(counted[static_cast<pqxx::result::size_type>(used - most)], "at") + window;
  return ResourceLimit("pack " + pack + " is held out: a submitter may be scored on it " +
                       std::to_string(most) + " times within " +
                       std::to_string(window.count() / 24) + " days, and user " + user + " was " +
                       std::to_string(used) + " times: none is left until " +
                       TimestampText(std::max(room, now)).substr(0, 19) + " UTC");
}

}  // namespace ventral::store
