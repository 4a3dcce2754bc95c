#include "client/lib/watch.h"

#include <gmock/gmock.h>

#include "tests/unit/client/fake_service.h"

namespace ventral::client {
namespace {

using grpc::StatusCode;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ventral::testing::ServersWord;
using ventral::testing::Watched;

v1::Job In(v1::JobState state) {
  v1::Job job;
  job.set_name("jobs/1");
  job.set_state(state);
  return job;
}

const v1::Job kQueued = In(v1::JOB_STATE_QUEUED);
const v1::Job kRunning = In(v1::JOB_STATE_RUNNING);
const v1::Job kSucceeded = In(v1::JOB_STATE_SUCCEEDED);

class Watch : public ::testing::Test {
 protected:
  Result<v1::Job> Run() {
    return WatchJob(
        connection_, "jobs/1", options_,
        [&](const v1::Job& job) {
          seen_.push_back(job.state());
          on_change_(job);
        },
        [&](const Error& cut) {
          cuts_.push_back(cut.message);
          on_cut_();
        });
  }

  ventral::testing::FakeService service_;
  Connection connection_{service_.address()};
  WatchOptions options_{milliseconds(1), milliseconds(20), milliseconds(60'000)};
  std::function<void(const v1::Job&)> on_change_ = [](const v1::Job&) {};
  std::function<void()> on_cut_ = [] {};
  std::vector<int> seen_;
  std::vector<std::string> cuts_;
};

TEST_F(Watch, EndsWithTheJob) {
  for (const v1::JobState last :
       {v1::JOB_STATE_SUCCEEDED, v1::JOB_STATE_FAILED, v1::JOB_STATE_CANCELLED}) {
    seen_.clear();
    service_.jobs.streams = {{{kQueued, kRunning, In(last)}, grpc::Status::OK}};
    const auto job = Run();
    ASSERT_TRUE(job.ok()) << job.error().ToString();
    EXPECT_EQ(job->state(), last);
    EXPECT_THAT(seen_, ElementsAre(v1::JOB_STATE_QUEUED, v1::JOB_STATE_RUNNING, last));
  }
  EXPECT_THAT(cuts_, ElementsAre());
}

TEST_F(Watch, GoesOnAfterEachKindOfCut) {
  const grpc::Status cuts[] = {
      grpc::Status::OK,
      {StatusCode::UNAVAILABLE, "socket closed"},
      {StatusCode::UNKNOWN, "stream removed"},
      {StatusCode::CANCELLED, "cancelled"},
      {StatusCode::INTERNAL, "received RST_STREAM"},
      {StatusCode::DEADLINE_EXCEEDED, "deadline"},
      ServersWord(StatusCode::UNAVAILABLE, "the server is stopping"),
      ServersWord(StatusCode::RESOURCE_EXHAUSTED, "too many watch"),
  };
  for (const grpc::Status& cut : cuts) {
    cuts_.clear();
    service_.jobs.streams = {{{kRunning}, cut}, {{kSucceeded}, grpc::Status::OK}};
    const auto job = Run();
    ASSERT_TRUE(job.ok()) << cut.error_code() << ": " << job.error().ToString();
    EXPECT_EQ(job->state(), v1::JOB_STATE_SUCCEEDED);
    EXPECT_EQ(cuts_.size(), 1u) << cut.error_code();
  }
}

TEST_F(Watch, StopsAtWhatNoWaitingCanMend) {
  const std::pair<StatusCode, ErrorCode> cases[] = {
      {StatusCode::NOT_FOUND, ErrorCode::kNotFound},
      {StatusCode::INVALID_ARGUMENT, ErrorCode::kInvalidInput},
      {StatusCode::INTERNAL, ErrorCode::kInternal},
  };
  for (const auto& [status, code] : cases) {
    service_.jobs.streams = {{{}, ServersWord(status, "its reason")}};
    const auto job = Run();
    ASSERT_FALSE(job.ok());
    EXPECT_EQ(job.error().code, code);
    EXPECT_EQ(job.error().message, "its reason");
  }
  EXPECT_THAT(cuts_, ElementsAre());
}

TEST_F(Watch, OutlivesAServer) {
  Watched open{{kQueued, kRunning}, grpc::Status::OK};
  open.stays_open = true;
  service_.jobs.streams = {open, {{kRunning, kSucceeded}, grpc::Status::OK}};
  on_change_ = [&](const v1::Job& job) {
    if (job.state() == v1::JOB_STATE_RUNNING && cuts_.empty()) service_.Stop();
  };
  on_cut_ = [&] { service_.Start(); };
  const auto job = Run();
  ASSERT_TRUE(job.ok()) << job.error().ToString();
  EXPECT_THAT(seen_, ElementsAre(v1::JOB_STATE_QUEUED, v1::JOB_STATE_RUNNING, v1::JOB_STATE_RUNNING,
                                 v1::JOB_STATE_SUCCEEDED));
  EXPECT_EQ(cuts_.size(), 1u);
}

TEST_F(Watch, GivesUpWhenTheServerStaysAway) {
  options_.patience = milliseconds(50);
  Watched open{{kRunning}, grpc::Status::OK};
  open.stays_open = true;
  service_.jobs.streams = {open};
  on_change_ = [&](const v1::Job&) { service_.Stop(); };
  const auto job = Run();
  ASSERT_FALSE(job.ok());
  EXPECT_EQ(job.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(job.error().message, HasSubstr(service_.address()));
  EXPECT_EQ(cuts_.size(), 1u) << "one outage is told once";
}

// However long a job was quiet, the patience begins with the cut.
TEST_F(Watch, IsNotOutOfPatienceAtTheFirstCut) {
  options_.patience = milliseconds(0);
  service_.jobs.streams = {{{kQueued}, {StatusCode::UNAVAILABLE, "socket closed"}},
                           {{kQueued}, {StatusCode::UNAVAILABLE, "socket closed"}},
                           {{kSucceeded}, grpc::Status::OK}};
  const auto job = Run();
  ASSERT_TRUE(job.ok()) << job.error().ToString();
  EXPECT_EQ(cuts_.size(), 2u);
}

}  // namespace
}  // namespace ventral::client
