// One request, from its frame to the last answer.
#ifndef VENTRAL_WORKER_EXTRACTOR_SERVE_H_
#define VENTRAL_WORKER_EXTRACTOR_SERVE_H_

#include <unistd.h>

#include "scoring/base/failure_cause.h"
#include "scoring/base/result.h"

namespace ventral {

// A duplicate of fd 1; fd 1 itself becomes stderr, so that a library that prints cannot break a
// frame. −1, with errno, if the system refuses.
int TakeStandardOutput();

// Whose fault an error is: the checkpoint's, the memory's, or ours.
FailureCause CauseOf(const Error& error);

// Reads the request from `in` and answers on `out`. Returns the exit status.
int ServeRequest(int in, int out);

// Seals this process as for a request, and writes to `out` what of the sandbox is active, as
// {"active": [layer …], "missing": {layer: reason}}. Returns the exit status.
int ReportSandbox(int out);

// Writes a kFailure frame. Returns the exit status.
int SendFailure(int out, FailureCause cause, const Error& error);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EXTRACTOR_SERVE_H_
