#include "server/store/postgres_quotas.h"

#include <algorithm>

#include "server/store/account_rows.h"
#include "server/store/fields.h"
#include "server/store/job_quota.h"

namespace ventral::store {
namespace {

constexpr char kIsUserWithQuota[] = "SELECT FROM users WHERE user_id = $1";
// $1 user, $2 day
constexpr char kUse[] = R"(
  SELECT (SELECT count(*) FROM jobs WHERE owner = $1 AND state IN ('queued', 'running')) AS jobs,
         coalesce(sum(uploads), 0)::bigint AS daily_uploads, coalesce(sum(bytes), 0)::bigint AS daily_upload_bytes
  FROM upload_usage WHERE user_id = $1 AND day = $2)";
// $1 user, then for each limit whether it changes, and to what (NULL: the default)
constexpr char kSet[] = R"(
  INSERT INTO user_quotas AS q (user_id, jobs, daily_uploads, daily_upload_bytes) VALUES ($1, $3, $5, $7)
  ON CONFLICT (user_id) DO UPDATE
  SET jobs = CASE WHEN $2::boolean THEN $3 ELSE q.jobs END,
      daily_uploads = CASE WHEN $4::boolean THEN $5 ELSE q.daily_uploads END,
      daily_upload_bytes = CASE WHEN $6::boolean THEN $7 ELSE q.daily_upload_bytes END)";
// $1 user, $2 day, $3 bytes, $4 most uploads, $5 most bytes, $6 uploads. One statement, which waits
// for others on the same row and then looks at what they left: no two can pass a limit together.
constexpr char kCharge[] = R"(
  INSERT INTO upload_usage AS u (user_id, day, uploads, bytes)
  SELECT $1, $2::date, $6::bigint, $3::bigint WHERE $5::bigint = 0 OR $3::bigint <= $5::bigint
  ON CONFLICT (user_id, day) DO UPDATE SET uploads = u.uploads + $6::bigint, bytes = u.bytes + $3::bigint
  WHERE ($4::bigint = 0 OR u.uploads + $6::bigint <= $4::bigint) AND ($5::bigint = 0 OR u.bytes + $3::bigint <= $5::bigint)
  RETURNING uploads)";
// $1 user, $2 day, $3 uploads, $4 bytes
constexpr char kGiveBack[] = R"(
  UPDATE upload_usage SET uploads = greatest(uploads - $3, 0), bytes = greatest(bytes - $4, 0)
  WHERE user_id = $1 AND day = $2)";

// "2026-01-31", in UTC.
std::string DayOf(TimePoint now) { return TimestampText(now).substr(0, 10); }

TimePoint EndOfDay(TimePoint now) {
  return std::chrono::floor<std::chrono::days>(now) + std::chrono::days(1);
}

Error UploadsUsedUp(const std::string& user, const QuotaRow& quota, std::int64_t bytes,
                    std::int64_t uploads) {
  const std::string until = "until " + TimestampText(quota.reset).substr(0, 19) +
                            " UTC ('ventral quota' shows your limits); an admin can "
                            "raise the limit";
  if (quota.limits.daily_uploads > 0 &&
      quota.used.daily_uploads + uploads > quota.limits.daily_uploads) {
    return ResourceLimit("user " + user + " may upload " +
                         std::to_string(quota.limits.daily_uploads) +
                         " files a day: none is left " + until);
  }
  const std::int64_t left =
      std::max<std::int64_t>(quota.limits.daily_upload_bytes - quota.used.daily_upload_bytes, 0);
  return ResourceLimit("user " + user + " may upload " +
                       std::to_string(quota.limits.daily_upload_bytes) +
                       " bytes a day: " + std::to_string(left) + " are left, and the upload has " +
                       std::to_string(bytes) + ", " + until);
}

Status CheckLimit(const char* name, const std::optional<std::int64_t>& limit) {
  if (!limit || *limit >= kDefaultLimit) return Ok{};
  return InvalidInput(std::string(name) + " is " + std::to_string(*limit) +
                      "; wanted is a number, 0 for no limit, or -1 for the server's default");
}

// Empty, which becomes NULL, for the default.
std::string ColumnOf(const std::optional<std::int64_t>& limit) {
  return !limit || *limit == kDefaultLimit ? "" : std::to_string(*limit);
}

}  // namespace

QuotaRow PostgresQuotas::Read(pqxx::work& transaction, const std::string& user) const {
  const pqxx::row limits = LimitsOf(transaction, user, defaults_);
  const TimePoint now = clock_.Now();
  const pqxx::row used = transaction.exec_params1(kUse, user, DayOf(now));
  const auto numbers = [](const pqxx::row& row) {
    return QuotaNumbers{IntegerOf(row, "jobs"), IntegerOf(row, "daily_uploads"),
                        IntegerOf(row, "daily_upload_bytes")};
  };
  return {numbers(limits),
          numbers(used),
          FlagOf(limits, "own_jobs"),
          FlagOf(limits, "own_daily_uploads"),
          FlagOf(limits, "own_daily_upload_bytes"),
          EndOfDay(now)};
}

Result<QuotaRow> PostgresQuotas::Get(const std::string& user) {
  if (!IsText(user)) return NoSuchUser(user);
  return database_.Transact<QuotaRow>([&](pqxx::work& transaction) -> Result<QuotaRow> {
    if (transaction.exec_params(kIsUserWithQuota, user).empty()) return NoSuchUser(user);
    return Read(transaction, user);
  });
}

Result<QuotaRow> PostgresQuotas::Set(const std::string& user, const QuotaChange& change) {
  if (!IsText(user)) return NoSuchUser(user);
  VENTRAL_RETURN_IF_ERROR(CheckLimit("jobs", change.jobs));
  VENTRAL_RETURN_IF_ERROR(CheckLimit("daily_uploads", change.daily_uploads));
  VENTRAL_RETURN_IF_ERROR(CheckLimit("daily_upload_bytes", change.daily_upload_bytes));
  const std::string jobs = ColumnOf(change.jobs), uploads = ColumnOf(change.daily_uploads),
                    bytes = ColumnOf(change.daily_upload_bytes);
  return database_.Transact<QuotaRow>([&](pqxx::work& transaction) -> Result<QuotaRow> {
    if (transaction.exec_params(kIsUserWithQuota, user).empty()) return NoSuchUser(user);
    transaction.exec_params(kSet, user, change.jobs.has_value(), NullIfEmpty(jobs),
                            change.daily_uploads.has_value(), NullIfEmpty(uploads),
                            change.daily_upload_bytes.has_value(), NullIfEmpty(bytes));
    return Read(transaction, user);
  });
}

Result<UploadCharge> PostgresQuotas::ChargeUpload(const std::string& user, std::int64_t bytes,
                                                  std::int64_t uploads) {
  const UploadCharge charge{user, DayOf(clock_.Now()), uploads, bytes};
  if (user.empty()) return charge;  // accounts are off
  return database_.Transact<UploadCharge>([&](pqxx::work& transaction) -> Result<UploadCharge> {
    const pqxx::row limits = LimitsOf(transaction, user, defaults_);
    const pqxx::result charged = transaction.exec_params(
        kCharge, user, charge.day, bytes, IntegerOf(limits, "daily_uploads"),
        IntegerOf(limits, "daily_upload_bytes"), uploads);
    if (charged.empty()) return UploadsUsedUp(user, Read(transaction, user), bytes, uploads);
    return charge;
  });
}

Status PostgresQuotas::GiveBack(const UploadCharge& charge, std::int64_t uploads,
                                std::int64_t bytes) {
  if (charge.user.empty()) return Ok{};
  VENTRAL_RETURN_IF_ERROR(database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
    transaction.exec_params(kGiveBack, charge.user, charge.day, uploads, bytes);
    return true;
  }));
  return Ok{};
}

}  // namespace ventral::store
