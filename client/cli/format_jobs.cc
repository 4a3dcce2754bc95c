#include <algorithm>
#include <cmath>
#include <sstream>

#include "client/cli/format.h"
#include "client/cli/table.h"
#include "client/cli/terminal_text.h"

namespace ventral::cli {
namespace {

std::string PassesOf(const v1::RunEstimate& estimate) {
  if (estimate.passes() == 0) return "no pass fits";
  return std::to_string(estimate.passes()) + (estimate.passes() == 1 ? " pass" : " passes");
}

// As a person says it: no plan is right to the second.
std::string AboutSeconds(double seconds) {
  if (!(seconds >= 1)) return "about a second";
  if (seconds < 120) return "about " + std::to_string(std::lround(seconds)) + " s";
  if (seconds < 120 * 60) return "about " + std::to_string(std::lround(seconds / 60)) + " min";
  return "about " + std::to_string(std::lround(std::min(seconds, 1e9) / 3600)) + " h";
}

std::string CauseAndNeed(const v1::Failure& failure) {
  if (failure.needed_memory_bytes() <= 0) return CauseName(failure.cause());
  return CauseName(failure.cause()) + ", needs " + ByteSize(failure.needed_memory_bytes());
}

// What there is to say of a job in one cell.
std::string Remark(const v1::Job& job) {
  if (job.state() == v1::JOB_STATE_RUNNING && job.cancel_requested()) return "to be cancelled";
  if (job.state() == v1::JOB_STATE_RUNNING) {
    if (!job.has_estimate()) return FormatProgress(job);
    return FormatProgress(job) + "; plan: " + PassesOf(job.estimate()) + ", " +
           AboutSeconds(job.estimate().seconds());
  }
  if (job.quarantined()) return "quarantined after " + CauseName(job.failure().cause());
  const bool ended = job.state() == v1::JOB_STATE_CANCELLED;
  if (ended && job.failure().message().starts_with("cancelled: ")) {
    return job.failure().message().substr(11);
  }
  // A queued job that has failed before says why it waits.
  if (job.has_failure() && job.state() != v1::JOB_STATE_SUCCEEDED) {
    return CauseAndNeed(job.failure());
  }
  if (job.kind() == v1::JOB_KIND_RESCORE) return "rescore";
  return "";
}

}  // namespace

std::string FormatJobs(const v1::ListJobsResponse& jobs) {
  Table table({{"job"}, {"model"}, {"pack"}, {"state"}, {"attempts"}, {"created"}, {""}});
  for (const v1::Job& job : jobs.jobs()) {
    table.Add({LastPart(job.name()), ModelOfCheckpoint(job.checkpoint()), LastPart(job.pack()),
               StateName(job.state()),
               std::to_string(job.attempts()) + "/" + std::to_string(job.max_attempts()),
               Time(job.create_time()), Remark(job)});
  }
  return table.empty() ? "no jobs\n" : table.Text();
}

std::string FormatRescore(const v1::CreateRescoreJobsResponse& made, bool watched) {
  std::string text;
  for (const v1::Job& job : made.jobs()) {
    text += "job " + LastPart(job.name()) + " " + StateName(job.state()) + ": " +
            ModelOfCheckpoint(job.checkpoint()) + " on " + LastPart(job.pack()) +
            ", from kept Grams\n";
    if (!watched) text += "  follow it: ventral watch " + LastPart(job.name()) + "\n";
  }
  std::size_t up_to_date = 0;
  for (const v1::NotRescored& left : made.not_rescored()) {
    if (left.obstacle() == v1::RESCORE_OBSTACLE_UP_TO_DATE) {
      ++up_to_date;
    } else {
      text += "not queued: " + Printable(left.message()) + "\n";
    }
  }
  if (up_to_date > 0) {
    text += (made.jobs().empty() ? "nothing to do for " : "left alone: ") +
            std::to_string(up_to_date) + " of scorer version " + Printable(made.scorer_version()) +
            " already; --force scores them again\n";
  }
  return text.empty() ? "nothing to do: there are no scores\n" : text;
}

std::string FormatAttempts(const v1::ListJobAttemptsResponse& attempts) {
  if (attempts.attempts().empty()) return "no attempt has started yet\n";
  std::string text;
  for (const v1::JobAttempt& attempt : attempts.attempts()) {
    text += "attempt " + std::to_string(attempt.number()) + " by " + Printable(attempt.worker()) +
            " on " + Printable(attempt.device()) + ", " + Time(attempt.start_time()) + " to " +
            (attempt.has_end_time() ? Time(attempt.end_time()) : "now") + "\n";
    if (attempt.has_failure()) {
      text += "  " + CauseName(attempt.failure().cause()) + ": " +
              Printable(attempt.failure().message()) + "\n";
    }
    std::istringstream log(attempt.log_tail());
    for (std::string line; std::getline(log, line);) {
      if (!line.empty()) text += "  | " + Printable(line) + "\n";
    }
  }
  return text;
}

std::string FormatEstimate(const v1::RunEstimate& estimate) {
  return "plan: " + PassesOf(estimate) + ", " + ByteSize(estimate.activation_bytes()) +
         " activations, " + ByteSize(estimate.gram_bytes()) + " Grams, " +
         ByteSize(estimate.memory_bytes()) + " at a time, " + AboutSeconds(estimate.seconds());
}

std::string FormatProgress(const v1::Job& job) {
  if (job.state() != v1::JOB_STATE_RUNNING) return StateName(job.state());
  const v1::Progress& progress = job.progress();
  std::string text = progress.phase().empty() ? "running" : progress.phase();
  if (progress.total() > 0) {
    text += " " + std::to_string(progress.done()) + "/" + std::to_string(progress.total());
  }
  if (!progress.message().empty()) text += ": " + progress.message();
  return Printable(text);
}

}  // namespace ventral::cli
