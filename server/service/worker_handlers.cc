// WorkerHandlers, but for LeaseJob (lease_handler.cc) and UploadGrams (grams_upload.cc).
#include "server/service/worker_handlers.h"

#include <spdlog/spdlog.h>

#include "scoring/base/version.h"
#include "server/service/caller.h"
#include "server/service/convert.h"
#include "server/service/kept_back.h"
#include "server/service/kept_grams.h"
#include "server/service/log_text.h"
#include "server/service/names.h"
#include "server/service/pack_publication.h"
#include "server/service/reply.h"
#include "server/service/report_check.h"

namespace ventral::service {
namespace {

// @error conflict for the report of a rescore by another scorer than the server's.
Status CheckScorer(const store::JobRow& job, const v1::Provenance& said) {
  if (job.kind != store::JobKind::kRescore || said.scorer_version() == kScorerVersion) return Ok{};
  return Conflict("report.provenance.scorer_version is '" + said.scorer_version().substr(0, 100) +
                  "', and a rescore is of version " + kScorerVersion);
}

// Scores matter more than that they can be made again: where the Grams cannot be named, `log` says
// why.
std::optional<store::GramsRow> GramsOrNote(const v1::CompleteJobRequest& request, Bytes most,
                                           const BlobStore& blobs, std::string* log) {
  if (!request.has_grams()) return std::nullopt;
  Call aside;
  auto grams = HeldGrams(request.grams(), most, blobs, aside);
  if (grams.ok()) return std::move(grams).value();
  const Error& error = grams.error();
  spdlog::warn("request={} {}: its Grams are not kept: {}", CurrentCaller().request,
               CurrentCaller().attempt, OneLine(error.ToString()));
  *log += "\nnote: the Grams of this job are not kept, so it cannot be scored again from them: " +
          (error.code == ErrorCode::kInternal ? "the server failed" : error.message) + "\n";
  return std::nullopt;
}

// What a report on this job must be about. The manifest is that of the job's version of the pack.
// @error unavailable where it is not found: to the worker, not found is a job that is gone.
Result<ReportSubject> SubjectOf(const store::JobRow& job, store::Catalogue& catalogue,
                                const BlobStore& blobs) {
  VENTRAL_ASSIGN_OR_RETURN(const auto files, catalogue.PackFiles(job.pack, job.pack_version));
  VENTRAL_ASSIGN_OR_RETURN(const auto digest, ListingDigest(files));
  auto manifest = StoredManifest(files, blobs);
  if (!manifest.ok() && manifest.error().code == ErrorCode::kNotFound)
    return Unavailable("the server misses the manifest of pack " + job.pack + ": " +
                       manifest.error().message);
  if (!manifest.ok()) return std::move(manifest).error();
  return ReportSubject{job.checkpoint_sha256, job.pack, job.pack_version, digest.hex(),
                       std::move(manifest).value()};
}

Result<std::vector<store::NewScore>> NewScoresOf(const v1::ScoreReport& report,
                                                 const v1::Provenance& provenance) {
  std::vector<store::NewScore> scores;
  for (const auto& score : report.scores()) {
    VENTRAL_ASSIGN_OR_RETURN(auto row, ToNewScore(score, provenance));
    scores.push_back(std::move(row));
  }
  return scores;
}

Result<std::int64_t> NeededOf(const v1::Failure& failure) {
  if (failure.needed_memory_bytes() < 0) return InvalidInput("is negative; 0 says nothing");
  const bool foreseen = failure.cause() == v1::FAILURE_CAUSE_OUT_OF_MEMORY;
  return foreseen ? failure.needed_memory_bytes() : 0;
}

Result<store::AttemptFailure> FailureOf(const v1::FailJobRequest& request, Call& call) {
  store::AttemptFailure failure;
  failure.log_tail = request.log_tail();
  failure.cancelled = request.cancelled();
  failure.released = request.released();
  failure.failure.message = request.failure().message();
  VENTRAL_ASSIGN_OR_RETURN(failure.failure.needed_memory_bytes,
                           call.Check("failure.needed_memory_bytes", NeededOf(request.failure())));
  if (const auto cause = FromProto(request.failure().cause())) {
    failure.failure.cause = *cause;
  } else if (!failure.cancelled && !failure.released) {
    return call.Check("failure.cause",
                      Result<store::AttemptFailure>(InvalidInput("says no cause that is known")));
  }
  return failure;
}

// A worker tells it once a run. Of a private pack it stays: a network could make it of a stimulus.
Result<std::optional<store::EstimateRow>> EstimateOf(const std::string& private_pack,
                                                     const v1::HeartbeatRequest& request,
                                                     Call& call) {
  using Told = std::optional<store::EstimateRow>;
  if (!request.has_estimate()) return Told();
  VENTRAL_ASSIGN_OR_RETURN(const auto estimate,
                           call.Check("estimate", FromProto(request.estimate())));
  return private_pack.empty() ? Told(estimate) : Told();
}

}  // namespace

grpc::Status WorkerHandlers::Heartbeat(grpc::ServerContext*, const v1::HeartbeatRequest* request,
                                       v1::HeartbeatResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto job, call.Check("job", ParseJobName(request->job())));
    CallIsAbout(job, 0);
    VENTRAL_ASSIGN_OR_RETURN(const auto private_pack, PrivatePackOf(job, store_));
    VENTRAL_ASSIGN_OR_RETURN(const auto estimate, EstimateOf(private_pack, *request, call));
    store::ProgressRow progress = FromProto(request->progress());
    KeepBack(private_pack, progress);
    VENTRAL_ASSIGN_OR_RETURN(
        const auto beat, store_.jobs().Heartbeat(job, request->lease_token(), progress, estimate));
    CallIsAbout(job, beat.attempt);
    *response->mutable_expire_time() = ToTimestamp(beat.expires);
    response->set_cancel_requested(beat.cancel_requested);
    (void)store_.workers().HeardAtWork(job);  // the lease is kept, whoever is listed
    return Ok{};
  });
}

grpc::Status WorkerHandlers::FetchBlob(grpc::ServerContext* context,
                                       const v1::FetchBlobRequest* request,
                                       grpc::ServerWriter<v1::FetchBlobResponse>* writer) {
  DataStreams::Place place(streams_, *context);
  if (!place.held()) return place.Refusal();
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto digest,
                             call.Check("sha256", Digest::Parse(request->sha256())));
    return SendChunks(blobs_, digest, place, *writer);
  });
}

grpc::Status WorkerHandlers::CompleteJob(grpc::ServerContext*,
                                         const v1::CompleteJobRequest* request,
                                         v1::CompleteJobResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("job", ParseJobName(request->job())));
    VENTRAL_ASSIGN_OR_RETURN(const auto job, store_.jobs().Get(id));
    CallIsAbout(id, job.attempt);
    VENTRAL_ASSIGN_OR_RETURN(const auto subject,
                             SubjectOf(job, *store_.CatalogueFor(store::Everything()), blobs_));
    VENTRAL_RETURN_IF_ERROR(CheckReport(request->report(), subject));
    VENTRAL_RETURN_IF_ERROR(CheckScorer(job, request->report().provenance()));
    VENTRAL_ASSIGN_OR_RETURN(const auto private_pack, PrivatePackOf(id, store_));
    v1::Provenance provenance = request->report().provenance();
    KeepBack(private_pack, provenance);
    VENTRAL_ASSIGN_OR_RETURN(const auto scores, NewScoresOf(request->report(), provenance));
    std::string log = request->log_tail();
    KeepBackLog(private_pack, log);
    const auto grams = GramsOrNote(*request, most_grams_, blobs_, &log);
    const auto ids = store_.jobs().Complete(id, request->lease_token(), scores, log, grams);
    if (!ids.ok()) {
      // The newest attempt is another's than the one that asks.
      if (ids.error().code == ErrorCode::kLeaseLost) CallIsAbout(id, 0);
      return ids.error();
    }
    for (const auto& score : *ids) response->add_scores(ScoreName(score));
    return Ok{};
  });
}

grpc::Status WorkerHandlers::FailJob(grpc::ServerContext*, const v1::FailJobRequest* request,
                                     v1::FailJobResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("job", ParseJobName(request->job())));
    CallIsAbout(id, 0);
    VENTRAL_ASSIGN_OR_RETURN(auto failure, FailureOf(*request, call));
    VENTRAL_ASSIGN_OR_RETURN(const auto private_pack, PrivatePackOf(id, store_));
    KeepBack(private_pack, failure);
    VENTRAL_ASSIGN_OR_RETURN(const auto job,
                             store_.jobs().Fail(id, request->lease_token(), failure));
    CallIsAbout(id, job.attempt);
    response->set_state(ToProto(job.state));
    return Ok{};
  });
}

}  // namespace ventral::service
