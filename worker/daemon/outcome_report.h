// Tells the server how an attempt ended, until it has heard.
#ifndef VENTRAL_WORKER_DAEMON_OUTCOME_REPORT_H_
#define VENTRAL_WORKER_DAEMON_OUTCOME_REPORT_H_

#include <stop_token>

#include "ventral/v1/worker.pb.h"
#include "worker/daemon/attempt_control.h"
#include "worker/daemon/patience.h"
#include "worker/daemon/server_link.h"

namespace ventral {

// Each repeats its call with growing pauses while the server is away or in trouble: a report is not
// thrown away because a server restarts. It gives up when the server refuses the call for good
// (which is the error it returns), or longer than `patience` has it; when `control` says that the
// lease is lost; and, once `hurry` has fired, after a few seconds. A completion that was refused is
// not repeated once the submitter has cancelled, and neither is a failure for longer than those
// seconds.
Status TellComplete(ServerLink& server, const v1::CompleteJobRequest& request,
                    const AttemptControl& control, const Patience& patience,
                    const std::stop_token& hurry);
Status TellFailed(ServerLink& server, const v1::FailJobRequest& request,
                  const AttemptControl& control, const Patience& patience,
                  const std::stop_token& hurry);

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_OUTCOME_REPORT_H_
