// WorkerHandlers::LeaseJob.
#include <algorithm>

#include "scoring/base/version.h"
#include "server/service/caller.h"
#include "server/service/convert.h"
#include "server/service/names.h"
#include "server/service/reply.h"
#include "server/service/worker_handlers.h"
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
  lease.set_memory_factor(row.memory_factor);
  lease.set_needed_memory_bytes(row.needed_memory_bytes);
  if (row.grams) *lease.mutable_grams() = ToProto(*row.grams);
  if (row.kind == store::JobKind::kScore) {
    lease.set_max_grams_bytes(static_cast<std::int64_t>(most_grams.value));
  }
  return lease;
}

// A lease that cannot be handed out is given back, so that no attempt is used up by our own
// failure.
void HandBack(store::JobQueue& jobs, const store::LeaseRow& lease, const std::string& why) {
  store::AttemptFailure back;
  back.failure.message = why;
  back.released = true;
  (void)jobs.Fail(lease.job, lease.token, back);  // where this fails too, the reaper does it
}

// @error unavailable where the worker hung up while it was served: nobody would keep the lease, so
// it is given back.
Status CheckListens(const grpc::ServerContext& context, store::JobQueue& jobs,
                    const store::LeaseRow& lease) {
  if (!context.IsCancelled()) return Ok{};
  HandBack(jobs, lease, "the worker hung up before it had the lease");
  return Unavailable("the worker hung up; the job was given back");
}

// Old numbers must not be stored as new ones: rescores are for workers with this server's scorer.
// @error conflict if the worker asks for rescores alone, and has another (says both versions).
Status CheckScorer(const v1::LeaseJobRequest& request, std::vector<store::JobKind>* kinds) {
  if (request.scorer_version() == kScorerVersion) return Ok{};
  if (kinds->empty()) *kinds = {store::JobKind::kScore, store::JobKind::kRescore};
  std::erase(*kinds, store::JobKind::kRescore);
  if (!kinds->empty()) return Ok{};
  return Conflict("this worker's scorer version is '" + request.scorer_version() +
                  "', and rescores are for version " + kScorerVersion +
                  ": give worker and server the same version of Ventral");
}

}  // namespace

grpc::Status WorkerHandlers::LeaseJob(grpc::ServerContext* context,
                                      const v1::LeaseJobRequest* request,
                                      v1::LeaseJobResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto worker, call.Check("worker", CheckName(request->worker())));
    VENTRAL_ASSIGN_OR_RETURN(const auto device, call.Check("device", CheckName(request->device())));
    if (request->has_node()) {
      VENTRAL_ASSIGN_OR_RETURN(const auto row, FromProto(worker, request->node(), "node", call));
      VENTRAL_RETURN_IF_ERROR(store_.workers().Heard(row));
    }
    VENTRAL_ASSIGN_OR_RETURN(auto kinds, call.Check("kinds", KindsOf(*request)));
    VENTRAL_RETURN_IF_ERROR(CheckScorer(*request, &kinds));
    VENTRAL_ASSIGN_OR_RETURN(const auto lease, store_.jobs().Lease(worker, device, kinds,
                                                                   request->node().memory_bytes()));
    if (!lease) return Ok{};
    CallIsAbout(lease->job, lease->attempt);
    VENTRAL_RETURN_IF_ERROR(CheckListens(*context, store_.jobs(), *lease));
    auto files = pack_files_.Of(lease->pack, lease->pack_version);
    if (!files.ok()) {
      HandBack(store_.jobs(), *lease, "the server could not read the pack's files");
      return std::move(files).error();
    }
    VENTRAL_RETURN_IF_ERROR(CheckListens(*context, store_.jobs(), *lease));
    *response->mutable_lease() = LeaseOf(*lease, **files, wall_time_, most_grams_);
    return Ok{};
  });
}

}  // namespace ventral::service
