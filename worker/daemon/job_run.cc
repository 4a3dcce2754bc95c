#include "worker/daemon/job_run.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

#include "worker/daemon/attempt_control.h"
#include "worker/daemon/evaluator_run.h"
#include "worker/daemon/grams_upload.h"
#include "worker/daemon/job_files.h"
#include "worker/daemon/lease_keeper.h"
#include "worker/daemon/outcome_report.h"

namespace ventral {
namespace {

v1::Progress ToProto(const ProgressMessage& message) {
  v1::Progress progress;
  progress.set_phase(message.phase);
  progress.set_done(message.done);
  progress.set_total(message.total);
  progress.set_message(message.message);
  return progress;
}

v1::RunEstimate ToProto(const EstimateMessage& message) {
  v1::RunEstimate estimate;  // no number of the message passes 2^63 − 1
  estimate.set_activation_bytes(static_cast<std::int64_t>(message.activation_bytes));
  estimate.set_gram_bytes(static_cast<std::int64_t>(message.gram_bytes));
  estimate.set_memory_bytes(static_cast<std::int64_t>(message.memory_bytes));
  estimate.set_passes(static_cast<std::int32_t>(message.passes));
  estimate.set_seconds(message.seconds);
  return estimate;
}

// A report about something else than what was leased would be stored under the wrong name.
std::string WhatDoesNotFit(const v1::ScoreReport& report, const v1::Lease& lease) {
  const v1::Provenance& provenance = report.provenance();
  if (provenance.checkpoint_sha256() != lease.checkpoint_sha256()) return "checkpoint";
  if (provenance.pack_digest() != lease.pack_digest()) return "pack";
  return "";
}

// No run can use more processor time than its wall time on each of its threads: what the kernel
// ends by itself, whatever becomes of us.
RunLimits LimitsFor(RunLimits limits, const v1::Lease& lease) {
  const unsigned threads = limits.threads > 0 ? static_cast<unsigned>(limits.threads)
                                              : std::max(1u, std::thread::hardware_concurrency());
  limits.processor_seconds = static_cast<double>(lease.wall_time_seconds()) * threads;
  return limits;
}

// Where the Grams are kept until they are sent; empty where the server wants none.
using KeepIn = std::filesystem::path;

EvaluateRequest RequestOf(const v1::Lease& lease, const RunLimits& limits,
                          const JobPrograms& programs, const JobFiles& files, const KeepIn& keep) {
  EvaluateRequest request{files.checkpoint.path.string(), files.pack.path.string(),
                          programs.extractor.string(), LimitsFor(limits, lease)};
  request.grams = files.grams.path.string();
  request.keep_grams = keep.string();
  request.most_kept_bytes = static_cast<std::uint64_t>(lease.max_grams_bytes());
  return request;
}

EvaluatorEnd Evaluate(const v1::Lease& lease, const EvaluateRequest& request,
                      const JobPrograms& programs, const std::stop_token& stop,
                      LeaseKeeper& keeper) {
  std::string phase, not_kept;
  EvaluatorListener listener;
  listener.progress = [&](const ProgressMessage& progress) {
    if (progress.phase == kKeepPhase) {
      not_kept = progress.message;
      return;
    }
    if (progress.phase != phase) {
      phase = progress.phase;
      spdlog::info("job={} attempt={} phase={} {}", lease.job(), lease.attempt(), phase,
                   progress.message);
    }
    keeper.SetProgress(ToProto(progress));
  };
  listener.estimate = [&](const EstimateMessage& estimate) {
    spdlog::info(
        "job={} attempt={} plan: passes={} activation_bytes={} gram_bytes={} memory_bytes={} "
        "budget_bytes={} seconds={:.1f}",
        lease.job(), lease.attempt(), estimate.passes, estimate.activation_bytes,
        estimate.gram_bytes, estimate.memory_bytes, request.limits.memory_budget_bytes,
        estimate.seconds);
    keeper.SetEstimate(ToProto(estimate));
  };
  EvaluatorEnd end = RunEvaluator(programs.evaluator, request, stop, listener);
  end.not_kept = not_kept;
  if (!end.report) return end;
  if (const std::string misfit = WhatDoesNotFit(*end.report, lease); !misfit.empty()) {
    end.failure = MakeFailure(FailureCause::kInfrastructure,
                              "the evaluator's report is about another " + misfit);
    end.report.reset();
  }
  return end;
}

// How the attempt ended, as the server is told.
v1::FailJobRequest FailRequest(const v1::Lease& lease, const EvaluatorEnd& end, StopReason reason) {
  v1::FailJobRequest request;
  request.set_job(lease.job());
  request.set_lease_token(lease.lease_token());
  request.set_log_tail(end.log_tail);
  *request.mutable_failure() = end.failure;
  switch (reason) {
    case StopReason::kNone:
    case StopReason::kLeaseLost:
      break;
    case StopReason::kTimeout:
      *request.mutable_failure() =
          MakeFailure(FailureCause::kTimeout, "the run passed its wall time of " +
                                                  std::to_string(lease.wall_time_seconds()) + " s");
      break;
    case StopReason::kCancelled:
      *request.mutable_failure() =
          MakeFailure(FailureCause::kInfrastructure, "stopped because its submitter cancelled it");
      request.set_cancelled(true);
      break;
    case StopReason::kDrained:
      *request.mutable_failure() =
          MakeFailure(FailureCause::kInfrastructure, "handed back by a worker that shuts down");
      request.set_released(true);
      break;
  }
  return request;
}

// Says how the attempt ended. Each call repeats until the server has heard (outcome_report.h).
struct Teller {
  const v1::Lease& lease;
  ServerLink& server;
  const AttemptControl& control;
  const Patience& patience;
  const std::stop_token& hurry;

  Status Failed(const EvaluatorEnd& end) const {
    const v1::FailJobRequest request = FailRequest(lease, end, control.reason());
    spdlog::warn("job={} attempt={} failed cause={} released={} cancelled={}: {}", lease.job(),
                 lease.attempt(), v1::FailureCause_Name(request.failure().cause()),
                 request.released(), request.cancelled(), request.failure().message());
    return TellFailed(server, request, control, patience, hurry);
  }

  Status Complete(EvaluatorEnd& end, const std::optional<v1::KeptGrams>& grams) const {
    v1::CompleteJobRequest request;
    if (grams) *request.mutable_grams() = *grams;
    request.set_job(lease.job());
    request.set_lease_token(lease.lease_token());
    request.set_log_tail(end.log_tail);
    *request.mutable_report() = std::move(*end.report);
    Status told = CheckSize(request);
    if (told.ok()) told = TellComplete(server, request, control, patience, hurry);
    if (told.ok()) return told;
    const ErrorCode code = told.error().code;
    if (code == ErrorCode::kLeaseLost || code == ErrorCode::kNotFound) return told;
    // A report that is refused for what is in it would be refused again after another run.
    const bool for_good = code == ErrorCode::kInvalidInput;
    end.failure =
        MakeFailure(for_good ? FailureCause::kInvalidCheckpoint : FailureCause::kInfrastructure,
                    "the server did not take the report: " + told.error().message);
    return Failed(end);
  }

  // @error invalid_input for a report that no server takes.
  static Status CheckSize(const v1::CompleteJobRequest& request) {
    const std::size_t bytes = request.ByteSizeLong();
    if (bytes <= kLargestMessage) return Ok{};
    return InvalidInput("it has " + std::to_string(bytes) + " bytes, at most " +
                        std::to_string(kLargestMessage) +
                        " can be sent; export fewer layers with layers=[…]");
  }
};

// The evaluator's end, or that of the attempt to fetch what it needs.
EvaluatorEnd FetchAndEvaluate(const v1::Lease& lease, const RunLimits& limits,
                              const JobPrograms& programs, ServerLink& server, BlobCache& cache,
                              const KeepIn& keep, const AttemptControl& control,
                              const Patience& patience, LeaseKeeper& keeper) {
  EvaluatorEnd end;
  const auto files = FetchJobFiles(lease, server, cache, control, patience,
                                   [&](v1::Progress p) { keeper.SetProgress(std::move(p)); });
  if (!files.ok()) {
    spdlog::warn("job={} attempt={} not fetched: {}", lease.job(), lease.attempt(),
                 files.error().ToString());
    // Kept Grams that are damaged where they are kept are so for every worker.
    const bool for_good =
        lease.kind() == v1::JOB_KIND_RESCORE && files.error().code == ErrorCode::kCorruptData;
    end.failure =
        MakeFailure(for_good ? FailureCause::kInvalidCheckpoint : FailureCause::kInfrastructure,
                    "the worker could not get the files: " + files.error().message);
    return end;
  }
  return Evaluate(lease, RequestOf(lease, limits, programs, *files, keep), programs,
                  control.token(), keeper);
}

}  // namespace

JobEnd RunJob(const v1::Lease& lease, const RunLimits& limits, const JobPrograms& programs,
            ServerLink& server, BlobCache& cache, const std::stop_token& hand_back,
            const Patience& patience) {
  spdlog::info("job={} attempt={} leased checkpoint={} pack={} device={}", lease.job(),
               lease.attempt(), lease.checkpoint(), lease.pack(), limits.device);
  AttemptControl control;
  const std::stop_callback drained(hand_back, [&] { control.Stop(StopReason::kDrained); });
  LeaseKeeper keeper(server, lease, control);
  const BlobCache::Held folder = cache.Temporary();
  const KeepIn keep = lease.max_grams_bytes() > 0 ? folder.path / "grams" : KeepIn();
  EvaluatorEnd end =
      FetchAndEvaluate(lease, limits, programs, server, cache, keep, control, patience, keeper);
  keeper.WorkIsDone();
  const Teller teller{lease, server, control, patience, hand_back};
  Status told = LeaseLost("the lease was lost while it ran");
  JobEnd ended = JobEnd::kDone;
  // A report that was made in spite of a reason to stop is still told: the server decides.
  if (end.report) {
    // Scores matter more: where the Grams cannot be sent, the job's log says why.
    const auto grams = SendGrams(lease, keep, server, patience.grams, control.token(), end);
    told = teller.Complete(end, grams);
  } else if (control.reason() != StopReason::kLeaseLost) {
    told = teller.Failed(end);
    const bool ours = end.failure.cause() == v1::FAILURE_CAUSE_INFRASTRUCTURE;
    if (ours && control.reason() == StopReason::kNone) ended = JobEnd::kOurs;
  }
  if (!told.ok()) {
    spdlog::warn("job={} attempt={} dropped: {}", lease.job(), lease.attempt(),
                 told.error().ToString());
  }
  cache.Evict();
  return ended;
}

}  // namespace ventral
