// What every test of the conformance suite begins with: two models, two packs, a clock that stands
// still.
#ifndef VENTRAL_TESTS_DB_QUEUE_FIXTURE_H_
#define VENTRAL_TESTS_DB_QUEUE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "server/store/job_state.h"
#include "tests/db/queue_backend.h"

namespace ventral::testing {

using MakeBackend = std::unique_ptr<QueueBackend> (*)(const store::QueuePolicy&, const Clock&);

struct Side {
  const char* name;
  MakeBackend make;
};
// In names of tests: never an address.
inline void PrintTo(const Side& side, std::ostream* out) { *out << side.name; }

class JobQueueSuite : public ::testing::TestWithParam<Side> {
 protected:
  using seconds = std::chrono::seconds;

  JobQueueSuite() : backend_(GetParam().make(policy_, clock_)) {
    backend_->AddCheckpoint({"alexnet", Sha('a'), "alexnet.pt2", 1234, {}});
    backend_->AddCheckpoint({"vgg", Sha('b'), "vgg.pt2", 99, {}});
    backend_->AddPack(PackWith("it", "1.0.0", {"it.human.rsa", "it.monkey.rsa"}));
    backend_->AddPack(PackWith("v4", "1.0.0", {"v4.ridge"}));
  }

  store::JobQueue& queue() { return backend_->queue(); }

  store::JobRow Create(const std::string& model = "alexnet", const std::string& pack = "it",
                       const std::string& user = "") {
    return queue()
        .Create({model, model == "alexnet" ? Sha('a') : Sha('b'), pack, "", user})
        .value();
  }
  store::JobRow CreateBy(const std::string& user) { return Create("alexnet", "it", user); }
  store::LeaseRow Lease(const std::string& worker = "w1") {
    return queue().Lease(worker, "cpu").value().value();
  }
  store::JobRow Get(const std::string& id) { return queue().Get(id).value(); }

  static std::vector<store::NewScore> Scores() {
    return {ScoreOf("it.human.rsa"), ScoreOf("it.monkey.rsa")};
  }
  static store::AttemptFailure Failure(FailureCause cause) {
    store::AttemptFailure failure;
    failure.failure = {cause, "it broke"};
    failure.log_tail = "last words";
    return failure;
  }

  // A new job, brought into `state`; `token` is its last lease's.
  store::JobRow JobIn(store::JobState state, std::string* token = nullptr) {
    store::JobRow job = Create();
    if (state == store::JobState::kQueued) return job;
    if (state == store::JobState::kCancelled) return queue().Cancel(job.id).value();
    const store::LeaseRow lease = Lease();
    EXPECT_EQ(lease.job, job.id);
    if (token != nullptr) *token = lease.token;
    if (state == store::JobState::kSucceeded) {
      EXPECT_TRUE(queue().Complete(lease.job, lease.token, Scores(), "").ok());
    }
    if (state == store::JobState::kFailed) {
      EXPECT_TRUE(
          queue().Fail(lease.job, lease.token, Failure(FailureCause::kInvalidCheckpoint)).ok());
    }
    return Get(job.id);
  }

  const store::QueuePolicy policy_{.max_attempts = 3,
                                   .lease = seconds(60),
                                   .first_backoff = seconds(5),
                                   .longest_backoff = seconds(8),
                                   .jitter = 0};
  const TimePoint start_{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}};
  ManualClock clock_{start_};
  std::unique_ptr<QueueBackend> backend_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_DB_QUEUE_FIXTURE_H_
