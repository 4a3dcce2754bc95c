// One place that says what an exception of libpqxx means.
#ifndef VENTRAL_SERVER_STORE_DATABASE_ERROR_H_
#define VENTRAL_SERVER_STORE_DATABASE_ERROR_H_

#include <exception>

#include "scoring/base/result.h"

namespace ventral::store {

// SQLSTATE classes (PostgreSQL documentation, appendix A):
//   no connection, in doubt, 08, 40, 53, 55, 57, 58 → unavailable: the same may succeed later
//   25006: a write where only reading is possible, as on a standby → unavailable, says so
//   42P01, 42703: no such table or column → unavailable, says ventral-migrate
//   22: a value that its type does not take → invalid_input
//   23514: a CHECK of anything but the queue → invalid_input, names the constraint
//   anything else → internal
// What the database said goes into the context, for the log.
Error ErrorOf(const std::exception& error);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_DATABASE_ERROR_H_
