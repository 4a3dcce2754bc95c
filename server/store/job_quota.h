// How many jobs of a user wait or run, held against its limit.
#ifndef VENTRAL_SERVER_STORE_JOB_QUOTA_H_
#define VENTRAL_SERVER_STORE_JOB_QUOTA_H_

#include <pqxx/pqxx>
#include <string>

#include "scoring/base/result.h"
#include "server/store/quotas.h"

namespace ventral::store {

// Whether `user` may have so many jobs more; "" may have any. 0 where they were made already, in
// this transaction. Where there is a limit, jobs of the same
// user that are made at the same time wait until this transaction has ended.
// @error resource_limit says what the limit is and how there will be room.
Status CheckJobQuota(pqxx::work& transaction, const std::string& user, const QuotaNumbers& defaults,
                     std::int64_t more = 1);

// Until the transaction's end, others who make jobs of this user wait.
void WaitForOthersOf(pqxx::work& transaction, const std::string& user);

// The limits of `user`, with the columns jobs, daily_uploads, daily_upload_bytes, and own_… for
// each.
pqxx::row LimitsOf(pqxx::work& transaction, const std::string& user, const QuotaNumbers& defaults);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_JOB_QUOTA_H_
