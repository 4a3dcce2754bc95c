#include "worker/evaluator/kept.h"

#include "scoring/base/version.h"
#include "worker/evaluator/estimate.h"
#include "worker/evaluator/kept_file.h"
#include "worker/evaluator/promise.h"

namespace ventral {
namespace {

Result<Digest> StimuliDigest(const Pack& pack) {
  Hasher hasher;
  for (const Stimulus& stimulus : pack.stimuli) {
    VENTRAL_ASSIGN_OR_RETURN(const Digest image, DigestOfFile(stimulus.file));
    hasher.Update(stimulus.id + " " + image.hex() + "\n");
  }
  return hasher.Finish();
}

std::vector<std::string> IdsOf(const Pack& pack) {
  std::vector<std::string> ids;
  ids.reserve(pack.stimuli.size());
  for (const Stimulus& stimulus : pack.stimuli) ids.push_back(stimulus.id);
  return ids;
}

Status CheckSize(const Extraction& extraction, Bytes most) {
  std::uint64_t bytes = 0;
  for (const Gram& gram : extraction.grams) {
    bytes += static_cast<std::uint64_t>(gram.inner.size() + gram.row_sums.size()) * sizeof(double);
  }
  if (bytes <= most.value) return Ok{};
  return ResourceLimit("the Grams have " + std::to_string(bytes) + " bytes, at most " +
                       std::to_string(most.value) + " are kept");
}

}  // namespace

Result<KeptExtraction> ReadKept(const std::filesystem::path& file, Bytes most) {
  VENTRAL_ASSIGN_OR_RETURN(KeptGramsReader reader, KeptGramsReader::Open(file));
  const auto stimuli = static_cast<Eigen::Index>(reader.head().stimuli.size());
  Result<Promise> promise = Promise::Make(reader.plan(), stimuli);
  if (!promise.ok()) return std::move(promise).error().Within(file.string());
  Status fits = CheckGramsFit(reader.plan().layers.size(), stimuli, most);
  if (!fits.ok()) return std::move(fits).error().Within(file.string());
  while (true) {
    VENTRAL_ASSIGN_OR_RETURN(std::optional<Gram> gram, reader.Next());
    if (!gram) break;
    Status taken = promise->Take(std::move(*gram));
    if (!taken.ok()) return std::move(taken).error().Within(file.string());
  }
  Result<std::vector<Gram>> grams = std::move(*promise).Finish();
  if (!grams.ok()) return std::move(grams).error().Within(file.string());
  return KeptExtraction{
      reader.head(),
      {reader.plan(), std::move(grams).value(), reader.head().extraction_seconds, 0}};
}

std::uint64_t NeededForKept(const std::filesystem::path& file) {
  const Result<KeptGramsReader> reader = KeptGramsReader::Open(file);
  if (!reader.ok()) return 0;
  return ScoringBytes(reader->plan().layers.size(),
                      static_cast<Eigen::Index>(reader->head().stimuli.size()));
}

Status CheckSameStimuli(const KeptHead& head, const Pack& pack) {
  VENTRAL_ASSIGN_OR_RETURN(const Digest digest, StimuliDigest(pack));
  if (head.stimuli == IdsOf(pack) && head.stimuli_digest == digest.hex()) return Ok{};
  return InvalidInput("the Grams were kept of the stimuli of pack " + head.pack + " " +
                      head.pack_version + ", and those of " + pack.manifest.id + " " +
                      pack.manifest.version +
                      " are others: score the checkpoint itself on this pack");
}

Status KeepExtraction(const std::filesystem::path& file, Bytes most, const Digest& checkpoint,
                      const Pack& pack, const Extraction& extraction) {
  VENTRAL_RETURN_IF_ERROR(CheckSize(extraction, most));
  VENTRAL_ASSIGN_OR_RETURN(const Digest stimuli, StimuliDigest(pack));
  const KeptHead head{checkpoint.hex(),
                      pack.manifest.id,
                      pack.manifest.version,
                      pack.digest.hex(),
                      stimuli.hex(),
                      IdsOf(pack),
                      std::string("ventral-evaluate ") + kVersion,
                      extraction.seconds};
  return WriteKeptGrams(file, head, extraction.plan, extraction.grams);
}

}  // namespace ventral
