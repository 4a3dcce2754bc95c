// What a sealed process can no longer do: each is tried, inside one, and its effect looked for.
#include "worker/sandbox/seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/support/files.h"
#include "worker/sandbox/child.h"
#include "worker/sandbox/layers.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Ended {
  ChildOutcome outcome;
  std::string said, log;
};

Ended RunSealed(const std::vector<std::string>& arguments, bool isolate = true) {
  auto child = Child::Start({VENTRAL_SEALED_PROGRAM, arguments, {}, false, isolate});
  EXPECT_TRUE(child.ok()) << child.error().ToString();
  Ended ended;
  char buffer[4096];
  ssize_t got = 0;
  while ((got = read(child->from_child(), buffer, sizeof buffer)) > 0)
    ended.said.append(buffer, static_cast<std::size_t>(got));
  ended.outcome = child->Wait();
  ended.log = child->LogTail();
  return ended;
}

struct Refusal {
  const char* name;
  const char* call;
};

class RefusedCallTest : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedCallTest, EndsTheProcessAndIsNamed) {
  const testing::ScratchFolder scratch;
  const auto file = scratch.path() / "target";
  if (std::string(GetParam().name) != "create") testing::WriteFile(file, "here");
  for (const bool isolate : {true, false}) {
    for (const bool in_thread : {false, true}) {
      std::vector<std::string> arguments = {GetParam().name, file.string()};
      if (in_thread) arguments.push_back("thread");
      const Ended ended = RunSealed(arguments, isolate);
      EXPECT_EQ(ended.outcome.ToString(),
                std::string("killed by signal 31 (SIGSYS) for its system call ") + GetParam().call)
          << ended.log;
      EXPECT_FALSE(ended.outcome.killed_by_us);
    }
  }
  // The effect did not happen.
  EXPECT_EQ(std::filesystem::exists(file), std::string(GetParam().name) != "create");
}

INSTANTIATE_TEST_SUITE_P(
    Calls, RefusedCallTest,
    ::testing::Values(Refusal{"openat", "openat"}, Refusal{"create", "openat"},
                      Refusal{"unlink", "unlink"}, Refusal{"stat", "access"},
                      Refusal{"socket", "socket"}, Refusal{"socketpair", "socketpair"},
                      Refusal{"fork", "clone"}, Refusal{"clone3", "clone3"},
                      Refusal{"exec", "execve"}, Refusal{"attach", "ptrace"},
                      Refusal{"kill", "kill"}, Refusal{"signal", "tgkill"},
                      Refusal{"read_memory", "process_vm_readv"}, Refusal{"ring", "io_uring_setup"},
                      Refusal{"namespace", "unshare"}, Refusal{"privileges", "setuid"},
                      Refusal{"write_elsewhere", "write"}, Refusal{"map_file", "mmap"},
                      Refusal{"raise_limits", "prlimit64"}, Refusal{"unseal", "seccomp"}),
    [](const auto& refusal) { return std::string(refusal.param.name); });

TEST(SealTest, ComputingGoesOn) {
  const Ended ended = RunSealed({"compute"});
  EXPECT_EQ(ended.outcome.ToString(), "exited with status 0") << ended.log;
  EXPECT_EQ(ended.said, "exceptions work, 1.000000\n");
}

// glibc blocks all signals while it makes one, so that the call cannot be named.
TEST(SealTest, NoThreadIsMade) {
  const Ended ended = RunSealed({"thread"});
  EXPECT_EQ(ended.outcome.kind, ChildOutcome::Kind::kSignalled);
  EXPECT_EQ(ended.outcome.status, SIGSYS);
}

TEST(SealTest, MemoryEndsInAnError) {
  EXPECT_EQ(RunSealed({"fill_memory"}).outcome.ToString(), "exited with status 3");
}

TEST(SealTest, ProcessorTimeEnds) {
  EXPECT_EQ(RunSealed({"spin"}).outcome.status, kProcessorTimeStatus);
}

TEST(SealTest, ACrashIsNoRefusal) {
  for (const bool isolate : {true, false}) {
    for (const char* name : {"abort", "crash"}) {
      const Ended ended = RunSealed({name}, isolate);
      EXPECT_EQ(ended.outcome.kind, ChildOutcome::Kind::kSignalled) << name;
      EXPECT_NE(ended.outcome.status, SIGSYS) << name;
      EXPECT_THAT(ended.outcome.refused_call, IsEmpty()) << name;
    }
  }
}

TEST(ConfineTest, SaysWhatIsActive) {
  const Ended plain = RunSealed({"report"}, false);
  EXPECT_THAT(plain.said, ::testing::StartsWith("privileges, limits"));
  EXPECT_THAT(plain.said, HasSubstr("without namespaces (not asked for)"));
  EXPECT_THAT(plain.said, HasSubstr("without empty_root (it needs namespaces)"));
}

TEST(ConfineTest, NamespacesGiveAnEmptyRootWhereTheKernelHasThem) {
  const Ended report = RunSealed({"report"});
  if (report.said.find("namespaces, empty_root") == std::string::npos) {
    GTEST_SKIP() << "no namespaces here: " << report.said;
  }
  EXPECT_EQ(RunSealed({"confined"}).said, "No such file or directory, 1\n");
}

TEST(RefusedCallText, IsReadFromTheLogsLastLine) {
  EXPECT_EQ(RefusedCall("a\nseal: refused system call 0\n"), "read");
  EXPECT_EQ(RefusedCall("seal: refused system call 99999\n"), "call 99999");
  EXPECT_EQ(RefusedCall("not a seal: refused system call 0\n"), std::nullopt);
  EXPECT_EQ(RefusedCall("seal: refused system call x\n"), std::nullopt);
  EXPECT_EQ(RefusedCall(""), std::nullopt);
}

TEST(RequiredLayers, AreReadAndHeldAgainstWhatIsThere) {
  EXPECT_THAT(*ParseRequiredLayers("standard"), IsEmpty());
  EXPECT_EQ(ParseRequiredLayers("strict")->size(), kOptionalLayers.size());
  EXPECT_EQ(*ParseRequiredLayers("landlock,namespaces"),
            (std::vector<std::string>{"landlock", "namespaces"}));
  for (const char* bad : {"", "strict,landlock", "fence", "landlock,,namespaces", ","})
    EXPECT_FALSE(ParseRequiredLayers(bad).ok()) << bad;
  const SandboxReport report{{"privileges", "namespaces"}, {{"landlock", "not in this kernel"}}};
  EXPECT_TRUE(CheckRequired(report, {"namespaces"}).ok());
  EXPECT_THAT(CheckRequired(report, {"namespaces", "landlock"}).error().message,
              HasSubstr("without landlock (not in this kernel)"));
  EXPECT_FALSE(CheckRequired(report, {"empty_root"}).ok());
}

}  // namespace
}  // namespace ventral
