// Jobs through `ventral`: queued, found by a few characters, cancelled, tried again, failed.
#include <google/protobuf/struct.pb.h>

#include "tests/e2e/cli_fixture.h"
#include "ventral/v1/job.pb.h"
#include "ventral/v1/model.pb.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

using CliJobs = CliTest;

TEST_F(CliJobs, AreQueuedCancelledAndQueuedAgain) {
  const std::string job = Submit(simulated_ / "teacher.pt2");
  const std::string few = job.substr(0, 6);
  EXPECT_THAT(Run({"status"}).out, HasSubstr("1 queued, 0 running"));
  EXPECT_THAT(Run({"jobs", "--state", "queued", "--model", "teacher"}).out, HasSubstr(job));
  EXPECT_EQ(Run({"jobs", "--state", "running"}).out, "no jobs\n");
  EXPECT_EQ(Run({"logs", few}).out, "no attempt has started yet\n");
  EXPECT_EQ(Run({"retry", few}).exit_code, 6) << "it has not ended";

  const auto cancelled = Parsed<v1::Job>(Run({"cancel", few, "--json"}));
  EXPECT_EQ(cancelled.name(), "jobs/" + job);
  EXPECT_EQ(cancelled.state(), v1::JOB_STATE_CANCELLED);
  EXPECT_EQ(Run({"cancel", few}).exit_code, 6);
  const Said watched = Run({"watch", "jobs/" + job});
  EXPECT_EQ(watched.exit_code, 1);
  EXPECT_THAT(watched.out, HasSubstr("cancelled"));

  EXPECT_EQ(Run({"retry", few}).exit_code, 0);
  const auto listed = Parsed<v1::ListJobsResponse>(Run({"jobs", "--json"}));
  ASSERT_EQ(listed.jobs_size(), 1);
  EXPECT_EQ(listed.jobs(0).state(), v1::JOB_STATE_QUEUED);
}

TEST_F(CliJobs, AreTakenInTheOrderOfTheirPriority) {
  const std::string first = Submit(simulated_ / "teacher.pt2");
  const std::string second = Submit(simulated_ / "random.pt2");
  EXPECT_EQ(Run({"priority", second, "7"}).out, "job " + second + ": priority 7\n");
  EXPECT_EQ(Parsed<v1::Job>(Run({"priority", first, "--json", "--", "-7"})).priority(), -7);
  EXPECT_EQ(Run({"priority", first, "101"}).exit_code, 2);
  service().StartWorker({"--once"});
  service().WaitForWorker();
  const auto waiting = Parsed<v1::ListJobsResponse>(Run({"jobs", "--state", "queued", "--json"}));
  ASSERT_EQ(waiting.jobs_size(), 1);
  EXPECT_EQ(waiting.jobs(0).name(), "jobs/" + first);
  EXPECT_EQ(Run({"priority", second, "0"}).exit_code, 6) << "it has ended";
}

TEST_F(CliJobs, StatusShowsWhoWorksAndWhatSealsThem) {
  EXPECT_THAT(Run({"status"}).out, HasSubstr("\nworkers 0\n"));
  EXPECT_TRUE(Parsed<google::protobuf::Struct>(Run({"status", "--json"}))
                  .fields()
                  .at("workers")
                  .list_value()
                  .values()
                  .empty());
  service().StartWorker({"--name", "bench 7"});
  ASSERT_TRUE(Becomes([&] { return Run({"status"}).out.find("workers 1") != std::string::npos; }));
  const std::string text = Run({"status"}).out;
  EXPECT_THAT(text, HasSubstr("WORKER   DEVICES"));
  EXPECT_THAT(text, HasSubstr("\nbench 7  cpu "));
  EXPECT_THAT(text, HasSubstr("privileges, limits, system_calls"));
  const auto status = Parsed<google::protobuf::Struct>(Run({"status", "--json"}));
  const auto& worker = status.fields().at("workers").list_value().values(0).struct_value().fields();
  EXPECT_EQ(worker.at("name").string_value(), "workers/bench%207");
  EXPECT_GE(worker.at("node").struct_value().fields().at("sandbox").list_value().values_size(), 3);
}

TEST_F(CliJobs, ThatAreNotThereAreNotFound) {
  Submit(simulated_ / "teacher.pt2");
  for (const char* command : {"watch", "cancel", "retry", "logs"}) {
    EXPECT_EQ(Run({command, "00000000-0000-4000-8000-000000000000"}).exit_code, 4) << command;
    EXPECT_EQ(Run({command, "nope"}).exit_code, 4) << command;
    EXPECT_EQ(Run({command, "abc"}).exit_code, 5) << command;
  }
  EXPECT_EQ(Run({"jobs", "--model", "nobody"}).exit_code, 4);
}

TEST_F(CliJobs, ArePagedForScripts) {
  for (int i = 0; i < 3; ++i) Submit(simulated_ / "teacher.pt2");
  const auto first = Parsed<v1::ListJobsResponse>(Run({"jobs", "--limit", "2", "--json"}));
  EXPECT_EQ(first.jobs_size(), 2);
  ASSERT_FALSE(first.next_page_token().empty());
  const auto rest = Parsed<v1::ListJobsResponse>(
      Run({"jobs", "--limit", "2", "--page-token", first.next_page_token(), "--json"}));
  EXPECT_EQ(rest.jobs_size(), 1);
  EXPECT_THAT(Run({"jobs", "--limit", "2"}).out, HasSubstr(first.next_page_token()));
  EXPECT_EQ(Run({"jobs", "--page-token", "made up"}).exit_code, 5);
}

TEST_F(CliJobs, OfAFileThatIsNoNetworkFailWithTheirCause) {
  service().StartWorker();
  WriteFile(scratch() / "text.pt2", "this is no network\n");
  const Said said = Run({"submit", (scratch() / "text.pt2").string(), "--name", "text", "--pack",
                         "simulated-cortex", "--watch"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.out, HasSubstr("failed (invalid_checkpoint)"));
  EXPECT_THAT(said.out, HasSubstr("no network"));
  const auto jobs = Parsed<v1::ListJobsResponse>(Run({"jobs", "--state", "failed", "--json"}));
  ASSERT_EQ(jobs.jobs_size(), 1);
  const std::string id = jobs.jobs(0).name().substr(5);
  EXPECT_THAT(said.out, HasSubstr("ventral logs " + id));
  const Said logs = Run({"logs", id});
  EXPECT_THAT(logs.out, HasSubstr("invalid_checkpoint"));
  const auto attempts = Parsed<v1::ListJobAttemptsResponse>(Run({"logs", id, "--json"}));
  ASSERT_EQ(attempts.attempts_size(), 1);
  EXPECT_EQ(attempts.attempts(0).failure().cause(), v1::FAILURE_CAUSE_INVALID_CHECKPOINT);
}

TEST_F(CliJobs, AreNotMadeOfWhatIsNotThere) {
  const std::string teacher = (simulated_ / "teacher.pt2").string();
  const struct {
    std::vector<std::string> line;
    int code;
    const char* says;
  } cases[] = {
      {{"submit", (scratch() / "none.pt2").string(), "--name", "n", "--pack", "simulated-cortex"},
       4,
       "none.pt2"},
      {{"submit", scratch().string(), "--name", "n", "--pack", "simulated-cortex"}, 5, "no file"},
      {{"submit", teacher, "--name", "n", "--pack", "nonesuch"}, 4, "nonesuch"},
      {{"submit", teacher, "--name", "n", "--pack", "simulated-cortex", "--pack", "nonesuch"},
       4,
       "nonesuch"},
      {{"submit", teacher, "--name", "No Such", "--pack", "simulated-cortex"}, 5, "No Such"},
      {{"submit", teacher, "--name", "n", "--pack", "simulated-cortex", "--metadata", "[1"},
       5,
       "--metadata"},
  };
  for (const auto& c : cases) {
    const Said said = Run(c.line);
    EXPECT_EQ(said.exit_code, c.code) << said.errors;
    EXPECT_THAT(said.errors, HasSubstr(c.says));
    EXPECT_THAT(said.out, IsEmpty());
  }
  EXPECT_EQ(Run({"jobs"}).out, "no jobs\n");
  EXPECT_EQ(Run({"models"}).out, "no models\n");
}

TEST_F(CliJobs, CarryWhatTheirModelIs) {
  const Said said = Run({"submit",          (simulated_ / "teacher.pt2").string(),
                         "--name",          "net",
                         "--display-name",  "The Net",
                         "--architecture",  "ResNet-50",
                         "--training-data", "ImageNet-1k",
                         "--objective",     "classification",
                         "--learning-rule", "SGD",
                         "--licence",       "MIT",
                         "--reference",     "a paper",
                         "--metadata",      R"({"epochs": 90})",
                         "--pack",          "simulated-cortex"});
  ASSERT_EQ(said.exit_code, 0) << said.errors;
  EXPECT_THAT(said.out, HasSubstr("ventral watch "));
  const auto models = Parsed<v1::ListModelsResponse>(Run({"models", "--json"}));
  ASSERT_EQ(models.models_size(), 1);
  const v1::Model& model = models.models(0);
  EXPECT_EQ(model.display_name(), "The Net");
  EXPECT_EQ(model.architecture(), "ResNet-50");
  EXPECT_EQ(model.training_data(), "ImageNet-1k");
  EXPECT_EQ(model.objective(), "classification");
  EXPECT_EQ(model.learning_rule(), "SGD");
  EXPECT_EQ(model.licence(), "MIT");
  EXPECT_EQ(model.reference(), "a paper");
  EXPECT_EQ(model.metadata().fields().at("epochs").number_value(), 90);
  EXPECT_THAT(Run({"show", "net"}).out, HasSubstr("learning rule: SGD"));
  EXPECT_THAT(Run({"show", "net"}).out, HasSubstr("no scores yet"));
}

}  // namespace
}  // namespace ventral::testing
