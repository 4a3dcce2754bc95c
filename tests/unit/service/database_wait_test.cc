// How long a server's start waits for its database, and what ends the wait.
#include "server/database_wait.h"

#include <gtest/gtest.h>
#include <pthread.h>

namespace ventral {
namespace {

using std::chrono::seconds;

class DatabaseWaitTest : public ::testing::Test {
 protected:
  DatabaseWaitTest() {
    sigemptyset(&stop_);
    sigaddset(&stop_, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &stop_, &before_);
  }
  ~DatabaseWaitTest() override { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  // Answers with `error` the first `times` times.
  std::function<Status()> Failing(int times, Error error) {
    return [this, times, error]() -> Status {
      if (++asked_ <= times) return error;
      return Ok{};
    };
  }

  int asked_ = 0;
  sigset_t stop_{}, before_{};
};

TEST_F(DatabaseWaitTest, AsksAgainWhileItIsAway) {
  const auto waited = WaitForDatabase(Failing(1, Unavailable("away")), seconds(600), stop_);
  ASSERT_TRUE(waited.ok());
  EXPECT_EQ(*waited, DatabaseWait::kThere);
  EXPECT_EQ(asked_, 2);
}

TEST_F(DatabaseWaitTest, GivesUpWithTheLastWord) {
  const auto waited = WaitForDatabase(Failing(1000, Unavailable("away")), seconds(0), stop_);
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().message, "away");
  EXPECT_EQ(asked_, 1);
}

TEST_F(DatabaseWaitTest, DoesNotWaitForWhatTimeMendsNot) {
  const auto waited = WaitForDatabase(Failing(1000, Internal("refused")), seconds(600), stop_);
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code, ErrorCode::kInternal);
  EXPECT_EQ(asked_, 1);
}

TEST_F(DatabaseWaitTest, ASignalEndsIt) {
  pthread_kill(pthread_self(), SIGUSR1);
  const auto waited = WaitForDatabase(Failing(1000, Unavailable("away")), seconds(600), stop_);
  ASSERT_TRUE(waited.ok());
  EXPECT_EQ(*waited, DatabaseWait::kStopped);
}

}  // namespace
}  // namespace ventral
