// ventral-evaluate with extractors that are honest, lie, or die.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "scoring/base/digest.h"
#include "tests/support/files.h"
#include "tests/unit/evaluation/evaluator_process.h"
#include "worker/evaluator/run.h"
#include "worker/protocol/frame.h"

namespace ventral {
namespace {

using std::chrono::steady_clock;
using ::testing::ElementsAre;
using testing::EvaluatorAnswer;
using testing::FakeRequest;
using ::testing::HasSubstr;
using testing::ScratchFolder;

std::string TextOf(const EvaluatorAnswer& answer) {
  return "broken: " + answer.broken + "\nlog: " + answer.log;
}

TEST(Evaluator, ReportsAnHonestExtraction) {
  const ScratchFolder scratch;
  const EvaluateRequest request = FakeRequest(scratch.path(), "honest");
  const EvaluatorAnswer answer = testing::Evaluate(request);
  ASSERT_TRUE(answer.report.has_value()) << TextOf(answer);
  const nlohmann::json& report = *answer.report;
  const nlohmann::json& provenance = report["provenance"];
  EXPECT_EQ(provenance["checkpoint_sha256"], DigestOf("honest").hex());
  EXPECT_EQ(provenance["pack"], "eight");
  EXPECT_EQ(provenance["pack_version"], "1.0.0");
  EXPECT_EQ(provenance["pack_digest"].get<std::string>().size(), 64u);
  EXPECT_EQ(provenance["extractor"], "fake");
  EXPECT_FALSE(provenance["scorer_version"].get<std::string>().empty());
  // It said that it took 1e9 seconds.
  EXPECT_LT(provenance["extraction_seconds"].get<double>(), 1000);
  const nlohmann::json& score = report["scores"][0];
  EXPECT_EQ(score["benchmark"], "eight.it.rsa");
  ASSERT_EQ(score["layers"].size(), 2u);  // in the plan's order, not in that of arrival
  EXPECT_EQ(score["layers"][0]["layer"]["path"], "one");
  EXPECT_EQ(score["layers"][1]["layer"]["path"], "three");
  std::vector<std::string> phases;
  for (const ProgressMessage& progress : answer.progress) phases.push_back(progress.phase);
  EXPECT_THAT(phases, ElementsAre("extract", "score"));
  EXPECT_EQ(answer.outcome.ToString(), "exited with status 0");
}

TEST(Evaluator, ShowsItsExtractorNothingButThePathsOfTheStimuli) {
  const ScratchFolder scratch;
  const EvaluatorAnswer answer = testing::Evaluate(FakeRequest(scratch.path(), "spy"));
  EXPECT_TRUE(answer.report.has_value())
      << (answer.failure ? answer.failure->error.message : TextOf(answer));
}

struct Bad {
  std::string scenario;
  FailureCause cause;
  std::string says;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.scenario; }

class BadExtractor : public ::testing::TestWithParam<Bad> {};

TEST_P(BadExtractor, EndsInItsTrueCause) {
  const ScratchFolder scratch;
  const EvaluatorAnswer answer =
      testing::Evaluate(FakeRequest(scratch.path(), GetParam().scenario));
  EXPECT_FALSE(answer.report.has_value());
  ASSERT_TRUE(answer.failure.has_value()) << TextOf(answer);
  EXPECT_EQ(FailureCauseName(answer.failure->cause), FailureCauseName(GetParam().cause));
  EXPECT_THAT(answer.failure->error.message, HasSubstr(GetParam().says));
  EXPECT_EQ(answer.outcome.ToString(), "exited with status 0");
}

constexpr auto kLie = FailureCause::kInvalidCheckpoint;
constexpr auto kDeath = FailureCause::kCrash;

INSTANTIATE_TEST_SUITE_P(
    All, BadExtractor,
    ::testing::Values(
        Bad{"nan", kLie, "layer one"}, Bad{"asymmetric", kLie, "layer one"},
        Bad{"wrong_size", kLie, "layer one"}, Bad{"unpromised", kLie, "layer surprise"},
        Bad{"other_features", kLie, "6 features instead of 5"},
        Bad{"twice", kLie, "layer three came twice"},
        Bad{"missing", kLie, "layer three was promised and never came"},
        Bad{"keep_phase", kLie, "a phase that an extractor does not have"},
        Bad{"nul_in_path", kLie, "a layer's path with a control character"},
        Bad{"gram_first", kLie, "before the plan"}, Bad{"two_plans", kLie, "a second plan"},
        Bad{"wordy", kLie, "more words than an extractor has"},
        Bad{"report", kLie, "does not send"}, Bad{"no_json", kLie, "plan"},
        Bad{"garbage", kLie, "no frame"}, Bad{"huge", kLie, "bytes"},
        Bad{"many_layers", FailureCause::kOutOfMemory, "memory budget"},
        Bad{"own_failure", FailureCause::kOutOfMemory, "needs 9 GiB"},
        Bad{"cannot_plan", FailureCause::kOutOfMemory, "3052 passes"},
        Bad{"boundless", FailureCause::kOutOfMemory, "9223372036854775807 bytes"},
        Bad{"half_a_gram", kDeath, "exited with status 0"},
        Bad{"silent", kDeath, "exited with status 3"}, Bad{"killed", kDeath, "SIGKILL"},
        Bad{"refused", FailureCause::kViolation, "tried the system call openat"},
        Bad{"out_of_time", FailureCause::kTimeout, "processor time"},
        Bad{"segv", kDeath, "SIGSEGV"}, Bad{"mute", kDeath, "closed its pipe"}),
    [](const auto& bad) { return bad.param.scenario; });

TEST(Evaluator, TellsWhatARunTakesBeforeItBegins) {
  const ScratchFolder scratch;
  const EvaluatorAnswer answer = testing::Evaluate(FakeRequest(scratch.path(), "honest"));
  ASSERT_TRUE(answer.report.has_value()) << TextOf(answer);
  ASSERT_EQ(answer.estimates.size(), 1u);
  const EstimateMessage& estimate = answer.estimates[0];
  EXPECT_EQ(estimate.activation_bytes, 2u * 5 * 8 * 4) << "its own arithmetic: the plan said 0";
  EXPECT_EQ(estimate.gram_bytes, 2u * 8 * 8 * 8);
  EXPECT_EQ(estimate.passes, 1);
}

// None of these extractors would ever end, or say what is needed.
TEST(Evaluator, RefusesWhatCannotFitBeforeItRunsAndSaysWhatIsNeeded) {
  const ScratchFolder scratch;
  for (const auto& [scenario, budget, needed] :
       {std::tuple{"many_layers", std::uint64_t{1} << 20, 3002ull * 512 * 3 / 2 + 512},
        std::tuple{"cannot_plan", std::uint64_t{1} << 20, (100'000'005ull + 999) / 1000 * 32},
        std::tuple{"forever", std::uint64_t{1} << 10, 2ull * 512 * 3 / 2 + 512}}) {
    EvaluateRequest request = FakeRequest(scratch.path(), scenario);
    request.limits.memory_budget_bytes = budget;
    const EvaluatorAnswer answer = testing::Evaluate(request);
    ASSERT_TRUE(answer.failure.has_value()) << scenario << TextOf(answer);
    EXPECT_EQ(answer.failure->needed_memory_bytes, needed) << scenario;
    EXPECT_EQ(answer.estimates.size(), 1u) << "told all the same";
    EXPECT_TRUE(answer.progress.empty()) << scenario;
  }
  const EvaluatorAnswer own = testing::Evaluate(FakeRequest(scratch.path(), "own_failure"));
  ASSERT_TRUE(own.failure.has_value());
  EXPECT_EQ(own.failure->needed_memory_bytes, 0u) << "an extractor has no say in it";
}

// Features in shared memory, for the pack whose benchmark needs them.
class BadFeatures : public ::testing::TestWithParam<Bad> {};

TEST_P(BadFeatures, EndInASentence) {
  const ScratchFolder scratch;
  const EvaluatorAnswer answer =
      testing::Evaluate(testing::FakeUnitsRequest(scratch.path(), GetParam().scenario));
  EXPECT_FALSE(answer.report.has_value());
  ASSERT_TRUE(answer.failure.has_value()) << TextOf(answer);
  EXPECT_EQ(FailureCauseName(answer.failure->cause), FailureCauseName(GetParam().cause));
  EXPECT_EQ(answer.failure->error.code, ErrorCode::kCorruptData);
  EXPECT_THAT(answer.failure->error.message, HasSubstr(GetParam().says));
  EXPECT_EQ(answer.outcome.ToString(), "exited with status 0");
}

INSTANTIATE_TEST_SUITE_P(
    All, BadFeatures,
    ::testing::Values(
        Bad{"features_unpromised", kLie, "features of layer surprise came without being promised"},
        Bad{"features_out_of_order", kLie, "features of layer one came from 3, the next is 0"},
        Bad{"features_overlap", kLie, "features of layer one came from 2, the next is 3"},
        Bad{"features_too_many", kLie,
            "there came 6 features of layer one, of which 5 are missing"},
        Bad{"features_none", kLie, "there came 0 features of layer one"},
        Bad{"features_more_than_the_window", kLie, "524288 can come at once"},
        Bad{"features_nan", kLie, "features of layer one have a value that is not finite"},
        Bad{"features_without_shape", kLie, "a layer without a shape"},
        Bad{"features_missing", kLie, "of the 5 features of layer three only 4 came"},
        Bad{"honest", kLie, "of the 5 features of layer one only 0 came"},
        Bad{"features_first", kLie, "features before the plan"}),
    [](const auto& bad) { return bad.param.scenario; });

TEST(Evaluator, TakesNoFeaturesForWhichItDidNotAsk) {
  const ScratchFolder scratch;
  const EvaluatorAnswer answer = testing::Evaluate(FakeRequest(scratch.path(), "features_unasked"));
  ASSERT_TRUE(answer.failure.has_value()) << TextOf(answer);
  EXPECT_THAT(answer.failure->error.message, HasSubstr("for which nobody asked"));
}

// Whatever the parts in which they come; whatever the extractor does to the memory between.
TEST(Evaluator, ScoresFeaturesThatComeInSharedMemory) {
  const ScratchFolder scratch;
  std::vector<nlohmann::json> scores;
  for (const char* scenario :
       {"features_whole", "features_in_parts", "features_unawaited", "features_cut"}) {
    const EvaluatorAnswer answer =
        testing::Evaluate(testing::FakeUnitsRequest(scratch.path(), scenario));
    ASSERT_TRUE(answer.report.has_value())
        << scenario << (answer.failure ? answer.failure->error.message : TextOf(answer));
    const nlohmann::json& report = *answer.report;
    ASSERT_EQ(report["scores"].size(), 2u);
    EXPECT_EQ(report["scores"][1]["benchmark"], "eight.it.rsa");
    scores.push_back(report["scores"][0]);
  }
  EXPECT_EQ(scores[0]["metric"], "nearest_unit");
  ASSERT_EQ(scores[0]["layers"].size(), 2u);
  EXPECT_EQ(scores[0]["layers"][1]["per_neuroid"].size(), 3u);
  // The last two write over what may not have been taken yet: then they lied, and only of
  // themselves.
  EXPECT_EQ(scores[1], scores[0]);
}

// What a frame cannot carry is told instead of being sent in vain: another run would end alike.
TEST(Evaluator, SaysThatAReportIsTooLargeToBeSent) {
  ScoreReport report;
  report.scores.resize(1);
  report.scores[0].layers.resize(1);
  report.scores[0].layers[0].per_neuroid.assign(1000, 0.1);
  const std::size_t bytes = Encode(report).size();
  const auto fits = EncodeWithin(report, Bytes{bytes});
  ASSERT_TRUE(std::holds_alternative<std::string>(fits));
  EXPECT_EQ(std::get<std::string>(fits), Encode(report));
  const auto misfit = EncodeWithin(report, Bytes{bytes - 1});
  ASSERT_TRUE(std::holds_alternative<FailureMessage>(misfit));
  const auto& failure = std::get<FailureMessage>(misfit);
  EXPECT_TRUE(IsFinal(failure.cause));
  EXPECT_THAT(failure.error.message, HasSubstr(std::to_string(bytes) + " bytes"));
  EXPECT_THAT(failure.error.message, HasSubstr("export fewer layers"));
}

// A layer that does not vary is no lie: it has no score, and the others have theirs.
TEST(Evaluator, MarksALayerThatDoesNotVary) {
  const ScratchFolder scratch;
  const EvaluatorAnswer answer = testing::Evaluate(FakeRequest(scratch.path(), "constant"));
  ASSERT_TRUE(answer.report.has_value()) << TextOf(answer);
  EXPECT_THAT(answer.report->dump(), HasSubstr("\"undefined\":\"layer one: "));
}

TEST(Evaluator, BlamesThePackAndNotTheCheckpointForABadPack) {
  const ScratchFolder scratch;
  const EvaluateRequest request = FakeRequest(scratch.path(), "honest");
  const auto manifest = scratch.path() / "pack/pack.json";
  std::string text = testing::ReadFile(manifest);
  text.replace(text.find("\"bootstrap\""), 11, "\"bootstarp\"");
  testing::WriteFile(manifest, text);
  const EvaluatorAnswer answer = testing::Evaluate(request);
  ASSERT_TRUE(answer.failure.has_value()) << TextOf(answer);
  EXPECT_EQ(answer.failure->cause, FailureCause::kInfrastructure);
  EXPECT_THAT(answer.failure->error.message, HasSubstr("benchmark eight.it.rsa"));
  EXPECT_THAT(answer.failure->error.message, HasSubstr("bootstarp"));
}

TEST(Evaluator, SaysWhichFileIsNotThere) {
  const ScratchFolder scratch;
  for (const char* what : {"checkpoint", "pack", "extractor"}) {
    EvaluateRequest request = FakeRequest(scratch.path(), "honest");
    const std::string gone = scratch.path() / "gone";
    if (what == std::string("checkpoint")) request.checkpoint = gone;
    if (what == std::string("pack")) request.pack_directory = gone;
    if (what == std::string("extractor")) request.extractor = gone;
    const EvaluatorAnswer answer = testing::Evaluate(request);
    ASSERT_TRUE(answer.failure.has_value()) << what << TextOf(answer);
    EXPECT_EQ(answer.failure->cause, FailureCause::kInfrastructure) << what;
    EXPECT_THAT(answer.failure->error.message, HasSubstr("gone")) << what;
  }
}

bool IsAlive(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return false;
  return line.substr(line.rfind(')') + 2, 1) != "Z";
}

TEST(Evaluator, TakesItsExtractorWithItWhenItIsKilled) {
  const ScratchFolder scratch;
  const EvaluateRequest request = FakeRequest(scratch.path(), "forever");
  Child evaluator = testing::StartEvaluator();
  ASSERT_TRUE(WriteFrame(evaluator.to_child(), FrameType::kEvaluateRequest, Encode(request)).ok());
  ASSERT_TRUE(ReadFrame(evaluator.from_child(), kControlFrameCap).ok());   // its estimate
  const auto frame = ReadFrame(evaluator.from_child(), kControlFrameCap);  // it has started
  ASSERT_TRUE(frame.ok() && frame->has_value() && (*frame)->type == FrameType::kProgress);
  const pid_t extractor = std::stoi(testing::ReadFile(request.checkpoint + ".pid"));
  ASSERT_TRUE(IsAlive(extractor));
  kill(evaluator.pid(), SIGKILL);
  evaluator.Wait();
  const auto deadline = steady_clock::now() + std::chrono::seconds(20);
  while (IsAlive(extractor) && steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_FALSE(IsAlive(extractor));
}

TEST(Evaluator, TellsItsVersionAndHowItIsUsed) {
  for (const auto& [argument, says, status] : {std::tuple{"--version", "ventral-evaluate ", 0},
                                               {"--help", "Exit status", 0},
                                               {"--no", "", 2}}) {
    Child child = testing::StartEvaluator({argument});
    std::string text(4096, '\0');
    const ssize_t got = read(child.from_child(), text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    EXPECT_THAT(text, HasSubstr(says)) << argument;
    EXPECT_EQ(child.Wait().status, status) << argument;
  }
}

TEST(Evaluator, AnswersARequestThatIsNoneWithAFailure) {
  Child child = testing::StartEvaluator();
  ASSERT_TRUE(WriteFrame(child.to_child(), FrameType::kDone, "{}").ok());
  const auto frame = ReadFrame(child.from_child(), kControlFrameCap);
  ASSERT_TRUE(frame.ok() && frame->has_value());
  ASSERT_EQ((*frame)->type, FrameType::kFailure);
  EXPECT_EQ(DecodeFailure((*frame)->payload)->cause, FailureCause::kInfrastructure);
}

}  // namespace
}  // namespace ventral
