#include "client/lib/watch.h"

#include <gmock/gmock.h>

#include "tests/unit/client/fake_server.h"

namespace ventral::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::FakeServer;

const grpc::Status kCut(grpc::StatusCode::UNAVAILABLE, "gone");
constexpr WatchOptions kQuick{std::chrono::milliseconds(1), std::chrono::seconds(20)};

struct Watched {
  Result<v1::Job> job = Internal("not watched");
  std::vector<v1::JobState> seen;
  int cuts = 0;
};

Watched Watch(FakeServer& server, const WatchOptions& options = kQuick) {
  Connection connection(server.address());
  Watched watched;
  watched.job = WatchJob(connection, "jobs/x", options, [&](const v1::Job& job) { watched.seen.push_back(job.state()); },
                         [&](const Error&) { ++watched.cuts; });
  return watched;
}

TEST(WatchJob, FollowsToTheEnd) {
  FakeServer server;
  server.watches = {{{v1::JOB_STATE_QUEUED, v1::JOB_STATE_RUNNING, v1::JOB_STATE_SUCCEEDED}, grpc::Status::OK}};
  const Watched watched = Watch(server);
  ASSERT_TRUE(watched.job.ok());
  EXPECT_THAT(watched.seen, ElementsAre(v1::JOB_STATE_QUEUED, v1::JOB_STATE_RUNNING, v1::JOB_STATE_SUCCEEDED));
  EXPECT_EQ(watched.cuts, 0);
}

TEST(WatchJob, ResumesAfterCutsAndAfterAStreamThatEndsTooEarly) {
  FakeServer server;
  server.watches = {{{v1::JOB_STATE_RUNNING}, kCut},
                    {{}, kCut},
                    {{v1::JOB_STATE_RUNNING}, grpc::Status::OK},
                    {{v1::JOB_STATE_FAILED}, grpc::Status::OK}};
  const Watched watched = Watch(server);
  ASSERT_TRUE(watched.job.ok());
  EXPECT_EQ(watched.job->state(), v1::JOB_STATE_FAILED);
  EXPECT_EQ(watched.cuts, 2);  // once for each time that the server went away, not for each attempt
}

TEST(WatchJob, ALastWordBeforeTheCutIsEnough) {
  FakeServer server;
  server.watches = {{{v1::JOB_STATE_CANCELLED}, kCut}};
  EXPECT_EQ(Watch(server).job->state(), v1::JOB_STATE_CANCELLED);
}

TEST(WatchJob, WhatCannotPassIsTold) {
  FakeServer server;
  server.watches = {{{}, {grpc::StatusCode::NOT_FOUND, "there is no job x"}}};
  EXPECT_EQ(Watch(server).job.error().code, ErrorCode::kNotFound);
}

TEST(WatchJob, GivesUpWhenItsPatienceIsOver) {
  FakeServer server;
  for (int i = 0; i < 1000; ++i) server.watches.push_back({{}, kCut});
  const Watched watched = Watch(server, {std::chrono::milliseconds(1), std::chrono::seconds(0)});
  EXPECT_EQ(watched.job.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(watched.job.error().message, HasSubstr(server.address()));
}

TEST(ResolveJob, TakesNamesIdsAndUnambiguousBeginnings) {
  FakeServer server;
  server.job_ids = {"aaaa1111", "aaaa2222", "bbbb3333"};
  Connection connection(server.address());
  const std::string whole = "01234567-89ab-cdef-0123-456789abcdef";
  EXPECT_EQ(*ResolveJob(connection, whole), "jobs/" + whole);
  EXPECT_EQ(*ResolveJob(connection, "jobs/" + whole), "jobs/" + whole);
  EXPECT_EQ(*ResolveJob(connection, "bbbb"), "jobs/bbbb3333");  // on the second page
  EXPECT_THAT(ResolveJob(connection, "aaaa").error().message, HasSubstr("fits several"));
  EXPECT_EQ(ResolveJob(connection, "cccc").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ResolveJob(connection, "bb").error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace ventral::client
