// A network that does not fit into a worker's memory, from its plan to a worker that has more.
#include "tests/e2e/cli_fixture.h"
#include "ventral/v1/job.pb.h"
#include "ventral/v1/worker_pool.pb.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CliFit : public CliTest {
 protected:
  v1::Job Job(const std::string& id) {
    const auto jobs = Parsed<v1::ListJobsResponse>(Run({"jobs", "--json"}));
    for (const v1::Job& job : jobs.jobs()) {
      if (job.name() == "jobs/" + id) return job;
    }
    ADD_FAILURE() << "there is no job " << id;
    return {};
  }
  bool IsListed(const std::string& worker) {
    return Run({"status"}).out.find(worker) != std::string::npos;
  }
};

TEST_F(CliFit, ARunTellsItsPlanBeforeItBegins) {
  service().StartWorker();
  const std::string id = Submit(simulated_ / "teacher.pt2");
  const Said watched = Run({"watch", id});
  ASSERT_EQ(watched.exit_code, 0) << watched.errors;
  EXPECT_THAT(watched.errors, HasSubstr("plan: 1 pass, "));
  const v1::Job job = Job(id);
  EXPECT_EQ(job.estimate().passes(), 1);
  EXPECT_GT(job.estimate().activation_bytes(), 0);
  EXPECT_GE(job.estimate().memory_bytes(),
            job.estimate().activation_bytes() + job.estimate().gram_bytes());
  EXPECT_THAT(Run({"logs", id}).out, HasSubstr("plan: 1 pass, "));
  EXPECT_THAT(service().worker_log(), HasSubstr("plan: passes=1"));
}

TEST_F(CliFit, AJobThatFitsNowhereIsRefusedAtOnceAndRunsWhereThereIsMore) {
  service().StartWorker({"--name", "small", "--memory-budget", "100KiB", "--max-memory", "200KiB"});
  const std::string id = Submit(simulated_ / "teacher.pt2");
  const Said watched = Run({"watch", id});
  EXPECT_EQ(watched.exit_code, 1) << watched.errors << watched.out;
  for (const char* says : {"out_of_memory", "Gram matrices", "102400 bytes (100.0 KiB)",
                           "204800 bytes (200.0 KiB)", "--memory-budget", "not tried again"})
    EXPECT_THAT(watched.out, HasSubstr(says));
  const v1::Job refused = Job(id);
  EXPECT_EQ(refused.attempts(), 1) << "no other attempt was made";
  EXPECT_GT(refused.failure().needed_memory_bytes(), 204800);
  EXPECT_GT(refused.estimate().gram_bytes(), 0);
  EXPECT_THAT(service().worker_log(), Not(HasSubstr("phase=extract"))) << "nothing of it was run";
  EXPECT_THAT(Run({"jobs"}).out, HasSubstr("out_of_memory, needs "));

  const Said again = Run({"submit", (simulated_ / "teacher.pt2").string(), "--name", "teacher",
                          "--pack", "simulated-cortex"});
  EXPECT_EQ(again.exit_code, 6);
  EXPECT_THAT(again.errors, HasSubstr("204800 bytes (200.0 KiB)"));
  EXPECT_EQ(Parsed<v1::ListJobsResponse>(Run({"jobs", "--json"})).jobs_size(), 1);

  service().KillWorker();
  service().StartWorker({"--name", "large", "--memory-budget", "100KiB"});
  ASSERT_TRUE(Becomes([&] { return IsListed("large"); }));
  ASSERT_EQ(Run({"retry", id}).exit_code, 0);
  const Said well = Run({"watch", id});
  EXPECT_EQ(well.exit_code, 0) << well.errors << well.out;
  EXPECT_EQ(Job(id).attempts(), 1) << "it had what it needs from the start";
  EXPECT_GE(Job(id).estimate().memory_bytes(), refused.failure().needed_memory_bytes());
}

TEST_F(CliFit, OnALaptopTheSameFiguresAreSaid) {
  const std::vector<std::string> command = {"score", (simulated_ / "teacher.pt2").string(),
                                            "--pack", (simulated_ / "simulated-cortex").string()};
  std::vector<std::string> narrow = command;
  narrow.insert(narrow.end(), {"--memory-budget", "100KiB"});
  const Said refused = Run(narrow);
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.errors, HasSubstr("102400 bytes (100.0 KiB)"));
  EXPECT_THAT(refused.errors, HasSubstr("plan: "));
  EXPECT_THAT(refused.errors, Not(HasSubstr("extract")));
  const Said scored = Run(command);
  EXPECT_EQ(scored.exit_code, 0) << scored.errors;
  EXPECT_THAT(scored.errors, HasSubstr("plan: 1 pass, "));
}

}  // namespace
}  // namespace ventral::testing
