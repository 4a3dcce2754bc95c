#include "worker/evaluator/run.h"

#include <sys/resource.h>

#include <chrono>

#include "scoring/base/version.h"
#include "scoring/evaluation/evaluate.h"
#include "worker/evaluator/kept.h"

namespace ventral {
namespace {

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::uint64_t OwnPeakBytes() {
  struct rusage used {};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<std::uint64_t>(used.ru_maxrss) << 10;
}

Provenance MakeProvenance(const std::string& checkpoint_sha256, const Pack& pack,
                          const Extraction& extraction) {
  Provenance provenance;
  provenance.checkpoint_sha256 = checkpoint_sha256;
  provenance.pack = pack.manifest.id;
  provenance.pack_version = pack.manifest.version;
  provenance.pack_digest = pack.digest.hex();
  provenance.scorer_version = kScorerVersion;
  provenance.extractor = extraction.plan.extractor;
  provenance.device = extraction.plan.device;
  provenance.precision = extraction.plan.precision;
  provenance.preprocessing = extraction.plan.preprocessing;
  provenance.extraction_seconds = extraction.seconds;
  provenance.passes = extraction.plan.passes;
  provenance.stimuli = static_cast<std::int64_t>(pack.stimuli.size());
  provenance.extractor_peak_bytes = extraction.peak_bytes;
  return provenance;
}

Result<Pack> ReadCheckedPack(const std::string& directory) {
  VENTRAL_ASSIGN_OR_RETURN(Pack pack, ReadPack(directory));
  VENTRAL_RETURN_IF_ERROR(CheckBenchmarks(pack));
  return pack;
}

// What the network answers, wherever it comes from.
struct Answers {
  std::string checkpoint_sha256;
  Extraction extraction;
};
using AnswersOrFailure = std::variant<Answers, FailureMessage>;

// Tells what came of it; scores are worth more than that they can be made again.
Status Keep(const EvaluateRequest& request, const Digest& checkpoint, const Pack& pack,
            const Extraction& extraction, const ForwardProgress& forward) {
  const Status kept = KeepExtraction(request.keep_grams, Bytes{request.most_kept_bytes}, checkpoint,
                                     pack, extraction);
  return forward({kKeepPhase, kept.ok() ? 1 : 0, 1, kept.ok() ? "" : kept.error().message});
}

AnswersOrFailure Extract(const EvaluateRequest& request, const Pack& pack,
                         const Listener& listener) {
  Result<Digest> checkpoint = DigestOfFile(request.checkpoint);
  if (!checkpoint.ok()) return Ours(std::move(checkpoint).error());
  auto extracted = RunExtractor(request, pack, listener);
  if (auto* failure = std::get_if<FailureMessage>(&extracted)) return std::move(*failure);
  Extraction& extraction = std::get<Extraction>(extracted);
  if (!request.keep_grams.empty()) {
    Status told = Keep(request, *checkpoint, pack, extraction, listener.progress);
    if (!told.ok()) return Ours(std::move(told).error());
  }
  return Answers{checkpoint->hex(), std::move(extraction)};
}

// Kept Grams that cannot be used: another attempt would read the same file.
FailureMessage OfKept(const EvaluateRequest& request, Error error) {
  if (error.code == ErrorCode::kResourceLimit)
    return {FailureCause::kOutOfMemory, std::move(error), NeededForKept(request.grams)};
  if (error.code == ErrorCode::kInvalidInput)
    return {FailureCause::kInvalidCheckpoint, std::move(error)};
  return Ours(std::move(error));
}

AnswersOrFailure ReadAgain(const EvaluateRequest& request, const Pack& pack) {
  if (const auto benchmark = NeedsFeatures(pack)) {
    return OfKept(request,
                  InvalidInput("benchmark " + *benchmark + " of pack " + pack.manifest.id +
                               " needs the features of the layers, which kept Grams do not have: "
                               "submit the checkpoint again"));
  }
  Result<KeptExtraction> kept = ReadKept(request.grams, Bytes{request.limits.memory_budget_bytes});
  if (!kept.ok()) return OfKept(request, std::move(kept).error());
  Status same = CheckSameStimuli(kept->head, pack);
  if (!same.ok()) return OfKept(request, std::move(same).error());
  return Answers{kept->head.checkpoint_sha256, std::move(kept->extraction)};
}

}  // namespace

std::variant<ScoreReport, FailureMessage> RunEvaluation(const EvaluateRequest& request,
                                                        const Listener& listener) {
  // A bad pack is the fault of whoever published it, never of the checkpoint.
  Result<Pack> pack = ReadCheckedPack(request.pack_directory);
  if (!pack.ok()) return Ours(std::move(pack).error().Within("pack"));
  AnswersOrFailure answers =
      request.grams.empty() ? Extract(request, *pack, listener) : ReadAgain(request, *pack);
  if (auto* failure = std::get_if<FailureMessage>(&answers)) return std::move(*failure);
  const auto& [checkpoint_sha256, extraction] = std::get<Answers>(answers);

  const auto start = std::chrono::steady_clock::now();
  const auto progress = [&](std::int64_t done, std::int64_t total, const std::string& benchmark) {
    return listener.progress({"score", done, total, benchmark});
  };
  auto scores = Evaluate(*pack, extraction.grams, extraction.plan.committed_layers, progress,
                         extraction.readings.get());
  // The pack was checked before: input that is wrong now is wrong with the layers.
  if (!scores.ok()) {
    const bool theirs = scores.error().code == ErrorCode::kInvalidInput;
    return FailureMessage{theirs ? FailureCause::kInvalidCheckpoint : FailureCause::kInfrastructure,
                          std::move(scores).error()};
  }
  ScoreReport report{MakeProvenance(checkpoint_sha256, *pack, extraction),
                     std::move(scores).value()};
  report.provenance.scoring_seconds = SecondsSince(start);
  report.provenance.evaluator_peak_bytes = OwnPeakBytes();
  return report;
}

std::variant<std::string, FailureMessage> EncodeWithin(const ScoreReport& report, Bytes most) {
  std::string encoded = Encode(report);
  if (encoded.size() <= most.value) return encoded;
  return FailureMessage{
      FailureCause::kInvalidCheckpoint,
      ResourceLimit("the report of " + std::to_string(report.scores.size()) +
                    " benchmarks on every layer has " + std::to_string(encoded.size()) +
                    " bytes, at most " + std::to_string(most.value) +
                    " can be sent; export fewer layers with layers=[…]")};
}

}  // namespace ventral
