// One job on the whole service, which a test disturbs in the middle.
#ifndef VENTRAL_TESTS_E2E_FAULTS_FIXTURE_H_
#define VENTRAL_TESTS_E2E_FAULTS_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/lib/connection.h"
#include "tests/support/postgres.h"
#include "tests/support/service_processes.h"

namespace ventral::testing {

// SIGKILL to that process, and to no other. Fails the test where there is none.
void KillOne(pid_t pid);

class FaultsTest : public ::testing::Test {
 protected:
  // Starts a server with leases of `lease_seconds_`, and publishes simulated-cortex.
  void Begin(const std::vector<std::string>& server_options = {});
  // The same on a given database.
  void BeginOn(const std::string& database, const std::vector<std::string>& server_options = {});
  void StartServerAgain();
  void StartWorker(const std::vector<std::string>& options = {});
  // Queues a network on the pack that takes some seconds.
  void Submit();
  void SubmitFile(const std::filesystem::path& checkpoint);

  void Cancel();

  v1::Job Job();
  std::vector<v1::JobAttempt> Attempts();
  std::vector<v1::Score> Scores();

  // Waits until the job is in this phase, with some but not all of it done.
  void WaitForMiddleOf(const std::string& phase);
  // Waits until the evaluator has had its Grams and scores. Told by its processes: scoring may be
  // over before the next heartbeat.
  void WaitForScoring();
  // Waits until it is in this state.
  void WaitFor(v1::JobState state);
  // It succeeded, with one score for each benchmark of the pack and no more, in this many attempts.
  void ExpectSucceededOnce(int attempts);
  // Its first attempt failed of this cause, and the message says this.
  void ExpectFirstFailure(v1::FailureCause cause, const std::string& says);

  ServiceProcesses& service() { return *service_; }

  // Short, so that a lost worker is soon noticed.
  int lease_seconds_ = 5;

 private:
  v1::Job AwaitJob(const std::function<bool(const v1::Job&)>& condition);

  std::vector<std::string> server_options_;
  std::optional<TestDatabase> database_;
  std::unique_ptr<ServiceProcesses> service_;
  std::unique_ptr<client::Connection> connection_;
  std::string job_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_E2E_FAULTS_FIXTURE_H_
