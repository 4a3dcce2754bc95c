// Resource names (AIP-122): parsed and written here only.
#ifndef VENTRAL_SERVER_SERVICE_NAMES_H_
#define VENTRAL_SERVER_SERVICE_NAMES_H_

#include <string>
#include <string_view>

#include "scoring/base/result.h"

namespace ventral::service {

struct CheckpointName {
  std::string model, sha256;
};
struct BenchmarkName {
  std::string pack, benchmark;
};
struct TokenName {
  std::string user, token;
};

// All: @error invalid_input says the form that is wanted and what came instead.
Result<std::string> ParseModelName(std::string_view name);  // "models/{model_id}"
Result<CheckpointName> ParseCheckpointName(
    std::string_view name);                                // "models/{id}/checkpoints/{sha256}"
Result<std::string> ParsePackName(std::string_view name);  // "packs/{pack_id}"
Result<std::string> ParsePackOrAllName(std::string_view name);    // "" for "packs/-"
Result<BenchmarkName> ParseBenchmarkName(std::string_view name);  // "packs/{id}/benchmarks/{id}"
Result<std::string> ParseJobName(std::string_view name);          // "jobs/{uuid}"
Result<std::string> ParseScoreName(std::string_view name);        // "scores/{uuid}"
Result<std::string> ParseUserName(std::string_view name);         // "users/{user_id}"
Result<std::string> ParseUserOrAllName(std::string_view name);    // "" for "users/-"
Result<TokenName> ParseTokenName(std::string_view name);          // "users/{id}/tokens/{uuid}"
// Empty stays empty, for filters.
Result<std::string> ParseOptionalUserName(std::string_view name);
Result<std::string> ParseOptionalModelName(std::string_view name);
Result<std::string> ParseOptionalJobName(std::string_view name);

// The id itself: lower-case letters, digits, '_', '-', '.'; 1 to 100 characters, a letter or digit
// first.
Result<std::string> CheckId(std::string_view id);
// At most 64 characters.
Result<std::string> CheckRequestId(std::string_view id);

std::string ModelName(const std::string& id);
std::string CheckpointNameOf(const std::string& model, const std::string& sha256);
std::string PackName(const std::string& id);
std::string BenchmarkNameOf(const std::string& pack, const std::string& benchmark);
std::string JobName(const std::string& id);
std::string ScoreName(const std::string& id);
std::string UserName(const std::string& id);
std::string TokenNameOf(const std::string& user, const std::string& token);
// Of a worker's own name, which may be any text: what RFC 3986 reserves is percent-encoded.
std::string WorkerName(const std::string& worker);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_NAMES_H_
