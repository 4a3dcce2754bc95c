// The command `ventral` as a person types it, against the whole service.
#ifndef VENTRAL_TESTS_E2E_CLI_FIXTURE_H_
#define VENTRAL_TESTS_E2E_CLI_FIXTURE_H_

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/postgres.h"
#include "tests/support/service_processes.h"
#include "worker/sandbox/child.h"

namespace ventral::testing {

struct Said {
  int exit_code = -1;  // −1: ended by a signal
  std::string out, errors;
};

// One call of a program that goes on while the test does other things.
class Started {
 public:
  Started(const std::string& program, const std::vector<std::string>& arguments,
          const std::vector<std::string>& environment);
  ~Started();
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;

  // What it has written to stderr so far.
  std::string errors() const { return child_.LogTail(); }
  bool ended() const { return IsGone(child_.pid()); }
  void Signal(int number);
  Said Wait();

 private:
  Child child_;
  std::string out_;
  std::thread reader_;
};

// `ventral` without a service: no address is set but what the environment says.
Said RunVentral(const std::vector<std::string>& arguments,
                const std::vector<std::string>& environment = {});

// The message in what a call with --json printed.
template <typename Message>
Message Parsed(const Said& said) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(said.out, &message);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << said.out << said.errors;
  return message;
}

class CliTest : public ::testing::Test {
 protected:
  // A server that has the pack simulated-cortex; no worker yet.
  void SetUp() override;
  Said Run(const std::vector<std::string>& arguments);
  Started Start(const std::vector<std::string>& arguments);
  std::vector<std::string> environment() const;

  // Queues a network and gives the job's id. Its model is called as the file.
  std::string Submit(const std::filesystem::path& network);

  ServiceProcesses& service() { return service_; }
  const std::filesystem::path& scratch() const { return scratch_.path(); }
  const std::filesystem::path simulated_;

  CliTest();

 private:
  TestDatabase database_;
  ScratchFolder scratch_;
  ServiceProcesses service_{database_.connection()};
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_E2E_CLI_FIXTURE_H_
