// The user that a new service begins with.
#ifndef VENTRAL_SERVER_FIRST_ADMIN_H_
#define VENTRAL_SERVER_FIRST_ADMIN_H_

#include <filesystem>

#include "scoring/base/result.h"
#include "server/store/accounts.h"

namespace ventral {

// Whether the database has no users. Where it has some but no admin who may come in, logs an error
// that says how to get one.
// @error as Accounts; nothing was changed, and it may be asked again.
Result<bool> WantsFirstAdmin(store::Accounts& accounts);

// Where the database has no users still: makes user "admin", writes the secret of its token into
// `file`, which only its owner may read, and says so in the log. The secret is nowhere else.
// @error conflict if the file is there, unavailable if it cannot be written: nothing is made then.
//   Where the database broke off and may have made the user, the file stays, and the error says so.
Status MakeFirstAdmin(store::Accounts& accounts, const std::filesystem::path& file);

}  // namespace ventral

#endif  // VENTRAL_SERVER_FIRST_ADMIN_H_
