// Who may publish a pack, and how often one submitter may be scored on it.
#ifndef VENTRAL_SERVER_STORE_PACK_POLICY_H_
#define VENTRAL_SERVER_STORE_PACK_POLICY_H_

#include <pqxx/pqxx>
#include <string>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"
#include "server/store/rows.h"
#include "server/store/viewer.h"

namespace ventral::store {

// @error invalid_input if the limit is not 1 to 1,000,000 jobs within 1 to 3660 days.
Status CheckPolicy(const PackPolicy& policy);

// Makes the pack the viewer's where it is nobody's and has no version yet. A pack of nobody is any
// publisher's to add versions to while it is open; its policy is for who sees all.
// @error permission if it is another's, or the policy is not the viewer's to set; conflict if it
// was deleted (says how to get it back).
Status ClaimPack(pqxx::work& transaction, const std::string& pack, const Viewer& viewer,
                 bool sets_policy);

// Requires ClaimPack.
void WritePolicy(pqxx::work& transaction, const std::string& pack, const PackPolicy& policy);

// Whether `user` may have one job more on the pack, beside `retried`; "" may have any. What failed
// by our fault, or was cancelled before it ran, does not count. Exact where many ask at once.
// @error resource_limit says what the limit is, and when there will be room.
Status CheckAttempts(pqxx::work& transaction, const std::string& user, const std::string& pack,
                     TimePoint now, const std::string& retried = "");

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_PACK_POLICY_H_
