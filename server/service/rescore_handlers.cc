// JobHandlers::CreateRescoreJobs and FetchGrams.
#include <optional>

#include "scoring/base/version.h"
#include "server/service/caller.h"
#include "server/service/convert.h"
#include "server/service/job_handlers.h"
#include "server/service/names.h"
#include "server/service/reply.h"
#include "server/service/seen.h"
#include "server/service/upload.h"

namespace ventral::service {
namespace {

using store::RescoreCandidate;
using store::RescoreFilter;

// @error not_found if the job or the model is not there.
Result<RescoreFilter> FilterOf(const v1::CreateRescoreJobsRequest& request, store::Store& store,
                               Call& call) {
  if (!request.job().empty() && !request.model().empty()) {
    return call.Check("model",
                      Result<RescoreFilter>(InvalidInput("give a job or a model, not both")));
  }
  RescoreFilter filter;
  filter.viewer = CurrentViewer();
  VENTRAL_ASSIGN_OR_RETURN(filter.model,
                           call.Check("model", ParseOptionalModelName(request.model())));
  if (!request.pack().empty()) {
    VENTRAL_ASSIGN_OR_RETURN(filter.pack, call.Check("pack", ParsePackName(request.pack())));
    VENTRAL_RETURN_IF_ERROR(SeenCatalogue(store)->GetPack(filter.pack));
  }
  if (!filter.model.empty()) {
    VENTRAL_RETURN_IF_ERROR(SeenCatalogue(store)->GetModel(filter.model));
  }
  VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("job", ParseOptionalJobName(request.job())));
  if (id.empty()) return filter;
  VENTRAL_ASSIGN_OR_RETURN(const auto job, SeenJob(store, id));
  if (!filter.pack.empty() && filter.pack != job.pack) {
    return InvalidInput("pack: job " + id + " is on pack " + job.pack + ", not on " + filter.pack);
  }
  return RescoreFilter{job.model, job.checkpoint_sha256, job.pack, filter.viewer};
}

std::string Whom(const RescoreCandidate& candidate) {
  return candidate.model + " (" + candidate.checkpoint_sha256.substr(0, 12) + ") on " +
         candidate.pack + " " + candidate.pack_version;
}

v1::NotRescored LeftOut(const RescoreCandidate& candidate, v1::RescoreObstacle obstacle,
                        const std::string& message) {
  v1::NotRescored left;
  left.set_checkpoint(CheckpointNameOf(candidate.model, candidate.checkpoint_sha256));
  left.set_pack(PackName(candidate.pack));
  left.set_obstacle(obstacle);
  left.set_message(message);
  return left;
}

// A network that copies its input into its features has the stimuli in its Grams.
// @error permission where the pack is private, and the caller neither publishes it nor is an admin.
Status CheckGramsMayLeave(const std::string& pack, store::Catalogue& catalogue) {
  VENTRAL_ASSIGN_OR_RETURN(const auto row, catalogue.GetPack(pack));
  const Caller& caller = CurrentCaller();
  const bool publishes = !row.owner.empty() && row.owner == caller.user;
  if (!row.policy.is_private || publishes || caller.is_admin) return Ok{};
  return Error{
      ErrorCode::kPermission,
      "pack " + pack + " is private: Grams, which could hold its stimuli, do not leave the service",
      {}};
}

// The database says that they are kept, and the disk has them.
bool AreKept(const RescoreCandidate& candidate, const BlobStore& blobs) {
  if (!candidate.grams) return false;
  const auto digest = Digest::Parse(candidate.grams->sha256);
  return digest.ok() && blobs.Contains(*digest);
}

// Why `candidate` is not scored again; nothing where it is.
std::optional<v1::NotRescored> ObstacleTo(const RescoreCandidate& candidate, bool force,
                                          const BlobStore& blobs) {
  if (candidate.scorer_version == kScorerVersion && !force) {
    return LeftOut(candidate, v1::RESCORE_OBSTACLE_UP_TO_DATE,
                   Whom(candidate) + " has scores of scorer version " + kScorerVersion);
  }
  if (!candidate.needs_features.empty()) {
    return LeftOut(candidate, v1::RESCORE_OBSTACLE_GRAMS_NOT_KEPT,
                   Whom(candidate) + ": benchmark " + candidate.needs_features +
                       " needs features, which are not kept: submit the checkpoint again, which "
                       "runs the network");
  }
  if (AreKept(candidate, blobs)) return std::nullopt;
  return LeftOut(candidate, v1::RESCORE_OBSTACLE_GRAMS_NOT_KEPT,
                 "the Grams of " + Whom(candidate) +
                     " are not kept: submit the checkpoint again, which runs the network");
}

// Of no checkpoint and for no obstacle: a sentence for people.
v1::NotRescored ForAnotherCall(std::int64_t left_out, std::size_t looked_at) {
  v1::NotRescored left;
  left.set_message("one call looks at " + std::to_string(looked_at) +
                   " checkpoints on packs at most, and " + std::to_string(left_out) +
                   " more are there: ask again when these have been scored, or name a model or a "
                   "pack");
  return left;
}

}  // namespace

grpc::Status JobHandlers::CreateRescoreJobs(grpc::ServerContext*,
                                            const v1::CreateRescoreJobsRequest* request,
                                            v1::CreateRescoreJobsResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(auto filter, FilterOf(*request, store_, call));
    if (!request->force()) filter.present = kScorerVersion;
    VENTRAL_ASSIGN_OR_RETURN(const auto candidates, store_.rescoring().Candidates(filter));
    response->set_scorer_version(kScorerVersion);
    if (candidates.rows.empty() && !filter.model.empty()) {
      return NotFound("model " + filter.model + " has no scores to make again" +
                      (filter.pack.empty() ? "" : " on pack " + filter.pack));
    }
    std::vector<RescoreCandidate> wanted;
    for (const RescoreCandidate& candidate : candidates.rows) {
      if (auto obstacle = ObstacleTo(candidate, request->force(), blobs_)) {
        *response->add_not_rescored() = *std::move(obstacle);
      } else {
        wanted.push_back(candidate);
      }
    }
    if (candidates.left_out > 0) {
      *response->add_not_rescored() = ForAnotherCall(candidates.left_out, candidates.rows.size());
    }
    VENTRAL_ASSIGN_OR_RETURN(const auto jobs,
                             call.CheckLimit(UserName(CurrentCaller().user),
                                             store_.rescoring().Create(wanted, CurrentViewer())));
    for (const auto& job : jobs) *response->add_jobs() = ToProto(job);
    return Ok{};
  });
}

grpc::Status JobHandlers::FetchGrams(grpc::ServerContext* context,
                                     const v1::FetchGramsRequest* request,
                                     grpc::ServerWriter<v1::FetchGramsResponse>* writer) {
  DataStreams::Place place(streams_, *context);
  if (!place.held()) return place.Refusal();
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParseJobName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto job, SeenJob(store_, id));
    VENTRAL_RETURN_IF_ERROR(CheckGramsMayLeave(job.pack, *SeenCatalogue(store_)));
    if (!job.grams) return NotFound("the Grams of job " + id + " are not kept");
    VENTRAL_ASSIGN_OR_RETURN(const auto digest, Digest::Parse(job.grams->sha256));
    return SendChunks(blobs_, digest, place, *writer);
  });
}

}  // namespace ventral::service
