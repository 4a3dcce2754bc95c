// Kept Grams on disk (worker/protocol/kept_grams.h has their form).
#ifndef VENTRAL_WORKER_EVALUATOR_KEPT_FILE_H_
#define VENTRAL_WORKER_EVALUATOR_KEPT_FILE_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/digest.h"
#include "scoring/base/gram.h"
#include "scoring/base/result.h"
#include "worker/protocol/frame.h"
#include "worker/protocol/kept_grams.h"
#include "worker/protocol/messages.h"
#include "worker/sandbox/descriptor.h"

namespace ventral {

// A new file in the place of `file`, whole or not at all: written beside it, synced, renamed.
// @error unavailable if it cannot be written (names it and says why).
Status WriteKeptGrams(const std::filesystem::path& file, const KeptHead& head,
                      const PlanMessage& plan, const std::vector<Gram>& grams);

// Such a file, layer by layer, as what comes from outside: its form and digest are checked here.
// That the layers are those of the plan, and numbers that features can have, is for the caller to
// check. @error of all: invalid_input names the file and what is wrong with it; not_found;
// unavailable where it cannot be read.
class KeptGramsReader {
 public:
  // Reads head and plan.
  static Result<KeptGramsReader> Open(const std::filesystem::path& file);
  const KeptHead& head() const { return head_; }
  const PlanMessage& plan() const { return plan_; }
  // The next layer, or nullopt at the end, whose digest is right. Before that nothing counts.
  Result<std::optional<Gram>> Next();

 private:
  KeptGramsReader(std::string name, Descriptor file)
      : name_(std::move(name)), file_(std::move(file)) {}
  Status ReadStart();
  Result<Frame> ReadFrameOf(std::uint64_t cap);
  Status CheckEnd(const Frame& end);
  Error Wrong(const std::string& what) const;

  std::string name_;
  Descriptor file_;
  bool began_ = false;                                           // with a frame
  std::unique_ptr<Hasher> hasher_ = std::make_unique<Hasher>();  // of the frames before
  KeptHead head_;
  PlanMessage plan_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_KEPT_FILE_H_
