// Scoring without a server: the same evaluator and extractor, as children of this process.
#ifndef VENTRAL_CLIENT_LIB_LOCAL_SCORE_H_
#define VENTRAL_CLIENT_LIB_LOCAL_SCORE_H_

#include <filesystem>
#include <functional>

#include "scoring/base/result.h"
#include "ventral/v1/report.pb.h"
#include "worker/protocol/messages.h"

namespace ventral::client {

struct LocalPrograms {
  std::filesystem::path evaluator;  // ventral-evaluate
  std::filesystem::path extractor;  // ventral-extract
};

// Beside the program that is running.
LocalPrograms ProgramsBesideThis();

// "cuda:0" where there is an NVIDIA device and `device` is "auto", else "cpu"; anything else as it
// is.
std::string ResolveDevice(const std::string& device);

// Ignores SIGPIPE from then on. The evaluator dies with the calling thread.
// @error not_found if there is no such checkpoint or pack; as the evaluator says it (invalid_input
// for a checkpoint or
//   pack that cannot be scored), or internal when it died, with how and the end of its log.
Result<v1::ScoreReport> ScoreLocally(
    const std::filesystem::path& checkpoint, const std::filesystem::path& pack,
    const RunLimits& limits, const LocalPrograms& programs,
    const std::function<void(const ProgressMessage&)>& on_progress);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_LOCAL_SCORE_H_
