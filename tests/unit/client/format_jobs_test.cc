#include <gmock/gmock.h>

#include <cmath>

#include "client/cli/format.h"

namespace ventral::cli {
namespace {

using ::testing::HasSubstr;

v1::Job Job(v1::JobState state) {
  v1::Job job;
  job.set_name("jobs/3f2a");
  job.set_checkpoint("models/net/checkpoints/abc");
  job.set_pack("packs/lab");
  job.set_state(state);
  job.set_attempts(1);
  job.set_max_attempts(3);
  return job;
}

TEST(FormatProgress, SaysWhereAJobStands) {
  v1::Job job = Job(v1::JOB_STATE_QUEUED);
  EXPECT_EQ(FormatProgress(job), "queued");
  job.set_state(v1::JOB_STATE_RUNNING);
  EXPECT_EQ(FormatProgress(job), "running");
  job.mutable_progress()->set_phase("extract");
  EXPECT_EQ(FormatProgress(job), "extract");
  job.mutable_progress()->set_done(320);
  job.mutable_progress()->set_total(640);
  job.mutable_progress()->set_message("pass 1 of 2\x1b");
  EXPECT_EQ(FormatProgress(job), "extract 320/640: pass 1 of 2?");
  job.set_state(v1::JOB_STATE_FAILED);
  EXPECT_EQ(FormatProgress(job), "failed") << "the progress of the last attempt is over";
}

TEST(FormatJobs, HasOneLineAJob) {
  v1::ListJobsResponse jobs;
  EXPECT_EQ(FormatJobs(jobs), "no jobs\n");
  *jobs.add_jobs() = Job(v1::JOB_STATE_FAILED);
  jobs.mutable_jobs(0)->mutable_failure()->set_cause(v1::FAILURE_CAUSE_OUT_OF_MEMORY);
  jobs.mutable_jobs(0)->mutable_create_time()->set_seconds(1'767'323'045);
  *jobs.add_jobs() = Job(v1::JOB_STATE_RUNNING);
  jobs.mutable_jobs(1)->set_cancel_requested(true);
  EXPECT_EQ(FormatJobs(jobs),
            "job   model  pack  state    attempts  created\n"
            "3f2a  net    lab   failed   1/3       2026-01-02 03:04:05 UTC  out_of_memory\n"
            "3f2a  net    lab   running  1/3                                to be cancelled\n");
}

TEST(FormatJobs, SaysWhyAJobWaitsAgain) {
  v1::ListJobsResponse jobs;
  *jobs.add_jobs() = Job(v1::JOB_STATE_QUEUED);
  jobs.mutable_jobs(0)->mutable_failure()->set_cause(v1::FAILURE_CAUSE_CRASH);
  EXPECT_THAT(FormatJobs(jobs), HasSubstr("crash"));
  jobs.mutable_jobs(0)->set_state(v1::JOB_STATE_SUCCEEDED);
  EXPECT_THAT(FormatJobs(jobs), ::testing::Not(HasSubstr("crash")));
}

v1::RunEstimate Estimate(int passes, double seconds) {
  v1::RunEstimate estimate;
  estimate.set_activation_bytes(1'288'490'189);
  estimate.set_gram_bytes(429'496'730);
  estimate.set_memory_bytes(2'040'109'466);
  estimate.set_passes(passes);
  estimate.set_seconds(seconds);
  return estimate;
}

TEST(FormatEstimate, SaysWhatARunWillTake) {
  EXPECT_EQ(FormatEstimate(Estimate(3, 40.4)),
            "plan: 3 passes, 1.2 GiB activations, 409.6 MiB Grams, 1.9 GiB at a time, about 40 s");
  const std::pair<double, const char*> cases[] = {
      {0, "a second"},    {-1, "a second"}, {std::nan(""), "a second"},
      {1.4, "about 1 s"}, {119, "119 s"},   {120, "2 min"},
      {7199, "120 min"},  {7200, "2 h"},    {1e300, "277778 h"}};
  for (const auto& [seconds, text] : cases)
    EXPECT_THAT(FormatEstimate(Estimate(1, seconds)), HasSubstr(text)) << seconds;
  EXPECT_THAT(FormatEstimate(Estimate(1, 1)), HasSubstr("plan: 1 pass,"));
  EXPECT_THAT(FormatEstimate(Estimate(0, 1)), HasSubstr("no pass fits"));
}

TEST(FormatJobs, TellsThePlanOfARunAndWhatOneThatDidNotFitNeeds) {
  v1::ListJobsResponse jobs;
  v1::Job& job = *jobs.add_jobs() = Job(v1::JOB_STATE_RUNNING);
  *job.mutable_estimate() = Estimate(3, 40);
  job.mutable_progress()->set_phase("extract");
  EXPECT_THAT(FormatJobs(jobs), HasSubstr("extract; plan: 3 passes, about 40 s\n"));
  job.set_state(v1::JOB_STATE_FAILED);
  job.mutable_failure()->set_cause(v1::FAILURE_CAUSE_OUT_OF_MEMORY);
  job.mutable_failure()->set_needed_memory_bytes(std::int64_t{12} << 30);
  EXPECT_THAT(FormatJobs(jobs), HasSubstr("out_of_memory, needs 12.0 GiB\n"));
}

TEST(FormatAttempts, ShowsCauseAndLog) {
  v1::ListJobAttemptsResponse attempts;
  EXPECT_EQ(FormatAttempts(attempts), "no attempt has started yet\n");
  v1::JobAttempt* first = attempts.add_attempts();
  first->set_number(1);
  first->set_worker("lab-3");
  first->set_device("cuda:0");
  first->mutable_start_time()->set_seconds(1'767'323'045);
  first->mutable_end_time()->set_seconds(1'767'323'046);
  first->mutable_failure()->set_cause(v1::FAILURE_CAUSE_CRASH);
  first->mutable_failure()->set_message("died");
  first->set_log_tail("one\n\n\x1b[31mtwo");
  v1::JobAttempt* second = attempts.add_attempts();
  second->set_number(2);
  second->set_worker("lab-4");
  second->set_device("cpu");
  second->mutable_start_time()->set_seconds(1'767'323'047);
  EXPECT_EQ(FormatAttempts(attempts),
            "attempt 1 by lab-3 on cuda:0, 2026-01-02 03:04:05 UTC to 2026-01-02 03:04:06 UTC\n"
            "  crash: died\n"
            "  | one\n"
            "  | ?[31mtwo\n"
            "attempt 2 by lab-4 on cpu, 2026-01-02 03:04:07 UTC to now\n");
}

TEST(FormatJobs, MarksAQuarantinedJob) {
  v1::ListJobsResponse jobs;
  *jobs.add_jobs() = Job(v1::JOB_STATE_FAILED);
  jobs.mutable_jobs(0)->mutable_failure()->set_cause(v1::FAILURE_CAUSE_CRASH);
  EXPECT_THAT(FormatJobs(jobs), ::testing::Not(HasSubstr("quarantined")));
  jobs.mutable_jobs(0)->set_quarantined(true);
  EXPECT_THAT(FormatJobs(jobs), HasSubstr("quarantined after crash"));
}

TEST(FormatJobs, MarksARescore) {
  v1::ListJobsResponse jobs;
  *jobs.add_jobs() = Job(v1::JOB_STATE_SUCCEEDED);
  EXPECT_THAT(FormatJobs(jobs), ::testing::Not(HasSubstr("rescore")));
  jobs.mutable_jobs(0)->set_kind(v1::JOB_KIND_RESCORE);
  EXPECT_THAT(FormatJobs(jobs), HasSubstr("rescore"));
}

TEST(FormatRescore, SaysWhatIsQueuedAndWhatIsNot) {
  v1::CreateRescoreJobsResponse made;
  EXPECT_THAT(FormatRescore(made, false), HasSubstr("nothing to do"));
  made.set_scorer_version("3");
  v1::NotRescored* left = made.add_not_rescored();
  left->set_obstacle(v1::RESCORE_OBSTACLE_UP_TO_DATE);
  EXPECT_EQ(FormatRescore(made, false),
            "nothing to do for 1 of scorer version 3 already; --force scores them again\n");
  left = made.add_not_rescored();
  left->set_obstacle(v1::RESCORE_OBSTACLE_GRAMS_NOT_KEPT);
  left->set_message("submit it again\x1b");
  *made.add_jobs() = Job(v1::JOB_STATE_QUEUED);
  EXPECT_EQ(FormatRescore(made, false),
            "job 3f2a queued: net on lab, from kept Grams\n"
            "  follow it: ventral watch 3f2a\n"
            "not queued: submit it again?\n"
            "left alone: 1 of scorer version 3 already; --force scores them again\n");
  EXPECT_THAT(FormatRescore(made, true), ::testing::Not(HasSubstr("follow it")));
  made.add_not_rescored()->set_message("more are there");  // for another call
  EXPECT_THAT(FormatRescore(made, false), HasSubstr("not queued: more are there\n"));
}

}  // namespace
}  // namespace ventral::cli
