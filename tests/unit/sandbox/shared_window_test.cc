// Memory between a process and its sealed child.
#include "worker/sandbox/shared_window.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "worker/sandbox/child.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

constexpr Bytes kSize{1 << 20};

Child SealedWith(const SharedWindow& window, Bytes said, bool isolate) {
  auto child = Child::Start({VENTRAL_SEALED_PROGRAM,
                             {"window", std::to_string(said.value)},
                             {},
                             false,
                             isolate,
                             window.descriptor()});
  EXPECT_TRUE(child.ok()) << child.error().ToString();
  return std::move(child).value();
}

// The child makes no system call that the seal refuses, and writes nothing over what is not taken.
TEST(SharedWindow, IsFilledAndTakenInTurns) {
  for (const bool isolate : {true, false}) {
    auto window = SharedWindow::Make(kSize);
    ASSERT_TRUE(window.ok()) << window.error().ToString();
    ASSERT_EQ(window->values().size(), kSize.value / sizeof(float));
    Child child = SealedWith(*window, kSize, isolate);
    char said = 0;
    for (int turn = 1; turn <= 5; ++turn) {
      ASSERT_EQ(read(child.from_child(), &said, 1), 1) << child.LogTail();
      const auto values = window->values();
      EXPECT_EQ(std::count(values.begin(), values.end(), static_cast<float>(turn)),
                std::ssize(values));
      window->Release();
    }
    EXPECT_EQ(read(child.from_child(), &said, 1), 0);
    EXPECT_EQ(child.Wait().ToString(), "exited with status 0") << child.LogTail();
  }
}

// A child that waits for its turn ends with its parent's object, as any other.
TEST(SharedWindow, OneThatIsNeverReleasedHoldsNobodyUp) {
  auto window = SharedWindow::Make(kSize);
  ASSERT_TRUE(window.ok());
  Child child = SealedWith(*window, kSize, true);
  char said = 0;
  ASSERT_EQ(read(child.from_child(), &said, 1), 1);
  child.Kill();
  EXPECT_TRUE(child.Wait().killed_by_us);
}

TEST(SharedWindow, KeepsItsSize) {
  auto window = SharedWindow::Make(kSize);
  ASSERT_TRUE(window.ok());
  EXPECT_NE(ftruncate(window->descriptor(), 0), 0);
  EXPECT_NE(ftruncate(window->descriptor(), 1 << 30), 0);
  EXPECT_EQ(fcntl(window->descriptor(), F_GET_SEALS) & (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL),
            F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  EXPECT_TRUE(fcntl(window->descriptor(), F_GETFD) & FD_CLOEXEC);
}

TEST(SharedWindow, OfAnotherSizeIsRefusedByTheChild) {
  auto window = SharedWindow::Make(kSize);
  ASSERT_TRUE(window.ok());
  Child child = SealedWith(*window, Bytes{kSize.value * 2}, false);
  EXPECT_EQ(child.Wait().ToString(), "exited with status 5");
  EXPECT_THAT(child.LogTail(), HasSubstr("another size"));
}

// Whatever number the descriptor has here, and nothing else is inherited beside it.
TEST(SharedWindow, IsTheOnlyOtherDescriptorOfAChild) {
  auto window = SharedWindow::Make(Bytes{4096});
  ASSERT_TRUE(window.ok());
  const int far = fcntl(window->descriptor(), F_DUPFD_CLOEXEC, 100);
  std::vector<int> numbers = {window->descriptor(), far};
  const int third = fcntl(kSharedDescriptor, F_GETFD) < 0 ? dup2(far, kSharedDescriptor) : -1;
  if (third >= 0) numbers.push_back(third);
  for (const int number : numbers) {
    auto child = Child::Start({"/bin/sh",
                               {"-c", "ls /proc/$$/fd; readlink /proc/$$/fd/3"},
                               {"PATH=/usr/bin:/bin"},
                               false,
                               false,
                               number});
    ASSERT_TRUE(child.ok());
    std::string said;
    char buffer[4096];
    for (ssize_t got = 0; (got = read(child->from_child(), buffer, sizeof buffer)) > 0;) {
      said.append(buffer, static_cast<std::size_t>(got));
    }
    EXPECT_THAT(said, ::testing::StartsWith("0\n1\n2\n3\n/memfd:ventral-features")) << number;
  }
  close(far);
  if (third >= 0) close(third);
}

}  // namespace
}  // namespace ventral
