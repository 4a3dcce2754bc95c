#include "client/lib/local_score.h"

#include <gmock/gmock.h>

#include "tests/support/files.h"

namespace ventral::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The evaluator does what the text of the "checkpoint" says.
class LocalScore : public ::testing::Test {
 protected:
  LocalScore() { std::filesystem::create_directory(folder_.path() / "pack"); }

  Result<LocalScores> Run(const std::string& behaviour,
                          const std::filesystem::path& evaluator = VENTRAL_FAKE_EVALUATOR) {
    ventral::testing::WriteFile(folder_.path() / "net.pt2", behaviour);
    return RunOn(folder_.path() / "net.pt2", folder_.path() / "pack", evaluator);
  }
  Result<LocalScores> RunOn(const std::filesystem::path& checkpoint,
                            const std::filesystem::path& pack,
                            const std::filesystem::path& evaluator = VENTRAL_FAKE_EVALUATOR) {
    LocalListener listener;
    listener.progress = [&](const ProgressMessage& progress) {
      progress_.push_back(progress.phase + " " + std::to_string(progress.done) + " " +
                          progress.message);
    };
    listener.estimate = [&](const v1::RunEstimate& estimate) { estimates_.push_back(estimate); };
    return ScoreLocally({checkpoint, pack, {}}, {evaluator, "/nowhere/ventral-extract"}, listener);
  }

  ventral::testing::ScratchFolder folder_;
  std::vector<std::string> progress_;
  std::vector<v1::RunEstimate> estimates_;
};

TEST_F(LocalScore, TellsTheEstimate) {
  ASSERT_TRUE(Run("estimate and report").ok());
  ASSERT_EQ(estimates_.size(), 1u);
  EXPECT_EQ(estimates_[0].activation_bytes(), 1000);
  EXPECT_EQ(estimates_[0].gram_bytes(), 200);
  EXPECT_EQ(estimates_[0].memory_bytes(), 1300);
  EXPECT_EQ(estimates_[0].passes(), 3);
  EXPECT_EQ(estimates_[0].seconds(), 40.5);
  const auto broken = Run("estimate of nothing");
  ASSERT_FALSE(broken.ok());
  EXPECT_THAT(broken.error().message, HasSubstr("frame estimate"));
}

TEST_F(LocalScore, IsTheEvaluatorsReport) {
  const auto scores = Run("progress");
  ASSERT_TRUE(scores.ok()) << scores.error().ToString();
  const v1::ScoreReport* const report = &scores->report;
  ASSERT_EQ(report->scores_size(), 1);
  EXPECT_EQ(report->scores(0).benchmark(), "fake.benchmark");
  EXPECT_EQ(report->scores(0).raw(), 0.1 + 0.2) << "to the last bit";
  EXPECT_THAT(progress_, ElementsAre("extract 3 pass 1 of 2"));
}

TEST_F(LocalScore, SaysWhyThereIsNoReport) {
  const struct {
    const char* behaviour;
    ErrorCode code;
    std::vector<const char*> says;
  } cases[] = {
      {"failure", ErrorCode::kResourceLimit, {"out_of_memory", "needs 7 GiB"}},
      {"exit 3", ErrorCode::kInternal, {"exited with status 3", "log of exit 3"}},
      {"silence", ErrorCode::kInternal, {"before it reported", "log of silence"}},
      {"segfault", ErrorCode::kInternal, {"SIGSEGV"}},
      {"garbage", ErrorCode::kInternal, {"cannot be read"}},
      {"cut", ErrorCode::kInternal, {"cannot be read"}},
      {"wrong frame", ErrorCode::kInternal, {"not its to send"}},
      {"wrong report", ErrorCode::kInternal, {"no ScoreReport", "no_such_field"}},
  };
  for (const auto& c : cases) {
    const auto report = Run(c.behaviour);
    ASSERT_FALSE(report.ok()) << c.behaviour;
    EXPECT_EQ(report.error().code, c.code) << c.behaviour;
    for (const char* part : c.says) EXPECT_THAT(report.error().message, HasSubstr(part));
  }
}

TEST_F(LocalScore, LooksForItsFilesFirst) {
  ventral::testing::WriteFile(folder_.path() / "net.pt2", "report");
  const auto file = folder_.path() / "net.pt2", pack = folder_.path() / "pack";
  const struct {
    std::filesystem::path checkpoint, pack;
    ErrorCode code;
    const char* says;
  } cases[] = {
      {folder_.path() / "missing.pt2", pack, ErrorCode::kNotFound, "no file"},
      {pack, pack, ErrorCode::kInvalidInput, "is no file"},
      {file, folder_.path() / "missing", ErrorCode::kNotFound, "no folder"},
      {file, file, ErrorCode::kInvalidInput, "is no folder"},
  };
  for (const auto& c : cases) {
    const auto report = RunOn(c.checkpoint, c.pack);
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code, c.code) << report.error().message;
    EXPECT_THAT(report.error().message, HasSubstr(c.says));
  }
}

TEST_F(LocalScore, NeedsAnEvaluator) {
  const auto report = Run("report", "/nowhere/ventral-evaluate");
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(report.error().message, HasSubstr("/nowhere/ventral-evaluate"));
}

TEST(ProgramsBesideThis, StandInTheFolderOfTheProgram) {
  const auto programs = ProgramsBesideThis();
  EXPECT_TRUE(std::filesystem::exists(programs.evaluator.parent_path() / "client_test"));
  EXPECT_EQ(programs.evaluator.filename(), "ventral-evaluate");
  EXPECT_EQ(programs.extractor.filename(), "ventral-extract");
}

TEST(ResolveDevice, LeavesWhatWasAskedFor) {
  EXPECT_EQ(ResolveDevice("cpu"), "cpu");
  EXPECT_EQ(ResolveDevice("cuda:3"), "cuda:3");
  EXPECT_EQ(ResolveDevice("auto"), std::filesystem::exists("/dev/nvidia0") ? "cuda:0" : "cpu");
}

}  // namespace
}  // namespace ventral::client
