// Kept Grams through `ventral`: scored again without network, and written as RDMs.
#include <nlohmann/json.hpp>

#include "tests/e2e/cli_fixture.h"
#include "tests/support/files.h"
#include "tests/support/simulated.h"
#include "ventral/v1/job.pb.h"
#include "ventral/v1/score.pb.h"

namespace ventral::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A folder that holds these programs and nothing else.
void CopyPrograms(const fs::path& folder, const std::vector<std::string>& programs) {
  fs::create_directories(folder);
  for (const std::string& program : programs) {
    fs::copy_file(fs::path(VENTRAL_BIN_DIR) / program, folder / program,
                  fs::copy_options::overwrite_existing);
  }
}

// A report without what differs from run to run.
v1::ScoreReport Timeless(v1::ScoreReport report) {
  report.mutable_provenance()->clear_scoring_seconds();
  report.mutable_provenance()->clear_extractor_peak_bytes();
  report.mutable_provenance()->clear_evaluator_peak_bytes();
  return report;
}

std::map<std::string, std::string> FilesIn(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files[entry.path().filename()] = ReadFile(entry.path());
  }
  return files;
}

class CliKeptGrams : public ::testing::Test {
 protected:
  const fs::path simulated_ = SimulatedFolder();
  ScratchFolder scratch_;
  const std::string pack_ = (simulated_ / "simulated-cortex").string();
  const std::string file_ = (scratch_.path() / "student.grams").string();
};

TEST_F(CliKeptGrams, SayTheSameAsTheRunThatKeptThemWithoutAnExtractor) {
  const Said kept = RunVentral({"score", (simulated_ / "student.pt2").string(), "--pack", pack_,
                                "--device", "cpu", "--keep-grams", file_, "--json"});
  ASSERT_EQ(kept.exit_code, 0) << kept.errors;
  CopyPrograms(scratch_.path() / "bin", {"ventral", "ventral-evaluate"});
  const std::string ventral = (scratch_.path() / "bin/ventral").string();
  const Said again =
      Started(ventral, {"score", "--grams", file_, "--pack", pack_, "--json"}, {}).Wait();
  ASSERT_EQ(again.exit_code, 0) << again.errors;
  const auto before = Timeless(Parsed<v1::ScoreReport>(kept));
  const auto after = Timeless(Parsed<v1::ScoreReport>(again));
  ASSERT_EQ(before.scores_size(), 2);
  EXPECT_GT(before.provenance().extraction_seconds(), 0);
  const auto peaks = Parsed<v1::ScoreReport>(kept).provenance();
  EXPECT_GT(peaks.extractor_peak_bytes(), 50 << 20) << "LibTorch alone has more";
  EXPECT_GT(peaks.evaluator_peak_bytes(), 1 << 20);
  EXPECT_EQ(Parsed<v1::ScoreReport>(again).provenance().extractor_peak_bytes(), 0);
  EXPECT_TRUE(before.SerializeAsString() == after.SerializeAsString()) << "not bit for bit";

  const std::string out = (scratch_.path() / "rdms").string();
  const Said rdms = Started(ventral, {"rdms", file_, "--out", out, "--layer", "*"}, {}).Wait();
  ASSERT_EQ(rdms.exit_code, 0) << rdms.errors;
  EXPECT_THAT(rdms.out, HasSubstr("stimuli in " + out));
  const auto index = nlohmann::json::parse(ReadFile(fs::path(out) / "index.json"));
  EXPECT_EQ(index["checkpoint_sha256"], before.provenance().checkpoint_sha256());
  EXPECT_EQ(index["distance"], "correlation");
  const std::size_t n = index["stimuli"].size();
  ASSERT_GT(index["layers"].size(), 0u);
  for (const auto& layer : index["layers"]) {
    const std::string bytes = ReadFile(fs::path(out) / layer["file"].get<std::string>());
    ASSERT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    const std::size_t header =
        static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
    EXPECT_EQ(bytes.size(), 10 + header + 8 * n * n) << "a header, and n × n doubles";
    EXPECT_THAT(bytes.substr(10, header), HasSubstr("'descr': '<f8'"));
  }
}

TEST_F(CliKeptGrams, SayWhatIsWrong) {
  WriteFile(file_, "no Grams at all");
  const std::string network = (simulated_ / "student.pt2").string();
  const struct {
    std::vector<std::string> line;
    int code;
    const char* says;
  } cases[] = {
      {{"score", "--grams", file_, "--pack", pack_}, 5, "cannot be used as kept Grams"},
      {{"score", "--grams", file_ + "x", "--pack", pack_}, 4, "no file"},
      {{"score", "--pack", pack_}, 5, "--grams"},
      {{"score", network, "--grams", file_, "--pack", pack_}, 2, "excludes"},
      {{"score", network, "--pack", pack_, "--keep-grams", "/nonexistent/x"}, 7, "not kept"},
      {{"rdms", file_, "--out", file_ + ".d"}, 5, "cannot be used as kept Grams"},
      {{"rdms", file_ + ".gone", "--out", file_ + ".d"}, 4, "no file"},
      {{"rdms", file_, "--out", file_ + ".d", "--distance", "manhattan"}, 2, "euclidean"},
      {{"rescore"}, 5, "--all-outdated"},
  };
  for (const auto& c : cases) {
    const Said said = RunVentral(c.line);
    EXPECT_EQ(said.exit_code, c.code) << c.line[0] << said.errors;
    EXPECT_THAT(said.errors, HasSubstr(c.says));
  }
}

using CliRescore = CliTest;

// The results of a model's scores, by benchmark and job.
std::map<std::string, std::string> ResultsOf(const v1::ListScoresResponse& scores,
                                             const std::string& job) {
  std::map<std::string, std::string> results;
  for (const v1::Score& score : scores.scores()) {
    if (score.job() == job) {
      results[score.result().benchmark()] = score.result().SerializeAsString();
    }
  }
  return results;
}

TEST_F(CliRescore, MakesTheSameScoresAgainWhereNoExtractorIs) {
  service().StartWorker();
  const Said submitted = Run({"submit", (simulated_ / "student.pt2").string(), "--name", "student",
                              "--pack", "simulated-cortex", "--watch", "--json"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.errors;
  const v1::Job first = Parsed<v1::ListJobsResponse>(submitted).jobs(0);
  EXPECT_EQ(first.kind(), v1::JOB_KIND_SCORE);
  EXPECT_GT(first.grams().size_bytes(), 0);

  // Nothing is outdated.
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"rescore", "student"}, {"rescore", "--all-outdated"}}) {
    const Said nothing = Run(line);
    EXPECT_EQ(nothing.exit_code, 0) << nothing.errors;
    EXPECT_THAT(nothing.out, HasSubstr("nothing to do"));
  }

  service().KillWorker();
  CopyPrograms(scratch() / "bin", {"ventral-worker", "ventral-evaluate"});
  service().StartWorkerIn(scratch() / "bin", {"--rescore-only"});
  const std::string queued = Submit(simulated_ / "random.pt2");  // waits for another worker
  const std::string id = first.name().substr(5);
  const Said rescored = Run({"rescore", id.substr(0, 12), "--force", "--watch", "--json"});
  ASSERT_EQ(rescored.exit_code, 0) << rescored.errors;
  const v1::Job again = Parsed<v1::CreateRescoreJobsResponse>(rescored).jobs(0);
  EXPECT_EQ(again.state(), v1::JOB_STATE_SUCCEEDED);
  EXPECT_EQ(again.kind(), v1::JOB_KIND_RESCORE);
  EXPECT_EQ(again.grams().sha256(), first.grams().sha256());

  const auto scores = Parsed<v1::ListScoresResponse>(Run({"show", "student", "--json"}));
  ASSERT_EQ(scores.scores_size(), 4) << "old ones stay";
  const auto results = ResultsOf(scores, again.name());
  EXPECT_EQ(results.size(), 2u);
  EXPECT_TRUE(results == ResultsOf(scores, first.name())) << "not bit for bit";
  const auto waiting = Parsed<v1::ListJobsResponse>(Run({"jobs", "--state", "queued", "--json"}));
  ASSERT_EQ(waiting.jobs_size(), 1);
  EXPECT_EQ(waiting.jobs(0).name(), "jobs/" + queued);
  EXPECT_THAT(Run({"jobs", "--model", "student"}).out, HasSubstr("rescore"));
}

TEST_F(CliRescore, RdmsOfAJobAreThoseOfTheLaptop) {
  service().StartWorker();
  const std::string network = (simulated_ / "student.pt2").string();
  const Said submitted = Run(
      {"submit", network, "--name", "student", "--pack", "simulated-cortex", "--watch", "--json"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.errors;
  const v1::Job job = Parsed<v1::ListJobsResponse>(submitted).jobs(0);
  const std::string file = (scratch() / "student.grams").string();
  // As many threads as the worker: a sum in another order has other last bits.
  ASSERT_EQ(Run({"score", network, "--pack", (simulated_ / "simulated-cortex").string(), "--device",
                 "cpu", "--threads", "1", "--keep-grams", file})
                .exit_code,
            0);
  for (const std::string& from : {job.name().substr(5, 8), file}) {
    const std::string out = (scratch() / (from == file ? "laptop" : "service")).string();
    const Said said = Run({"rdms", from, "--out", out, "--condensed", "--distance", "euclidean"});
    EXPECT_EQ(said.exit_code, 0) << said.errors;
  }
  const auto files = FilesIn(scratch() / "service");
  EXPECT_GT(files.size(), 1u);
  EXPECT_TRUE(files == FilesIn(scratch() / "laptop")) << "not byte for byte";
}

class CliRescoreNothingKept : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    service().KillServer();
    service().StartServer({"--max-grams-bytes", "0"});
  }
};

TEST_F(CliRescoreNothingKept, SaysSoAndWhatToDo) {
  service().StartWorker();
  const Said submitted = Run({"submit", (simulated_ / "student.pt2").string(), "--name", "student",
                              "--pack", "simulated-cortex", "--watch", "--json"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.errors;
  const v1::Job job = Parsed<v1::ListJobsResponse>(submitted).jobs(0);
  EXPECT_FALSE(job.has_grams());
  const Said rescored = Run({"rescore", "student", "--force"});
  EXPECT_EQ(rescored.exit_code, 6);
  EXPECT_THAT(rescored.errors, HasSubstr("submit the checkpoint again"));
  const Said rdms = Run({"rdms", job.name(), "--out", (scratch() / "rdms").string()});
  EXPECT_EQ(rdms.exit_code, 4);
  EXPECT_THAT(rdms.errors, HasSubstr("submit the checkpoint again"));
  EXPECT_EQ(Run({"rescore", "nobody"}).exit_code, 4);
}

}  // namespace
}  // namespace ventral::testing
