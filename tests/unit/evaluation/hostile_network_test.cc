// Hostile checkpoints through the real, sealed ventral-extract: each ends in its true cause, and
// nothing is left of it.
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <set>

#include "tests/support/files.h"
#include "tests/unit/evaluation/evaluator_process.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

struct Hostile {
  const char* file;  // of make_fixtures.py
  FailureCause cause;
  const char* says;
  double processor_seconds = 0;  // 0: no limit
};

void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.file; }

std::set<std::filesystem::path> FilesIn(const std::filesystem::path& folder) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    files.insert(entry.path());
  return files;
}

class HostileNetwork : public ::testing::TestWithParam<Hostile> {
 protected:
  // What the evaluator leaves behind when it ends becomes a child of this process.
  void SetUp() override { ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); }
};

TEST_P(HostileNetwork, EndsInItsTrueCauseAndLeavesNothing) {
  const auto checkpoint = std::filesystem::path(VENTRAL_FIXTURES) / GetParam().file;
  ASSERT_TRUE(std::filesystem::exists(checkpoint)) << "ctest makes it: network.fixtures";
  const testing::ScratchFolder scratch;
  EvaluateRequest request = testing::FakeRequest(scratch.path(), "unused");
  request.checkpoint = checkpoint;
  request.extractor = std::string(VENTRAL_BIN_DIR) + "/ventral-extract";
  request.limits.threads = 1;
  request.limits.torchscript = true;
  request.limits.processor_seconds = GetParam().processor_seconds;
  const auto before = FilesIn(scratch.path());
  const testing::EvaluatorAnswer answer = testing::Evaluate(request);
  EXPECT_FALSE(answer.report.has_value());
  ASSERT_TRUE(answer.failure.has_value()) << answer.broken << answer.log;
  EXPECT_EQ(FailureCauseName(answer.failure->cause), FailureCauseName(GetParam().cause))
      << answer.failure->error.message;
  EXPECT_THAT(answer.failure->error.message, HasSubstr(GetParam().says));
  EXPECT_EQ(answer.outcome.ToString(), "exited with status 0");

  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a process is left";
  EXPECT_EQ(errno, ECHILD);
  EXPECT_EQ(FilesIn(scratch.path()), before);
  for (const char* made : {"made", "saved"})
    EXPECT_FALSE(std::filesystem::exists(checkpoint.parent_path() / made)) << made;
}

// So that the failures above are known to be the checkpoints' own.
TEST_F(HostileNetwork, AGoodNetworkIsScored) {
  const testing::ScratchFolder scratch;
  EvaluateRequest request = testing::FakeRequest(scratch.path(), "unused");
  request.checkpoint = std::filesystem::path(VENTRAL_FIXTURES) / "whole/net.pt2";
  request.extractor = std::string(VENTRAL_BIN_DIR) + "/ventral-extract";
  const testing::EvaluatorAnswer answer = testing::Evaluate(request);
  EXPECT_TRUE(answer.report.has_value())
      << (answer.failure ? answer.failure->error.message : answer.broken) << answer.log;
}

// Features through the seal: the same to the last bit, in however many passes.
TEST_F(HostileNetwork, UnitsAreScoredAlikeInManyPasses) {
  const testing::ScratchFolder scratch;
  EvaluateRequest request = testing::FakeUnitsRequest(scratch.path(), "unused");
  request.checkpoint = std::filesystem::path(VENTRAL_FIXTURES) / "whole/net.pt2";
  request.extractor = std::string(VENTRAL_BIN_DIR) + "/ventral-extract";
  const testing::EvaluatorAnswer once = testing::Evaluate(request);
  ASSERT_TRUE(once.report.has_value())
      << (once.failure ? once.failure->error.message : once.broken) << once.log;
  EXPECT_EQ((*once.report)["provenance"]["passes"], 1);
  request.limits.memory_budget_bytes = 8 * 4 * 200;
  const testing::EvaluatorAnswer often = testing::Evaluate(request);
  ASSERT_TRUE(often.report.has_value())
      << (often.failure ? often.failure->error.message : often.broken) << often.log;
  EXPECT_GT((*often.report)["provenance"]["passes"], 1);
  EXPECT_EQ((*often.report)["scores"][0]["metric"], "nearest_unit");
  EXPECT_EQ((*often.report)["scores"][0], (*once.report)["scores"][0]);
}

constexpr auto kInvalid = FailureCause::kInvalidCheckpoint;
constexpr auto kMemory = FailureCause::kOutOfMemory;

INSTANTIATE_TEST_SUITE_P(
    All, HostileNetwork,
    ::testing::Values(
        Hostile{"bad/text.pt2", kInvalid, "text.pt2 is no network: not a zip archive"},
        Hostile{"bad/truncated.pt2", kInvalid, "truncated"},
        Hostile{"bad/deep_json.pt2", kInvalid, "nested deeper than 64"},
        Hostile{"bad/gigabyte_of_nodes.pt2", kInvalid, "1073741824 bytes, at most 268435456"},
        Hostile{"bad/many_nodes.pt2", kInvalid, "nodes, at most 500000 are allowed", 30},
        Hostile{"bad/ten_terabytes.pt2", kInvalid, "elements, its record has"},
        Hostile{"bad/from_file.pt2", kInvalid, "this operator is not allowed"},
        Hostile{"bad/recursive.pt2", kInvalid, "as_graph: no field 'graph'"},
        Hostile{"nan/net.pt2", kInvalid, "NaN"},
        Hostile{"greedy/clone_of_expand.pt2", kMemory, "not enough memory"},
        Hostile{"greedy/zeros_10_12.pt2", kMemory, "not enough memory"},
        Hostile{"greedy/slow_repeat.pt2", kMemory, "not enough memory"},
        Hostile{"greedy/size_outside_range.pt2", kInvalid, "the archive says between 100 and 200"},
        Hostile{"greedy/negative_repeats.pt2", kInvalid, "repeats: one is negative"},
        Hostile{"greedy/for_ever.pt2", FailureCause::kTimeout, "processor time", 4},
        Hostile{"hostile_scripts/reads_a_file.pt", kInvalid, "operator aten::from_file"},
        Hostile{"hostile_scripts/makes_a_file.pt", kInvalid, "operator aten::from_file"},
        Hostile{"hostile_scripts/saves_a_file.pt", kInvalid, "operator aten::save"},
        Hostile{"hostile_scripts/forks.pt", kInvalid, "operator prim::fork"},
        Hostile{"hostile_scripts/reads_when_loaded.pt", FailureCause::kViolation,
                "tried the system call openat"},
        Hostile{"hostile_scripts/prints.pt", FailureCause::kTimeout, "processor time", 4},
        Hostile{"hostile_scripts/spins.pt", FailureCause::kTimeout, "processor time", 4},
        Hostile{"hostile_scripts/calls_without_end.pt", kInvalid, "more than 100000 times"},
        Hostile{"hostile_scripts/fills_memory.pt", kMemory, "not enough memory"},
        Hostile{"hostile_scripts/asks_for_too_much.pt", kMemory, "not enough memory"}),
    [](const auto& hostile) {
      return std::filesystem::path(hostile.param.file)
          .replace_extension()
          .string()
          .replace(std::string(hostile.param.file).find('/'), 1, "_");
    });

}  // namespace
}  // namespace ventral
