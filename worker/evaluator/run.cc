#include "worker/evaluator/run.h"

#include <chrono>

#include "scoring/base/version.h"
#include "scoring/evaluation/evaluate.h"

namespace ventral {
namespace {

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Provenance MakeProvenance(const Digest& checkpoint, const Pack& pack,
                          const Extraction& extraction) {
  Provenance provenance;
  provenance.checkpoint_sha256 = checkpoint.hex();
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
  return provenance;
}

Result<Pack> ReadCheckedPack(const std::string& directory) {
  VENTRAL_ASSIGN_OR_RETURN(Pack pack, ReadPack(directory));
  VENTRAL_RETURN_IF_ERROR(CheckBenchmarks(pack));
  return pack;
}

}  // namespace

std::variant<ScoreReport, FailureMessage> RunEvaluation(const EvaluateRequest& request,
                                                        const ForwardProgress& forward) {
  // A bad pack is the fault of whoever published it, never of the checkpoint.
  Result<Pack> pack = ReadCheckedPack(request.pack_directory);
  if (!pack.ok())
    return FailureMessage{FailureCause::kInfrastructure, std::move(pack).error().Within("pack")};
  Result<Digest> checkpoint = DigestOfFile(request.checkpoint);
  if (!checkpoint.ok())
    return FailureMessage{FailureCause::kInfrastructure, std::move(checkpoint).error()};

  auto extracted = RunExtractor(request, *pack, forward);
  if (auto* failure = std::get_if<FailureMessage>(&extracted)) return std::move(*failure);
  const Extraction& extraction = std::get<Extraction>(extracted);

  const auto start = std::chrono::steady_clock::now();
  const auto progress = [&](std::int64_t done, std::int64_t total, const std::string& benchmark) {
    return forward({"score", done, total, benchmark});
  };
  auto scores = Evaluate(*pack, extraction.grams, extraction.plan.committed_layers, progress);
  // The pack was checked before: input that is wrong now is wrong with the layers.
  if (!scores.ok()) {
    const bool theirs = scores.error().code == ErrorCode::kInvalidInput;
    return FailureMessage{theirs ? FailureCause::kInvalidCheckpoint : FailureCause::kInfrastructure,
                          std::move(scores).error()};
  }
  ScoreReport report{MakeProvenance(*checkpoint, *pack, extraction), std::move(scores).value()};
  report.provenance.scoring_seconds = SecondsSince(start);
  return report;
}

}  // namespace ventral
