// Keeping an extraction, and scoring from one that was kept.
#ifndef VENTRAL_WORKER_EVALUATOR_KEPT_H_
#define VENTRAL_WORKER_EVALUATOR_KEPT_H_

#include <filesystem>

#include "scoring/base/digest.h"
#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "scoring/pack/pack.h"
#include "worker/evaluator/extraction.h"
#include "worker/protocol/kept_grams.h"

namespace ventral {

struct KeptExtraction {
  KeptHead head;
  Extraction extraction;  // held against the same checks as an extractor's
};

// @error as KeptGramsReader and Promise, resource_limit as CheckGramsFit within `most`.
Result<KeptExtraction> ReadKept(const std::filesystem::path& file, Bytes most);

// The budget that ReadKept needs for this file; 0 where it cannot be told.
std::uint64_t NeededForKept(const std::filesystem::path& file);

// @error invalid_input if the Grams are not those of the pack's stimuli: other ids, another order,
// other images. Its recordings may be others.
Status CheckSameStimuli(const KeptHead& head, const Pack& pack);

// Writes the file, whole or not at all.
// @error resource_limit if the Grams have more than `most` bytes; as WriteKeptGrams.
Status KeepExtraction(const std::filesystem::path& file, Bytes most, const Digest& checkpoint,
                      const Pack& pack, const Extraction& extraction);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EVALUATOR_KEPT_H_
