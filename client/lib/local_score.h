// Scoring without a server: the same evaluator and extractor, as children of this process.
#ifndef VENTRAL_CLIENT_LIB_LOCAL_SCORE_H_
#define VENTRAL_CLIENT_LIB_LOCAL_SCORE_H_

#include <filesystem>
#include <functional>

#include "scoring/base/result.h"
#include "ventral/v1/job.pb.h"
#include "ventral/v1/report.pb.h"
#include "worker/protocol/messages.h"
#include "worker/protocol/requests.h"

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

struct LocalRun {
  std::filesystem::path checkpoint;  // or `grams`
  std::filesystem::path pack;
  RunLimits limits;
  std::filesystem::path grams = {};       // kept Grams: then neither checkpoint nor extractor
  std::filesystem::path keep_grams = {};  // a file that gets the Grams; none where empty
};

struct LocalScores {
  v1::ScoreReport report;
  std::string not_kept;  // why there is no such file, where one was wanted
};

// Both must be given. The estimate comes before the network's passes, and not where Grams are
// scored.
struct LocalListener {
  std::function<void(const ProgressMessage&)> progress;
  std::function<void(const v1::RunEstimate&)> estimate;
};

// Ignores SIGPIPE from then on. The evaluator dies with the calling thread.
// @error not_found if there is no such checkpoint, pack or file of Grams; as the evaluator says it
// (invalid_input for what cannot be scored), or internal when it died, with how and the end of its
// log.
Result<LocalScores> ScoreLocally(const LocalRun& run, const LocalPrograms& programs,
                                 const LocalListener& listener);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_LOCAL_SCORE_H_
