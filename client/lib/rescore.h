// Asking for scores to be made again from kept Grams.
#ifndef VENTRAL_CLIENT_LIB_RESCORE_H_
#define VENTRAL_CLIENT_LIB_RESCORE_H_

#include <string>

#include "client/lib/connection.h"

namespace ventral::client {

// `given` is a model's id, a job's id or its first characters, either with its collection
// ("models/…", "jobs/…"); empty for all. A model is meant before a job of the same name.
// @error not_found if there is neither; as ResolveJob and the server.
Result<v1::CreateRescoreJobsRequest> RescoreRequest(Connection& connection,
                                                    const std::string& given);

// Makes the jobs. Asked once more, as CallTwice does, unless it is forced: then jobs would be made
// twice where the first ones have ended meanwhile. @error as Call.
Result<v1::CreateRescoreJobsResponse> Rescore(Connection& connection,
                                              const v1::CreateRescoreJobsRequest& request);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_RESCORE_H_
