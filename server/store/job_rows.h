// Rows of the queue as values.
#ifndef VENTRAL_SERVER_STORE_JOB_ROWS_H_
#define VENTRAL_SERVER_STORE_JOB_ROWS_H_

#include <pqxx/pqxx>

#include "server/store/rows.h"

namespace ventral::store {

JobRow JobOf(const pqxx::row& row);
JobKind KindOf(const pqxx::row& row);
AttemptRow AttemptOf(const pqxx::row& row);
LeaseRow LeaseOf(const pqxx::row& row);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_JOB_ROWS_H_
