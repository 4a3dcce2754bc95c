// The service as real processes: ventral-server, ventral-worker and what the worker starts.
#ifndef VENTRAL_TESTS_SUPPORT_SERVICE_PROCESSES_H_
#define VENTRAL_TESTS_SUPPORT_SERVICE_PROCESSES_H_

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "worker/sandbox/child.h"

namespace ventral::testing {

// True as soon as `condition` holds; false when it does not within the time.
bool Becomes(const std::function<bool()>& condition,
             std::chrono::seconds patience = std::chrono::seconds(120));

// Whether no process has this number; one that has ended and was not collected counts as gone.
bool IsGone(pid_t pid);
// The child of `parent` that runs the program of this name, or 0.
pid_t ChildRunning(pid_t parent, const std::string& program);

// One server and one worker on a database, in folders of their own. Everything ends with this
// object, and with the process that made it. Logs go to stderr of the test.
class ServiceProcesses {
 public:
  // `database`: as for --database, migrated.
  explicit ServiceProcesses(std::string database);

  // Throws std::runtime_error when it does not listen. A server that is started again has its old
  // address. Accounts are off unless `options` say otherwise.
  void StartServer(const std::vector<std::string>& options = {});
  void StartWorker(const std::vector<std::string>& options = {});
  // The same program from another folder, and with nothing but what stands there.
  void StartWorkerIn(const std::filesystem::path& programs,
                     const std::vector<std::string>& options = {});
  // SIGKILL to that process only, and waits for its end.
  void KillServer();
  void KillWorker();
  // Sends a signal to the worker. WaitForWorker: how it ended.
  void SignalWorker(int signal_number);
  ChildOutcome WaitForWorker();

  const std::string& address() const { return address_; }
  pid_t server() const { return server_->pid(); }
  pid_t worker() const { return worker_->pid(); }
  // The end of what the worker has logged so far.
  std::string worker_log() const { return worker_->LogTail(); }
  // 0 when there is none just now.
  pid_t evaluator() const;
  pid_t extractor() const;

 private:
  const std::string database_;
  std::string address_ = "127.0.0.1:0";
  ScratchFolder folder_;
  std::optional<Child> server_, worker_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_SUPPORT_SERVICE_PROCESSES_H_
