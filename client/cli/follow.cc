#include "client/cli/follow.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "client/cli/exit_codes.h"
#include "client/cli/format.h"
#include "client/cli/pages.h"
#include "client/cli/progress_line.h"
#include "client/cli/terminal_text.h"
#include "client/lib/watch.h"

namespace ventral::cli {
namespace {

// What the signal handler says; written before the handler is set.
char interrupted[256];

void OnInterrupt(int) {
  [[maybe_unused]] const ssize_t told = write(STDERR_FILENO, interrupted, std::strlen(interrupted));
  _exit(kInterrupted);
}

class OnCtrlC {
 public:
  explicit OnCtrlC(const std::string& says) {
    std::snprintf(interrupted, sizeof interrupted, "\n%s\n", says.c_str());
    before_ = signal(SIGINT, OnInterrupt);
  }
  ~OnCtrlC() { signal(SIGINT, before_); }
  OnCtrlC(const OnCtrlC&) = delete;
  OnCtrlC& operator=(const OnCtrlC&) = delete;

 private:
  void (*before_)(int);
};

std::string HowToComeBack(const std::string& job) {
  return "The job goes on. Come back with: ventral watch " + LastPart(job);
}

// The plan of each attempt, once it is known.
void ShowPlan(ProgressLine& line, const v1::Job& job, std::string& shown) {
  if (!job.has_estimate()) return;
  const std::string plan = FormatEstimate(job.estimate());
  if (plan != shown) line.Keep(plan);
  shown = plan;
}

void ShowJob(ProgressLine& line, const v1::Job& job) {
  const bool running = job.state() == v1::JOB_STATE_RUNNING;
  std::string text = FormatProgress(job);
  if (running && job.attempts() > 1) text += " (attempt " + std::to_string(job.attempts()) + ")";
  if (job.state() == v1::JOB_STATE_QUEUED && job.has_failure()) {
    text += " again, after " + CauseName(job.failure().cause());
  }
  line.Show(StateName(job.state()) + job.progress().phase() + std::to_string(job.attempts()), text,
            running ? job.progress().done() : 0, running ? job.progress().total() : 0);
}

}  // namespace

Result<v1::Job> Follow(client::Connection& connection, const std::string& job) {
  const OnCtrlC on_ctrl_c(HowToComeBack(job));
  ProgressLine line;
  std::string plan;
  Result<v1::Job> ended = client::WatchJob(
      connection, job, {},
      [&](const v1::Job& now) {
        ShowPlan(line, now, plan);
        ShowJob(line, now);
      },
      [&](const Error& cut) {
        line.Clear();
        std::fprintf(stderr,
                     "  the connection was cut (%s); watching again as soon as it is back\n",
                     Printable(cut.message).c_str());
      });
  line.Clear();
  if (!ended.ok() && ended.error().code == ErrorCode::kUnavailable) {
    return Unavailable(ended.error().message + ". " + HowToComeBack(job));
  }
  return ended;
}

Result<std::string> DescribeEnd(client::Connection& connection, const v1::Job& job) {
  const std::string id = LastPart(job.name());
  if (job.state() == v1::JOB_STATE_CANCELLED) {
    // Where another ended it: its model was withdrawn, say.
    const std::string& why = job.failure().message();
    return "job " + id + " was cancelled" +
           (why.starts_with("cancelled: ") ? " (" + Printable(why.substr(11)) + ")" : "") +
           "; queue it again with: ventral retry " + id + "\n";
  }
  if (job.quarantined()) {
    return "job " + id + " is quarantined (" + CauseName(job.failure().cause()) +
           "): " + Printable(job.failure().message()) +
           "\n  it crashed, or took its worker with it, more than once; only an admin may retry "
           "it\n"
           "  its log: ventral logs " +
           id + "\n";
  }
  if (job.state() != v1::JOB_STATE_SUCCEEDED) {
    return "job " + id + " failed (" + CauseName(job.failure().cause()) +
           "): " + Printable(job.failure().message()) + "\n  its log: ventral logs " + id + "\n";
  }
  v1::ListScoresRequest request;
  request.set_job(job.name());
  VENTRAL_ASSIGN_OR_RETURN(v1::ListScoresResponse scores, AllScores(connection, request));
  // Newest first; so this is the pack's order.
  std::reverse(scores.mutable_scores()->begin(), scores.mutable_scores()->end());
  std::string text;
  for (const v1::Score& score : scores.scores()) {
    text += FormatScore(score.result(), score.provenance()) + "\n";
  }
  return text + "job " + id + " succeeded; all scores of the model: ventral show " +
         ModelOfCheckpoint(job.checkpoint()) + "\n";
}

Status FollowAll(Session& session, client::Connection& connection, std::vector<v1::Job>& jobs) {
  for (v1::Job& job : jobs) {
    VENTRAL_ASSIGN_OR_RETURN(job, Follow(connection, job.name()));
    if (job.state() != v1::JOB_STATE_SUCCEEDED) session.exit_code = kFailed;
    if (session.json) continue;
    VENTRAL_ASSIGN_OR_RETURN(const std::string text, DescribeEnd(connection, job));
    std::cout << text << std::flush;
  }
  return Ok{};
}

}  // namespace ventral::cli
