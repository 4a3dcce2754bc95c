#include "tests/e2e/faults_fixture.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <set>

#include "client/lib/submit.h"
#include "client/lib/upload.h"
#include "tests/support/simulated.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;

void Ignore(std::int64_t, std::int64_t) {}

bool IsInTheMiddleOf(const v1::Job& job, const std::string& phase) {
  const v1::Progress& progress = job.progress();
  const bool has_begun = phase != "extract" || progress.done() > 0;
  return job.state() == v1::JOB_STATE_RUNNING && progress.phase() == phase && has_begun &&
         progress.done() < progress.total();
}

}  // namespace

// 0 would be the whole group of the test.
void KillOne(pid_t pid) {
  ASSERT_GT(pid, 0) << "the process to be killed is not there";
  kill(pid, SIGKILL);
}

void FaultsTest::Begin(const std::vector<std::string>& server_options) {
  BeginOn(database_.emplace().connection(), server_options);
}

void FaultsTest::BeginOn(const std::string& database,
                         const std::vector<std::string>& server_options) {
  signal(SIGPIPE, SIG_IGN);
  service_ = std::make_unique<ServiceProcesses>(database);
  server_options_ = {"--lease-seconds", std::to_string(lease_seconds_)};
  server_options_.insert(server_options_.end(), server_options.begin(), server_options.end());
  StartServerAgain();
  connection_ = std::make_unique<client::Connection>(service_->address());
  const auto pack =
      client::PublishPack(*connection_, SimulatedFolder() / "simulated-cortex", {}, Ignore);
  ASSERT_TRUE(pack.ok()) << pack.error().ToString();
}

void FaultsTest::StartServerAgain() { service_->StartServer(server_options_); }

void FaultsTest::StartWorker(const std::vector<std::string>& options) {
  service_->StartWorker(options);
}

void FaultsTest::Submit() { SubmitFile(SlowNetwork()); }

void FaultsTest::SubmitFile(const std::filesystem::path& checkpoint) {
  client::Submission submission;
  submission.file = checkpoint;
  submission.model.set_model_id("slow");
  submission.packs = {"simulated-cortex"};
  const auto submitted = client::Submit(*connection_, submission, Ignore);
  ASSERT_TRUE(submitted.ok()) << submitted.error().ToString();
  job_ = submitted->jobs.at(0).name();
}

void FaultsTest::Cancel() {
  v1::CancelJobRequest request;
  request.set_name(job_);
  const auto job =
      connection_->Call(connection_->jobs(), &v1::JobService::StubInterface::CancelJob, request);
  ASSERT_TRUE(job.ok()) << job.error().ToString();
}

v1::Job FaultsTest::Job() {
  v1::GetJobRequest request;
  request.set_name(job_);
  // While the server or its database is away, nothing is known of the job.
  auto job =
      connection_->Call(connection_->jobs(), &v1::JobService::StubInterface::GetJob, request);
  return job.ok() ? std::move(job).value() : v1::Job();
}

std::vector<v1::JobAttempt> FaultsTest::Attempts() {
  v1::ListJobAttemptsRequest request;
  request.set_parent(job_);
  const auto reply = connection_->Call(connection_->jobs(),
                                       &v1::JobService::StubInterface::ListJobAttempts, request);
  EXPECT_TRUE(reply.ok());
  if (!reply.ok()) return {};
  return {reply->attempts().begin(), reply->attempts().end()};
}

std::vector<v1::Score> FaultsTest::Scores() {
  v1::ListScoresRequest request;  // of all jobs: a second score could hang on nothing else
  request.set_page_size(100);
  request.set_omit_layers(true);
  const auto reply = connection_->Call(connection_->scores(),
                                       &v1::ScoreService::StubInterface::ListScores, request);
  EXPECT_TRUE(reply.ok());
  if (!reply.ok()) return {};
  return {reply->scores().begin(), reply->scores().end()};
}

void FaultsTest::WaitForMiddleOf(const std::string& phase) {
  const v1::Job job = AwaitJob([&](const v1::Job& now) { return IsInTheMiddleOf(now, phase); });
  ASSERT_TRUE(IsInTheMiddleOf(job, phase))
      << "the job never was in the middle of " << phase << ": " << job.DebugString();
}

void FaultsTest::WaitForScoring() {
  WaitForMiddleOf("extract");
  ASSERT_TRUE(Becomes([&] { return service_->evaluator() > 0 && service_->extractor() == 0; }))
      << "the evaluator was not seen without its extractor";
}

void FaultsTest::WaitFor(v1::JobState state) {
  const v1::Job job = AwaitJob([&](const v1::Job& now) { return now.state() == state; });
  ASSERT_EQ(job.state(), state) << job.DebugString();
}

// The job as soon as the condition holds, or has ended, or after the longest time.
v1::Job FaultsTest::AwaitJob(const std::function<bool(const v1::Job&)>& condition) {
  v1::Job job;
  Becomes([&] {
    job = Job();
    return condition(job) || job.has_end_time();
  });
  return job;
}

void FaultsTest::ExpectSucceededOnce(int attempts) {
  WaitFor(v1::JOB_STATE_SUCCEEDED);
  EXPECT_EQ(Job().attempts(), attempts);
  const std::vector<v1::Score> scores = Scores();
  std::multiset<std::string> benchmarks;
  for (const v1::Score& score : scores) {
    benchmarks.insert(score.result().benchmark());
    EXPECT_EQ(score.job(), job_);
  }
  EXPECT_EQ(benchmarks, (std::multiset<std::string>{"simulated-cortex.neurons.ridge",
                                                    "simulated-cortex.subjects.rsa"}));
  EXPECT_EQ(Job().scores_size(), 2);
}

void FaultsTest::ExpectFirstFailure(v1::FailureCause cause, const std::string& says) {
  const auto attempts = Attempts();
  ASSERT_FALSE(attempts.empty());
  EXPECT_EQ(attempts[0].failure().cause(), cause);
  EXPECT_THAT(attempts[0].failure().message(), HasSubstr(says));
}

}  // namespace ventral::testing
