#include "server/service/worker_handlers.h"

#include "server/service/convert.h"
#include "server/service/kept_grams.h"
#include "server/service/names.h"
#include "server/service/pack_publication.h"
#include "server/service/reply.h"
#include "server/service/report_check.h"
#include "server/service/worker_node.h"

namespace ventral::service {
namespace {

constexpr std::size_t kLongestName = 100;  // of a worker or a device

Result<std::string> CheckName(const std::string& name) {
  if (!name.empty() && name.size() <= kLongestName) return name;
  return InvalidInput("must have 1 to 100 characters");
}

Result<std::vector<store::JobKind>> KindsOf(const v1::LeaseJobRequest& request) {
  std::vector<store::JobKind> kinds;
  for (const int number : request.kinds()) {
    const auto kind = FromProto(static_cast<v1::JobKind>(number));
    if (!kind) return InvalidInput(std::to_string(number) + " is not a kind that jobs have");
    kinds.push_back(*kind);
  }
  return kinds;
}

v1::Lease LeaseOf(const store::LeaseRow& row, const std::vector<store::PackFileRow>& files,
                  std::chrono::seconds wall_time, Bytes most_grams) {
  v1::Lease lease;
  lease.set_job(JobName(row.job));
  lease.set_lease_token(row.token);
  *lease.mutable_expire_time() = ToTimestamp(row.expires);
  lease.set_attempt(row.attempt);
  lease.set_checkpoint(CheckpointNameOf(row.model, row.checkpoint_sha256));
  lease.set_checkpoint_sha256(row.checkpoint_sha256);
  lease.set_checkpoint_size_bytes(row.checkpoint_bytes);
  lease.set_pack(PackName(row.pack));
  lease.set_pack_digest(row.pack_digest);
  for (const auto& file : files) *lease.add_pack_files() = ToProto(file);
  lease.set_wall_time_seconds(static_cast<std::int32_t>(wall_time.count()));
  lease.set_kind(ToProto(row.kind));
  if (row.grams) *lease.mutable_grams() = ToProto(*row.grams);
  if (row.kind == store::JobKind::kScore) {
    lease.set_max_grams_bytes(static_cast<std::int64_t>(most_grams.value));
  }
  return lease;
}

// A lease that cannot be handed out is given back, so that no attempt is used up by our own
// failure.
void HandBack(store::JobQueue& jobs, const store::LeaseRow& lease) {
  store::AttemptFailure back;
  back.failure.message = "the server could not read the pack's files";
  back.released = true;
  (void)jobs.Fail(lease.job, lease.token, back);  // where this fails too, the reaper does it
}

// What a report on this job must be about. The manifest is that of the job's version of the pack.
Result<ReportSubject> SubjectOf(const store::JobRow& job, store::Catalogue& catalogue,
                                const BlobStore& blobs) {
  VENTRAL_ASSIGN_OR_RETURN(const auto files, catalogue.PackFiles(job.pack, job.pack_version));
  VENTRAL_ASSIGN_OR_RETURN(const auto digest, ListingDigest(files));
  VENTRAL_ASSIGN_OR_RETURN(auto manifest, StoredManifest(files, blobs));
  return ReportSubject{job.checkpoint_sha256, job.pack, job.pack_version, digest.hex(),
                       std::move(manifest)};
}

Result<std::vector<store::NewScore>> NewScoresOf(const v1::ScoreReport& report) {
  std::vector<store::NewScore> scores;
  for (const auto& score : report.scores()) {
    VENTRAL_ASSIGN_OR_RETURN(auto row, ToNewScore(score, report.provenance()));
    scores.push_back(std::move(row));
  }
  return scores;
}

Result<store::AttemptFailure> FailureOf(const v1::FailJobRequest& request, Call& call) {
  store::AttemptFailure failure;
  failure.log_tail = request.log_tail();
  failure.cancelled = request.cancelled();
  failure.released = request.released();
  failure.failure.message = request.failure().message();
  if (const auto cause = FromProto(request.failure().cause())) {
    failure.failure.cause = *cause;
  } else if (!failure.cancelled && !failure.released) {
    return call.Check("failure.cause",
                      Result<store::AttemptFailure>(InvalidInput("says no cause that is known")));
  }
  return failure;
}

}  // namespace

grpc::Status WorkerHandlers::LeaseJob(grpc::ServerContext*, const v1::LeaseJobRequest* request,
                                      v1::LeaseJobResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto worker, call.Check("worker", CheckName(request->worker())));
    VENTRAL_ASSIGN_OR_RETURN(const auto device, call.Check("device", CheckName(request->device())));
    if (request->has_node()) {
      VENTRAL_ASSIGN_OR_RETURN(const auto row, FromProto(worker, request->node(), "node", call));
      VENTRAL_RETURN_IF_ERROR(store_.workers().Heard(row));
    }
    VENTRAL_ASSIGN_OR_RETURN(const auto kinds, call.Check("kinds", KindsOf(*request)));
    VENTRAL_ASSIGN_OR_RETURN(const auto lease, store_.jobs().Lease(worker, device, kinds));
    if (!lease) return Ok{};
    auto files = store_.catalogue().PackFiles(lease->pack, lease->pack_version);
    if (!files.ok()) {
      HandBack(store_.jobs(), *lease);
      return std::move(files).error();
    }
    *response->mutable_lease() = LeaseOf(*lease, *files, wall_time_, most_grams_);
    return Ok{};
  });
}

grpc::Status WorkerHandlers::Heartbeat(grpc::ServerContext*, const v1::HeartbeatRequest* request,
                                       v1::HeartbeatResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto job, call.Check("job", ParseJobName(request->job())));
    VENTRAL_ASSIGN_OR_RETURN(
        const auto beat,
        store_.jobs().Heartbeat(job, request->lease_token(), FromProto(request->progress())));
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
    VENTRAL_ASSIGN_OR_RETURN(const auto subject, SubjectOf(job, store_.catalogue(), blobs_));
    VENTRAL_RETURN_IF_ERROR(CheckReport(request->report(), subject));
    VENTRAL_ASSIGN_OR_RETURN(const auto scores, NewScoresOf(request->report()));
    std::optional<store::GramsRow> grams;
    if (request->has_grams()) {
      VENTRAL_ASSIGN_OR_RETURN(grams, HeldGrams(request->grams(), most_grams_, blobs_, call));
    }
    VENTRAL_ASSIGN_OR_RETURN(
        const auto ids,
        store_.jobs().Complete(id, request->lease_token(), scores, request->log_tail(), grams));
    for (const auto& score : ids) response->add_scores(ScoreName(score));
    return Ok{};
  });
}

grpc::Status WorkerHandlers::FailJob(grpc::ServerContext*, const v1::FailJobRequest* request,
                                     v1::FailJobResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("job", ParseJobName(request->job())));
    VENTRAL_ASSIGN_OR_RETURN(const auto failure, FailureOf(*request, call));
    VENTRAL_ASSIGN_OR_RETURN(const auto job,
                             store_.jobs().Fail(id, request->lease_token(), failure));
    response->set_state(ToProto(job.state));
    return Ok{};
  });
}

}  // namespace ventral::service
