// The server's lines about an attempt name it, as its worker's do.
#include "scoring/base/digest.h"
#include "server/service/reaper.h"
#include "tests/rpc/access_fixture.h"
#include "tests/rpc/captured_log.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::HasSubstr;
using ::testing::Not;

class AttemptLogTest : public AccessRpcTest {
 protected:
  static void SetUpTestSuite() { LogSinks(); }
};

// Lines of the log with this in them.
std::vector<std::string> LinesWith(const std::string& log, const std::string& part) {
  std::vector<std::string> lines;
  std::istringstream text(log);
  for (std::string line; std::getline(text, line);) {
    if (line.find(part) != std::string::npos) lines.push_back(line);
  }
  return lines;
}

// While it lives, the log has what is not worth a line at the usual level.
class DebugLevel {
 public:
  DebugLevel() { spdlog::default_logger()->set_level(spdlog::level::debug); }
  ~DebugLevel() { spdlog::default_logger()->set_level(before_); }

 private:
  const spdlog::level::level_enum before_ = spdlog::default_logger()->level();
};

TEST_F(AttemptLogTest, TheLogNamesEachAttemptAndNoLease) {
  const CapturedLog log;
  const DebugLevel level;
  Become(Role::kPublisher);
  const v1::Job job = MakeJob();
  const std::string id = job.name().substr(5);
  Become(Role::kWorker);
  const v1::Lease first = LeaseJob();
  v1::FailJobRequest fail;
  fail.set_job(first.job());
  fail.set_lease_token(first.lease_token());
  fail.mutable_failure()->set_cause(v1::FAILURE_CAUSE_INFRASTRUCTURE);
  v1::FailJobResponse failed;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::FailJob, fail, &failed).ok());
  clock_.Advance(std::chrono::seconds(600));
  const v1::Lease second = LeaseJob();
  ASSERT_EQ(second.attempt(), 2);
  v1::HeartbeatRequest beat;
  beat.set_job(second.job());
  beat.set_lease_token(second.lease_token());
  v1::HeartbeatResponse beaten;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::Heartbeat, beat, &beaten).ok());
  {
    v1::UploadGramsRequest grams;
    grams.mutable_declaration()->set_job(second.job());
    grams.mutable_declaration()->set_lease_token(second.lease_token());
    grams.mutable_declaration()->mutable_grams()->set_sha256(DigestOf("grams").hex());
    grams.mutable_declaration()->mutable_grams()->set_size_bytes(5);
    grpc::ClientContext context;
    v1::UploadGramsResponse kept;
    const auto stream = worker_->UploadGrams(&context, &kept);
    stream->Write(grams);
    stream->WritesDone();
    EXPECT_FALSE(stream->Finish().ok()) << "nothing came";
  }
  v1::CompleteJobResponse completed;
  EXPECT_EQ(Complete(first, ReportFor(second), &completed).error_code(), grpc::ABORTED);
  v1::ScoreReport wrong = ReportFor(second);
  wrong.clear_scores();
  EXPECT_FALSE(Complete(second, wrong, &completed).ok());
  StopServer();
  clock_.Advance(std::chrono::seconds(61));
  {
    const service::Reaper reaper(store_->jobs(), std::chrono::milliseconds(1));
    EXPECT_TRUE(Eventually(
        [&] { return store_->jobs().Get(id).value().state != store::JobState::kRunning; }));
  }
  const std::string one = " job=" + job.name() + " attempt=1",
                    two = " job=" + job.name() + " attempt=2";
  using Strings = std::vector<std::string>;
  const auto told = [&](const std::string& method) {
    Strings attempts;
    for (const std::string& line : LinesWith(log.text(), method)) {
      attempts.push_back(line.find(one) != std::string::npos                    ? "1"
                         : line.find(two) != std::string::npos                  ? "2"
                         : line.find(" job=" + job.name()) != std::string::npos ? "of the job"
                                                                                : "none");
    }
    return attempts;
  };
  EXPECT_EQ(told("/LeaseJob OK"), (Strings{"1", "2"}));
  EXPECT_EQ(told("/FailJob OK"), (Strings{"1"}));
  EXPECT_EQ(told("/Heartbeat OK"), (Strings{"2"}));
  EXPECT_EQ(told("/UploadGrams INVALID_ARGUMENT"), (Strings{"2"}));
  EXPECT_EQ(told("/CompleteJob ABORTED"), (Strings{"of the job"}))
      << "which, nobody knows any more";
  EXPECT_EQ(told("/CompleteJob INVALID_ARGUMENT"), (Strings{"2"}));
  EXPECT_EQ(told("reaper: job="), (Strings{"2"}));
  for (const v1::Lease& lease : {first, second}) {
    EXPECT_THAT(log.text(), Not(HasSubstr(lease.lease_token())));
  }
}

TEST_F(AttemptLogTest, TheLogOfARetryNamesWhatWasRetried) {
  const CapturedLog log;
  Become(Role::kPublisher);
  const v1::Job job = MakeJob();
  Become(Role::kWorker);
  const v1::Lease lease = LeaseJob();
  v1::FailJobRequest fail;
  fail.set_job(lease.job());
  fail.set_lease_token(lease.lease_token());
  fail.mutable_failure()->set_cause(v1::FAILURE_CAUSE_INVALID_CHECKPOINT);
  v1::FailJobResponse failed;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::FailJob, fail, &failed).ok());
  Become(Role::kPublisher);
  v1::RetryJobRequest retry;
  retry.set_name(job.name());
  v1::Job retried;
  ASSERT_TRUE(Call(*job_, &JobStub::RetryJob, retry, &retried).ok());
  StopServer();
  const auto lines = LinesWith(log.text(), "/RetryJob OK");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr(" job=" + job.name() + " attempt=1"));
}

}  // namespace
}  // namespace ventral::testing
