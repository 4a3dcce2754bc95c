// Scores through `ventral`: the service and 'ventral score' say the same, to the last bit.
#include <algorithm>
#include <sstream>

#include "tests/e2e/cli_fixture.h"
#include "ventral/v1/job.pb.h"
#include "ventral/v1/score.pb.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;

using CliScores = CliTest;

// The paragraph of a benchmark, from its name to the end of its table of layers.
std::string Paragraph(const std::string& text, const std::string& benchmark) {
  const auto begin = text.find(benchmark + "   (");
  if (begin == std::string::npos) return "no " + benchmark;
  const auto mark = text.find("\n    score ", begin);  // a line that only the service has
  return text.substr(begin, std::min(mark, text.find("\n\n", begin)) - begin);
}

// The first lines that are not the same.
std::string FirstDifference(const std::string& one, const std::string& other) {
  std::istringstream left(one), right(other);
  std::string a, b;
  while (std::getline(left, a) && std::getline(right, b) && a == b) continue;
  return a + "\n" + b;
}

TEST_F(CliScores, OfTheServiceAreThoseOfTheLaptop) {
  service().StartWorker();
  const std::string file = (simulated_ / "student.pt2").string();
  const std::string pack = (simulated_ / "simulated-cortex").string();
  const Said submitted =
      Run({"submit", file, "--name", "student", "--pack", "simulated-cortex", "--watch"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.errors;
  const Said shown = Run({"show", "student"});
  // As many threads as the worker: a sum in another order has other last bits.
  const std::vector<std::string> laptop = {"score",    file,  "--pack",    pack,
                                           "--device", "cpu", "--threads", "1"};
  const Said scored = Run(laptop);
  ASSERT_EQ(scored.exit_code, 0) << scored.errors;
  for (const char* benchmark :
       {"simulated-cortex.neurons.ridge", "simulated-cortex.subjects.rsa"}) {
    const std::string paragraph = Paragraph(scored.out, benchmark);
    EXPECT_THAT(paragraph, HasSubstr("pool"));
    EXPECT_EQ(Paragraph(shown.out, benchmark), paragraph);
    EXPECT_EQ(Paragraph(submitted.out, benchmark), paragraph);
  }

  std::vector<std::string> as_json = laptop;
  as_json.push_back("--json");
  const auto report = Parsed<v1::ScoreReport>(Run(as_json));
  const auto stored = Parsed<v1::ListScoresResponse>(Run({"show", "student", "--json"}));
  ASSERT_EQ(report.scores_size(), 2);
  ASSERT_EQ(stored.scores_size(), 2);
  for (const v1::Score& score : stored.scores()) {
    const auto& scores = report.scores();
    const auto same = std::find_if(scores.begin(), scores.end(), [&](const auto& other) {
      return other.benchmark() == score.result().benchmark();
    });
    ASSERT_NE(same, scores.end());
    EXPECT_TRUE(same->SerializeAsString() == score.result().SerializeAsString())
        << "not bit for bit:\n"
        << FirstDifference(same->DebugString(), score.result().DebugString());
    EXPECT_EQ(score.provenance().pack_digest(), report.provenance().pack_digest());
  }
}

TEST_F(CliScores, StandOnTheLeaderboard) {
  service().StartWorker();
  const std::string benchmark = "simulated-cortex.neurons.ridge";
  const Said submitted = Run({"submit", (simulated_ / "teacher.pt2").string(), "--name", "teacher",
                              "--pack", "simulated-cortex", "--watch", "--json"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.errors;
  const auto jobs = Parsed<v1::ListJobsResponse>(submitted);
  ASSERT_EQ(jobs.jobs_size(), 1);
  EXPECT_EQ(jobs.jobs(0).state(), v1::JOB_STATE_SUCCEEDED);
  EXPECT_EQ(jobs.jobs(0).scores_size(), 2);

  const Said table = Run({"leaderboard", "--benchmark", benchmark});
  EXPECT_THAT(table.out, HasSubstr("1  teacher"));
  EXPECT_THAT(table.out, HasSubstr("(ceiling)"));
  const auto board =
      Parsed<v1::Leaderboard>(Run({"leaderboard", "--benchmark", benchmark, "--json"}));
  ASSERT_EQ(board.rows_size(), 1);
  EXPECT_THAT(board.benchmarks(), ::testing::ElementsAre(benchmark));
  EXPECT_GT(board.rows(0).cells(0).normalised(), 0.9);
  const std::string other = "simulated-cortex.subjects.rsa";
  const auto both = Parsed<v1::Leaderboard>(
      Run({"leaderboard", "--benchmark", benchmark, "--benchmark", other, "--json"}));
  EXPECT_THAT(both.benchmarks(), ::testing::UnorderedElementsAre(benchmark, other));
  const auto top = Parsed<v1::Leaderboard>(Run({"leaderboard", "--limit", "1", "--json"}));
  EXPECT_EQ(top.rows_size(), 1);
  EXPECT_EQ(top.benchmarks_size(), 2);
  EXPECT_EQ(Run({"leaderboard", "--limit", "0"}).exit_code, 2);

  const std::vector<std::vector<std::string>> unknown = {
      {"leaderboard", "--benchmark", "simulated-cortex.neuron.ridge"},
      {"show", "teacher", "--benchmark", "simulated-cortex.neuron.ridge"}};
  for (const auto& line : unknown) {
    const Said said = Run(line);
    EXPECT_EQ(said.exit_code, 4) << line[0];
    EXPECT_THAT(said.errors, HasSubstr(benchmark)) << "names the nearest";
  }
  EXPECT_EQ(Run({"show", "nobody"}).exit_code, 4);
}

TEST(CliLocalScore, SaysWhatIsWrong) {
  const ScratchFolder scratch;
  WriteFile(scratch.path() / "text.pt2", "this is no network\n");
  const std::string text = (scratch.path() / "text.pt2").string();
  const struct {
    std::vector<std::string> line;
    int code;
    const char* says;
  } cases[] = {
      {{"score", text + "x", "--pack", scratch.path().string()}, 4, "no file"},
      {{"score", text, "--pack", text + "x"}, 4, "no folder"},
      {{"score", text, "--pack", scratch.path().string()}, 4, "pack.json"},
      {{"score", text, "--pack", scratch.path().string(), "--device", "tpu"}, 2, "cuda:N"},
  };
  for (const auto& c : cases) {
    const Said said = RunVentral(c.line);
    EXPECT_EQ(said.exit_code, c.code) << said.errors;
    EXPECT_THAT(said.errors, HasSubstr(c.says));
  }
}

}  // namespace
}  // namespace ventral::testing
