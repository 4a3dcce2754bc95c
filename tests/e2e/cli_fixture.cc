#include "tests/e2e/cli_fixture.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/support/simulated.h"
#include "ventral/v1/job.pb.h"

namespace ventral::testing {
namespace {

const std::string kVentral = VENTRAL_BIN_DIR "/ventral";

Child Launch(const std::string& program, const std::vector<std::string>& arguments,
             const std::vector<std::string>& environment) {
  auto child = Child::Start({program, arguments, environment});
  if (!child.ok()) throw std::runtime_error(child.error().ToString());
  return std::move(child).value();
}

std::string ReadToEnd(int fd) {
  std::string text;
  std::array<char, 65536> buffer;
  for (ssize_t got; (got = read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

Started::Started(const std::string& program, const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment)
    : child_(Launch(program, arguments, environment)),
      reader_([this] { out_ = ReadToEnd(child_.from_child()); }) {}

Started::~Started() {
  child_.Kill();
  if (reader_.joinable()) reader_.join();
}

void Started::Signal(int number) { kill(child_.pid(), number); }

Said Started::Wait() {
  if (reader_.joinable()) reader_.join();
  const ChildOutcome outcome = child_.Wait();
  const bool exited = outcome.kind == ChildOutcome::Kind::kExited;
  return {exited ? outcome.status : -1, out_, child_.LogTail()};
}

Said RunVentral(const std::vector<std::string>& arguments,
                const std::vector<std::string>& environment) {
  return Started(kVentral, arguments, environment).Wait();
}

CliTest::CliTest() : simulated_(SimulatedFolder()) {}

void CliTest::SetUp() {
  service_.StartServer({"--lease-seconds", "3"});
  const Said said = Run({"pack", "publish", (simulated_ / "simulated-cortex").string()});
  ASSERT_EQ(said.exit_code, 0) << said.errors;
}

std::vector<std::string> CliTest::environment() const {
  return {"VENTRAL_SERVER=" + service_.address(), "HOME=" + scratch_.path().string()};
}

Said CliTest::Run(const std::vector<std::string>& arguments) {
  return RunVentral(arguments, environment());
}

Started CliTest::Start(const std::vector<std::string>& arguments) {
  return Started(kVentral, arguments, environment());
}

std::string CliTest::Submit(const std::filesystem::path& network) {
  const Said said = Run({"submit", network.string(), "--name", network.stem().string(), "--pack",
                         "simulated-cortex", "--json"});
  EXPECT_EQ(said.exit_code, 0) << said.errors;
  const auto jobs = Parsed<v1::ListJobsResponse>(said);
  EXPECT_EQ(jobs.jobs_size(), 1);
  return jobs.jobs_size() == 1 ? jobs.jobs(0).name().substr(5) : "";
}

}  // namespace ventral::testing
