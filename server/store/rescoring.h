// What can be scored again from kept Grams.
#ifndef VENTRAL_SERVER_STORE_RESCORING_H_
#define VENTRAL_SERVER_STORE_RESCORING_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "server/store/rows.h"
#include "server/store/viewer.h"

namespace ventral::store {

struct RescoreFilter {
  std::string model, checkpoint_sha256, pack;  // any when empty
  Viewer viewer{};                             // by default one that sees public models only
  std::string present{};                       // scorer version whose scores need no rescoring
  int most = 10'000;                           // candidates
};

// A checkpoint on a pack that it has scores on.
struct RescoreCandidate {
  std::string model, checkpoint_sha256, pack;
  std::string pack_version;       // the newest
  std::string scorer_version;     // of its newest score on that version; empty where it has none
  std::optional<GramsRow> grams;  // the newest of that version
  std::string needs_features{};   // the first benchmark of that version that Grams do not do for
};

struct RescoreCandidates {
  std::vector<RescoreCandidate> rows;
  std::int64_t left_out = 0;  // beyond `most`
};

class Rescoring {
 public:
  virtual ~Rescoring() = default;
  // In the order of model, checkpoint and pack. Where there are more than `most`, first those that
  // a rescore is of use for: once these have new scores, the others come.
  virtual Result<RescoreCandidates> Candidates(const RescoreFilter& filter) = 0;
  // A job of kind rescore for each, in their order, and all of them or none; where one of the same
  // checkpoint on the same pack waits or runs, that one.
  // @error invalid_input for a candidate without Grams; not_found where `by` sees a model or a pack
  // no more; resource_limit as JobQueue::Create.
  virtual Result<std::vector<JobRow>> Create(std::span<const RescoreCandidate> candidates,
                                             const Viewer& by = {}) = 0;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_RESCORING_H_
