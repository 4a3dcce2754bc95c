// What people type for a job.
#ifndef VENTRAL_CLIENT_LIB_JOB_NAME_H_
#define VENTRAL_CLIENT_LIB_JOB_NAME_H_

#include <string>

#include "client/lib/connection.h"

namespace ventral::client {

// "jobs/ID", "ID", or a beginning of an ID (4 characters at least) that fits one job alone → the
// job's resource name. Letters may be upper-case. The server is asked in any case, so the name
// that comes back is a job's.
// @error invalid_input for one that is too short or fits several (names two of them); not_found.
Result<std::string> ResolveJob(Connection& connection, const std::string& given);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_JOB_NAME_H_
