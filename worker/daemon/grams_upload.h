// The Grams that an evaluation kept, on their way to the server.
#ifndef VENTRAL_WORKER_DAEMON_GRAMS_UPLOAD_H_
#define VENTRAL_WORKER_DAEMON_GRAMS_UPLOAD_H_

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>

#include "ventral/v1/worker.pb.h"
#include "worker/daemon/evaluator_run.h"
#include "worker/daemon/server_link.h"

namespace ventral {

// What CompleteJob may say is kept, once the server has `file`; empty: none was wanted. Tries again
// for `patience` while the server is away or has too much to do, unless `stop` fires: scores wait
// behind it. Where the Grams are not kept, `end.log_tail` says why.
std::optional<v1::KeptGrams> SendGrams(const v1::Lease& lease, const std::filesystem::path& file,
                                       ServerLink& server, std::chrono::milliseconds patience,
                                       const std::stop_token& stop, EvaluatorEnd& end);

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_GRAMS_UPLOAD_H_
