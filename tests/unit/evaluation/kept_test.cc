// Kept Grams: what they say when they are scored again, and files that lie.
#include "worker/evaluator/kept.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "scoring/base/version.h"
#include "tests/support/files.h"
#include "tests/unit/evaluation/evaluator_process.h"
#include "worker/evaluator/kept_file.h"

namespace ventral {
namespace {

using testing::EvaluatorAnswer;
using ::testing::HasSubstr;
using testing::ScratchFolder;

constexpr Bytes kPlenty{1 << 20};

// The pack of eight stimuli, and the Grams of an honest extractor on it.
class Kept : public ::testing::Test {
 protected:
  Kept() : request_(testing::FakeRequest(scratch_.path(), "honest")) {
    request_.keep_grams = file();
    first_ = testing::Evaluate(request_);
    request_.keep_grams.clear();
  }
  std::string file() const { return scratch_.path() / "kept.grams"; }
  // Neither checkpoint nor extractor is there.
  EvaluateRequest Again() const {
    EvaluateRequest again = request_;
    again.checkpoint.clear();
    again.extractor = "/nonexistent/ventral-extract";
    again.grams = file();
    return again;
  }
  // Why the file in its present state is refused, by the function and by the program.
  std::string Refusal() const {
    const auto kept = ReadKept(file(), kPlenty);
    if (kept.ok()) return "it was read";
    EXPECT_EQ(kept.error().code, ErrorCode::kInvalidInput) << kept.error().message;
    EXPECT_THAT(kept.error().message, HasSubstr(file()));
    const EvaluatorAnswer answer = testing::Evaluate(Again());
    EXPECT_FALSE(answer.report.has_value());
    if (!answer.failure) return "the evaluator said nothing: " + answer.broken;
    EXPECT_EQ(answer.failure->error.message, kept.error().message);
    EXPECT_TRUE(IsFinal(answer.failure->cause)) << "another attempt would read the same file";
    return kept.error().message;
  }
  // The extraction that was kept, to be written again with a lie in it.
  KeptExtraction Read() const { return ReadKept(file(), kPlenty).value(); }
  void Write(const KeptExtraction& kept) const {
    ASSERT_TRUE(
        WriteKeptGrams(file(), kept.head, kept.extraction.plan, kept.extraction.grams).ok());
  }

  ScratchFolder scratch_;
  EvaluateRequest request_;
  EvaluatorAnswer first_;
};

TEST_F(Kept, SayTheSameToTheLastBitWithoutCheckpointAndExtractor) {
  ASSERT_TRUE(first_.report.has_value()) << first_.log;
  const EvaluatorAnswer again = testing::Evaluate(Again());
  ASSERT_TRUE(again.report.has_value()) << again.log;
  nlohmann::json before = *first_.report, after = *again.report;
  for (const char* name : {"scoring_seconds", "extractor_peak_bytes", "evaluator_peak_bytes"}) {
    before["provenance"].erase(name);  // what differs from run to run
    after["provenance"].erase(name);
  }
  EXPECT_EQ(after, before);
  EXPECT_EQ(after["scores"].size(), 1u);
}

TEST_F(Kept, AreToldOfAndLeaveNoFileBesideTheirs) {
  std::vector<std::string> phases;
  for (const ProgressMessage& progress : first_.progress) {
    phases.push_back(progress.phase + " " + std::to_string(progress.done));
  }
  EXPECT_THAT(phases, ::testing::ElementsAre("extract 1", "keep 1", "score 0"));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(scratch_.path())) {
    files += entry.path().filename().string().starts_with("kept.grams") ? 1 : 0;
  }
  EXPECT_EQ(files, 1);
  const KeptExtraction kept = Read();
  EXPECT_EQ(kept.head.pack, "eight");
  EXPECT_EQ(kept.head.stimuli.size(), 8u);
  EXPECT_EQ(kept.head.program, std::string("ventral-evaluate ") + kVersion);
  EXPECT_EQ(kept.extraction.grams.size(), 2u);
}

TEST_F(Kept, ThatCannotBeWrittenAreNoReasonToFail) {
  for (const auto& [file, most, says] :
       {std::tuple{"/nonexistent/kept.grams", std::uint64_t{1} << 30, "No such file"},
        {"kept2.grams", std::uint64_t{100}, "at most 100 are kept"}}) {
    request_.keep_grams = scratch_.path() / file;
    request_.most_kept_bytes = most;
    const EvaluatorAnswer answer = testing::Evaluate(request_);
    ASSERT_TRUE(answer.report.has_value()) << answer.log;
    ASSERT_EQ(answer.progress.size(), 3u);
    EXPECT_EQ(answer.progress[1].phase, kKeepPhase);
    EXPECT_EQ(answer.progress[1].done, 0);
    EXPECT_THAT(answer.progress[1].message, HasSubstr(says));
    EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "kept2.grams"));
  }
}

TEST_F(Kept, AreOfTheStimuliAndNotOfTheRecordings) {
  const auto manifest = scratch_.path() / "pack/pack.json";
  std::string text = testing::ReadFile(manifest);
  text.replace(text.find("\"seed\": 1"), 9, "\"seed\": 2");
  testing::WriteFile(manifest, text);
  const EvaluatorAnswer other_seed = testing::Evaluate(Again());
  ASSERT_TRUE(other_seed.report.has_value()) << other_seed.log;
  EXPECT_NE((*other_seed.report)["provenance"]["pack_digest"],
            (*first_.report)["provenance"]["pack_digest"]);

  const std::string image = scratch_.path() / "pack/stimuli/0.png";
  testing::WriteFile(image, testing::ReadFile(scratch_.path() / "pack/stimuli/1.png"));
  const EvaluatorAnswer other_image = testing::Evaluate(Again());
  ASSERT_TRUE(other_image.failure.has_value());
  EXPECT_TRUE(IsFinal(other_image.failure->cause));
  EXPECT_THAT(other_image.failure->error.message, HasSubstr("are others: score the checkpoint"));
}

// A benchmark that needs features: the Grams are kept for other packs, and are no score of this
// one.
TEST(KeptGrams, HaveNoFeatures) {
  const ScratchFolder scratch;
  EvaluateRequest request = testing::FakeUnitsRequest(scratch.path(), "features_whole");
  request.keep_grams = scratch.path() / "kept.grams";
  const EvaluatorAnswer first = testing::Evaluate(request);
  ASSERT_TRUE(first.report.has_value()) << first.log;
  request.grams = request.keep_grams;
  request.keep_grams.clear();
  const EvaluatorAnswer again = testing::Evaluate(request);
  ASSERT_TRUE(again.failure.has_value()) << again.log;
  EXPECT_TRUE(IsFinal(again.failure->cause));
  EXPECT_THAT(again.failure->error.message,
              ::testing::AllOf(HasSubstr("benchmark eight.v4.nearest_unit of pack eight"),
                               HasSubstr("submit the checkpoint again")));
  request.pack_directory = testing::FakeRequest(scratch.path(), "honest").pack_directory;
  const EvaluatorAnswer other = testing::Evaluate(request);
  ASSERT_TRUE(other.report.has_value()) << other.log;
  EXPECT_EQ((*other.report)["scores"][0], (*first.report)["scores"][1]);
}

TEST_F(Kept, AreRefusedWhereverTheyAreCut) {
  const std::string good = testing::ReadFile(file());
  for (std::size_t size = 0; size < good.size(); size += 1 + size / 50) {
    testing::WriteFile(file(), good.substr(0, size));
    const auto kept = ReadKept(file(), kPlenty);
    ASSERT_FALSE(kept.ok()) << size;
    EXPECT_EQ(kept.error().code, ErrorCode::kInvalidInput) << size;
  }
  testing::WriteFile(file(), good.substr(0, good.size() - 1));
  EXPECT_THAT(Refusal(), HasSubstr("cut off"));
  testing::WriteFile(file(), good + "x");
  EXPECT_THAT(Refusal(), HasSubstr("behind its end"));
  testing::WriteFile(file(), "this is no such file, though it is long enough for a header");
  EXPECT_THAT(Refusal(), HasSubstr("cannot be used as kept Grams: it is no file that"));
  testing::WriteFile(file(), good.substr(0, good.rfind("VNTR")) + std::string(16, 'x'));
  EXPECT_THAT(Refusal(), HasSubstr("cannot be used as kept Grams: it is damaged"));
}

// A disk that fails is no damage to the Grams: another attempt may read them.
TEST(KeptGrams, ThatCannotBeReadAreNotRefusedForGood) {
  const auto kept = ReadKept("/proc/self/mem", kPlenty);  // a file whose first page is never mapped
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(kept.error().message, "cannot read /proc/self/mem: Input/output error");
  const auto unopened = ReadKept("/tmp/" + std::string(300, 'x'), kPlenty);
  ASSERT_FALSE(unopened.ok());
  EXPECT_EQ(unopened.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(unopened.error().message, HasSubstr("File name too long"));
}

TEST_F(Kept, AreRefusedWhereOneBitFlips) {
  const std::string good = testing::ReadFile(file());
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 400) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    testing::WriteFile(file(), bad);
    EXPECT_FALSE(ReadKept(file(), kPlenty).ok()) << at;
  }
}

TEST_F(Kept, AreRefusedWithLayersThatChangedPlaces) {
  // In the bytes: what stands there is not what was kept.
  std::string bytes = testing::ReadFile(file());
  const auto gram = bytes.find("VNTR", bytes.find("\"layers\""));
  const auto one = bytes.find("\"path\":\"one\"", gram);
  const auto three = bytes.find("\"path\":\"three\"", gram);
  ASSERT_TRUE(one != std::string::npos && three != std::string::npos);
  bytes.replace(three, 14, "\"path\":\"two\"  ");
  testing::WriteFile(file(), bytes);
  EXPECT_THAT(Refusal(), HasSubstr("layer two came without being promised"));
  bytes.replace(three, 14, "\"path\":\"one\"  ");
  testing::WriteFile(file(), bytes);
  EXPECT_THAT(Refusal(), HasSubstr("layer one came twice"));
}

TEST_F(Kept, WithNamesExchangedAreRefusedByTheirDigest) {
  KeptExtraction kept = Read();
  std::swap(kept.extraction.grams[0].inner, kept.extraction.grams[1].inner);
  std::swap(kept.extraction.grams[0].row_sums, kept.extraction.grams[1].row_sums);
  const std::string good = testing::ReadFile(file());
  Write(kept);
  std::string bytes = testing::ReadFile(file());
  ASSERT_EQ(bytes.size(), good.size());
  // With the end of the file that was.
  const std::size_t end = good.rfind("VNTR");
  testing::WriteFile(file(), bytes.substr(0, end) + good.substr(end));
  EXPECT_THAT(Refusal(), HasSubstr("another SHA-256"));
}

TEST_F(Kept, AreHeldAgainstTheChecksOfAnExtractor) {
  const KeptExtraction good = Read();
  const struct {
    const char* says;
    std::function<void(KeptExtraction&)> spoil;
  } cases[] = {
      {"layer one: NaN or infinite",
       [](auto& kept) { kept.extraction.grams[0].inner(1, 1) = std::nan(""); }},
      {"layer one: NaN or infinite",
       [](auto& kept) {
         kept.extraction.grams[0].row_sums(2) = std::numeric_limits<double>::infinity();
       }},
      {"not symmetric", [](auto& kept) { kept.extraction.grams[1].inner(0, 1) += 1; }},
      {"no activations have such", [](auto& kept) { kept.extraction.grams[0].inner(0, 0) = 0; }},
      {"6 features instead of 5", [](auto& kept) { kept.extraction.grams[0].features = 6; }},
      {"layer three was promised and never came",
       [](auto& kept) { kept.extraction.grams.pop_back(); }},
      {"came twice", [](auto& kept) { kept.extraction.grams.push_back(kept.extraction.grams[0]); }},
      {"the pack has 7 stimuli", [](auto& kept) { kept.head.stimuli.pop_back(); }},
      {"no layer to score", [](auto& kept) { kept.extraction.plan.layers.clear(); }},
      {"checkpoint_sha256: is no SHA-256",
       [](auto& kept) { kept.head.checkpoint_sha256 = "not a digest"; }},
  };
  for (const auto& c : cases) {
    KeptExtraction kept = good;
    c.spoil(kept);
    Write(kept);
    EXPECT_THAT(Refusal(), HasSubstr(c.says));
  }
}

TEST_F(Kept, DoNotPassTheMemoryThatTheyMayTake) {
  const auto kept = ReadKept(file(), Bytes{1000});
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().code, ErrorCode::kResourceLimit);
  EvaluateRequest again = Again();
  again.limits.memory_budget_bytes = 1000;
  const EvaluatorAnswer answer = testing::Evaluate(again);
  ASSERT_TRUE(answer.failure.has_value());
  EXPECT_EQ(answer.failure->cause, FailureCause::kOutOfMemory);
  // Two Grams of eight stimuli, their RDMs, and one on its way.
  EXPECT_EQ(answer.failure->needed_memory_bytes, 2u * 512 * 3 / 2 + 512);
  again.limits.memory_budget_bytes = answer.failure->needed_memory_bytes;
  EXPECT_TRUE(testing::Evaluate(again).report.has_value());
}

TEST_F(Kept, ThatAreNotThereAreNamed) {
  std::filesystem::remove(file());
  const EvaluatorAnswer missing = testing::Evaluate(Again());
  ASSERT_TRUE(missing.failure.has_value());
  EXPECT_EQ(missing.failure->error.code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.failure->error.message, HasSubstr(file()));
  std::filesystem::create_directory(file());
  EXPECT_THAT(Refusal(), HasSubstr("it is no file"));
}

}  // namespace
}  // namespace ventral
