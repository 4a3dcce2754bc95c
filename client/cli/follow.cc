#include "client/cli/follow.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "client/cli/format.h"
#include "client/cli/progress_line.h"
#include "client/cli/table.h"
#include "client/lib/watch.h"

namespace ventral::cli {
namespace {

// What the signal handler says; written before the handler is set.
char interrupted[256];
constexpr int kInterruptedExit = 130;

void OnInterrupt(int) {
  [[maybe_unused]] const ssize_t told = write(STDERR_FILENO, interrupted, std::strlen(interrupted));
  _exit(kInterruptedExit);
}

double ShareOf(const v1::Job& job) {
  if (job.state() != v1::JOB_STATE_RUNNING || job.progress().total() == 0) return -1;
  return static_cast<double>(job.progress().done()) / static_cast<double>(job.progress().total());
}

}  // namespace

Result<v1::Job> Follow(client::Connection& connection, const std::string& job) {
  std::snprintf(interrupted, sizeof interrupted, "\nNo longer watching; the job goes on. Come back with: ventral watch %s\n",
                LastPart(job).c_str());
  const auto before = signal(SIGINT, OnInterrupt);
  ProgressLine line;
  Result<v1::Job> ended = client::WatchJob(
      connection, job, {},
      [&](const v1::Job& now) {
        const std::string attempt = now.attempts() > 1 ? " (attempt " + std::to_string(now.attempts()) + ")" : "";
        line.Show(StateName(now.state()) + now.progress().phase(), "  " + FormatProgress(now) + attempt, ShareOf(now));
      },
      [&](const Error& cut) {
        line.Clear();
        std::fprintf(stderr, "  %s; looking for it again\n", cut.message.c_str());
      });
  signal(SIGINT, before);
  return ended;
}

Result<v1::ListScoresResponse> AllScores(client::Connection& connection, v1::ListScoresRequest request) {
  v1::ListScoresResponse all;
  do {
    VENTRAL_ASSIGN_OR_RETURN(const v1::ListScoresResponse page,
                             connection.Call(connection.scores(), &v1::ScoreService::StubInterface::ListScores, request));
    all.mutable_scores()->MergeFrom(page.scores());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

Result<std::string> DescribeEnd(client::Connection& connection, const v1::Job& job) {
  const std::string id = LastPart(job.name());
  if (job.state() == v1::JOB_STATE_CANCELLED) return "job " + id + " was cancelled\n";
  if (job.state() != v1::JOB_STATE_SUCCEEDED) {
    return "job " + id + " failed (" + CauseName(job.failure().cause()) + "): " + Printable(job.failure().message()) +
           "\n  'ventral logs " + id + "' shows its log\n";
  }
  v1::ListScoresRequest request;
  request.set_job(job.name());
  VENTRAL_ASSIGN_OR_RETURN(v1::ListScoresResponse scores, AllScores(connection, request));
  std::string text;
  std::reverse(scores.mutable_scores()->begin(), scores.mutable_scores()->end());  // in the pack's order
  for (const v1::Score& score : scores.scores()) text += FormatScore(score.result(), score.provenance()) + "\n";
  return text;
}

}  // namespace ventral::cli
