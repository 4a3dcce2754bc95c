// Watching a job as a person does.
#ifndef VENTRAL_CLIENT_CLI_FOLLOW_H_
#define VENTRAL_CLIENT_CLI_FOLLOW_H_

#include <string>
#include <vector>

#include "client/cli/session.h"
#include "client/lib/connection.h"

namespace ventral::cli {

// Shows progress until the job has ended; Ctrl-C leaves it running and says how to come back.
// @error as WatchJob, with how to come back.
Result<v1::Job> Follow(client::Connection& connection, const std::string& job);

// Of a job that has ended: its scores through FormatScore, or why there are none and what to type.
// @error as the server.
Result<std::string> DescribeEnd(client::Connection& connection, const v1::Job& job);

// Follow on each job in turn, which stands in `jobs` as it ended; prints what came of it unless the
// session prints JSON. A job that did not succeed makes the session's exit code kFailed.
Status FollowAll(Session& session, client::Connection& connection, std::vector<v1::Job>& jobs);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_FOLLOW_H_
