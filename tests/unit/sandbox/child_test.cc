#include "worker/sandbox/child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "tests/support/files.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;
using Kind = ChildOutcome::Kind;

Child Shell(const std::string& script) {
  auto child = Child::Start({"/bin/sh", {"-c", script}, {}});
  EXPECT_TRUE(child.ok()) << child.error().ToString();
  return std::move(child).value();
}

std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0)
    text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

// Gone, or a zombie that nobody has reaped yet.
bool IsGone(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  return text.empty() || text[text.rfind(')') + 2] == 'Z';
}

bool BecomesGone(pid_t pid) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    if (IsGone(pid)) return true;
    std::this_thread::yield();
  }
  return false;
}

TEST(Child, SpeaksThroughItsPipesAndExits) {
  Child child = Shell("read line; echo got $line; exit 3");
  ASSERT_EQ(write(child.to_child(), "hello\n", 6), 6);
  child.CloseInput();
  EXPECT_EQ(ReadAll(child.from_child()), "got hello\n");
  EXPECT_EQ(child.Wait().ToString(), "exited with status 3");
  EXPECT_EQ(child.Wait().status, 3);
}

TEST(Child, InheritsNoEnvironmentAndNoDescriptors) {
  setenv("VENTRAL_DATABASE", "secret", 1);
  const int leak = open("/dev/null", O_RDONLY);  // without CLOEXEC, on purpose
  Child child = Shell(
      "/usr/bin/env | grep -v -e '^PWD=' -e '^_=' -e '^SHLVL='; ls /proc/self/fd | wc -l; ls "
      "/proc/$$/fd");
  const std::string said = ReadAll(child.from_child());
  close(leak);
  unsetenv("VENTRAL_DATABASE");
  EXPECT_THAT(said, ::testing::Not(HasSubstr("secret")));
  EXPECT_THAT(said, ::testing::EndsWith("0\n1\n2\n"));
}

TEST(Child, ASignalIsTold) {
  Child child = Shell("kill -SEGV $$");
  const ChildOutcome outcome = child.Wait();
  EXPECT_EQ(outcome.kind, Kind::kSignalled);
  EXPECT_FALSE(outcome.killed_by_us);
  EXPECT_EQ(outcome.ToString(), "killed by signal 11 (SIGSEGV)");
}

TEST(Child, AProgramThatIsMissingIsNamed) {
  const auto child = Child::Start({"/nonexistent/ventral-extract", {}, {}});
  ASSERT_FALSE(child.ok());
  EXPECT_EQ(child.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(child.error().message, HasSubstr("/nonexistent/ventral-extract"));
}

TEST(Child, KillEndsTheWholeGroup) {
  Child child = Shell("sleep 300 & echo $!; wait");
  char line[32] = {};
  ASSERT_GT(read(child.from_child(), line, sizeof line - 1), 0);
  child.Kill();
  EXPECT_TRUE(child.Wait().killed_by_us);
  EXPECT_TRUE(BecomesGone(std::atoi(line)));
}

TEST(Child, WhatItLeftBehindInItsGroupEndsWithIt) {
  Child child = Shell("sleep 300 & echo $!; exit 0");
  char line[32] = {};
  ASSERT_GT(read(child.from_child(), line, sizeof line - 1), 0);
  EXPECT_EQ(child.Wait().ToString(), "exited with status 0");
  EXPECT_TRUE(BecomesGone(std::atoi(line)));
}

TEST(Child, AFloodOfErrorsKeepsItsEndOnly) {
  Child child =
      Shell("i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done; echo the end >&2");
  child.Wait();
  const std::string tail = child.LogTail();
  EXPECT_THAT(tail, HasSubstr("the end"));
  EXPECT_LE(tail.size(), 16u << 10);
}

TEST(Child, DiesWhenItsParentIsKilled) {
  auto parent = Child::Start({VENTRAL_PARENT_PROGRAM, {}, {}});
  ASSERT_TRUE(parent.ok()) << parent.error().ToString();
  char line[100] = {};
  ASSERT_GT(read(parent->from_child(), line, sizeof line - 1), 0);
  std::istringstream pids(line);
  pid_t child = 0;
  ASSERT_TRUE(pids >> child);
  ASSERT_FALSE(IsGone(child));
  kill(parent->pid(), SIGKILL);  // not through Kill, and not its group
  EXPECT_TRUE(BecomesGone(child));
}

// As the evaluator's extractor: in a group of its own, so that only its parent's death tells it.
TEST(Child, ItsOwnChildDiesWhenItsGroupIsKilled) {
  auto middle = Child::Start({VENTRAL_PARENT_PROGRAM, {}, {}});
  ASSERT_TRUE(middle.ok()) << middle.error().ToString();
  char line[100] = {};
  ASSERT_GT(read(middle->from_child(), line, sizeof line - 1), 0);
  const pid_t grandchild = std::atoi(line);
  ASSERT_NE(getpgid(grandchild), getpgid(middle->pid()));
  middle->Kill();
  EXPECT_TRUE(middle->Wait().killed_by_us);
  EXPECT_TRUE(BecomesGone(grandchild));
}

TEST(Child, OneThatLeftItsGroupAndKeepsWritingDoesNotHoldUsUp) {
  Child child = Shell("setsid sh -c 'while :; do echo still here >&2; done' & echo $!; exit 0");
  char line[32] = {};
  ASSERT_GT(read(child.from_child(), line, sizeof line - 1), 0);
  EXPECT_EQ(child.Wait().ToString(), "exited with status 0");
  kill(-std::atoi(line), SIGKILL);
  kill(std::atoi(line), SIGKILL);
}

TEST(Child, StartsWithDefaultSignals) {
  signal(SIGPIPE, SIG_IGN);
  Child child = Shell("kill -PIPE $$; echo ignored");
  EXPECT_EQ(child.Wait().ToString(), "killed by signal 13 (SIGPIPE)");
}

TEST(Child, ErrorsAreForwardedWhereAsked) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const int ours = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  {
    auto child =
        Child::Start({"/bin/sh", {"-c", "echo seen twice >&2"}, {}, /*forward_errors=*/true});
    ASSERT_TRUE(child.ok());
    child->Wait();
    EXPECT_EQ(child->LogTail(), "seen twice\n");
  }
  dup2(ours, STDERR_FILENO);
  for (const int fd : {ours, ends[1]}) close(fd);
  EXPECT_EQ(ReadAll(ends[0]), "seen twice\n");
  close(ends[0]);
}

// Kill and Wait meet in the middle: neither signals a number that is no longer ours.
TEST(Child, KillFromAnotherThreadEndsAWait) {
  Child child = Shell("exec sleep 300");
  std::thread other([&] { child.Kill(); });
  EXPECT_TRUE(child.Wait().killed_by_us);
  other.join();
  child.Kill();
  EXPECT_EQ(child.Wait().status, SIGKILL);
}

TEST(Child, OneThatIgnoresTermAndItsInputIsKilled) {
  Child child = Shell("trap '' TERM INT HUP; while :; do sleep 1; done");
  child.CloseInput();
  child.Kill();
  EXPECT_EQ(child.Wait().ToString(), "killed by signal 9 (SIGKILL)");
}

}  // namespace
}  // namespace ventral
