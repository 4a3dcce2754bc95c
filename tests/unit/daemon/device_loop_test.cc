// What a device's loop says of its worker, and passes on to its jobs.
#include "worker/daemon/device_loop.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <limits>
#include <thread>

#include "scoring/base/version.h"
#include "tests/support/files.h"
#include "tests/unit/daemon/fake_server.h"
#include "worker/daemon/memory_budget.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

TEST(DeviceLoop, SaysWhatTheWorkerIsAndHasItsJobsSealedAsDemanded) {
  signal(SIGPIPE, SIG_IGN);
  testing::FakeServer server;
  const testing::ScratchFolder folder;
  auto cache = BlobCache::Open(folder.path(), Bytes{1 << 20}).value();
  DeviceLoopOptions options;
  options.worker = "w";
  options.node.set_version("0.1.0");
  options.node.add_devices("cpu");
  options.node.add_sandbox("privileges");
  (*options.node.mutable_missing())["landlock"] = "not in this kernel";
  options.limits.threads = 3;
  options.limits.required_sandbox = {"namespaces", "landlock"};
  options.programs = {VENTRAL_FAKE_EVALUATOR, "/nonexistent/extractor"};
  options.once = true;
  options.limits.memory_budget_bytes = 1000;
  options.largest_budget_bytes = 7000;
  v1::Lease lease = server.MakeLease("limits", std::chrono::milliseconds(3000), 100);
  lease.set_memory_factor(2);
  server.Offer(lease);
  ServerLink link(server.address());
  ASSERT_TRUE(RunDeviceLoop(options, link, *cache, {}, {}).ok());
  const auto told = server.told();
  ASSERT_EQ(told.leases.size(), 1u);
  EXPECT_EQ(told.leases[0].worker(), "w");
  EXPECT_EQ(told.leases[0].device(), "cpu");
  EXPECT_EQ(told.leases[0].scorer_version(), kScorerVersion);
  EXPECT_EQ(told.leases[0].node().SerializeAsString(), options.node.SerializeAsString());
  ASSERT_EQ(told.failed.size(), 1u);
  EXPECT_THAT(told.failed[0].log_tail(), HasSubstr("sandbox namespaces landlock"));
  EXPECT_THAT(told.failed[0].log_tail(), HasSubstr("processor 300 s"));
  EXPECT_THAT(told.failed[0].log_tail(), HasSubstr("memory 2000"));
  lease.set_needed_memory_bytes(8000);
  server.Offer(lease);
  ASSERT_TRUE(RunDeviceLoop(options, link, *cache, {}, {}).ok());
  EXPECT_THAT(server.told().failed.back().log_tail(), HasSubstr("memory 7000"));
}

// After a first attempt that ended as the text of its checkpoint says; whether it asks for more.
bool AsksForMoreAfter(const std::string& checkpoint) {
  signal(SIGPIPE, SIG_IGN);
  testing::FakeServer server;
  const testing::ScratchFolder folder;
  auto cache = BlobCache::Open(folder.path(), Bytes{1 << 20}).value();
  DeviceLoopOptions options;
  options.programs = {VENTRAL_FAKE_EVALUATOR, "/nonexistent/extractor"};
  options.first_rest = std::chrono::minutes(10);
  server.Offer(server.MakeLease(checkpoint, std::chrono::milliseconds(3000), 100));
  ServerLink link(server.address());
  std::stop_source drain;
  std::jthread loop(
      [&] { EXPECT_TRUE(RunDeviceLoop(options, link, *cache, drain.get_token(), {}).ok()); });
  EXPECT_TRUE(server.WaitFor([](const auto& told) { return told.failed.size() == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const bool asks = server.told().leases.size() > 1;
  drain.request_stop();
  return asks;
}

TEST(DeviceLoop, RestsAfterAnAttemptThatFailedThroughItsOwnFault) {
  EXPECT_FALSE(AsksForMoreAfter("other report"));
  EXPECT_TRUE(AsksForMoreAfter("failure")) << "which is the checkpoint's";
}

TEST(MemoryBudget, IsRaisedAsFarAsItMayBe) {
  EXPECT_EQ(RaisedBudget(1000, 9000, {2}), 2000u);
  EXPECT_EQ(RaisedBudget(1000, 9000, {0}), 1000u) << "of a server that does not say";
  EXPECT_EQ(RaisedBudget(1000, 9000, {-5, -5}), 1000u);
  EXPECT_EQ(RaisedBudget(1000, 1999, {2}), 1999u);
  EXPECT_EQ(RaisedBudget(1000, 500, {2}), 1000u) << "what its operator gave it stays";
  EXPECT_EQ(RaisedBudget(~0ull, 0, {16}), ~0ull);
}

TEST(MemoryBudget, IsRaisedToWhatIsKnownToBeNeededAndNoFurther) {
  EXPECT_EQ(RaisedBudget(1000, 9000, {2, 7000}), 7000u) << "and not blindly twice";
  EXPECT_EQ(RaisedBudget(1000, 9000, {16, 1001}), 1001u);
  EXPECT_EQ(RaisedBudget(1000, 9000, {2, 10}), 1000u);
  EXPECT_EQ(RaisedBudget(1000, 9000, {1, std::numeric_limits<std::int64_t>::max()}), 9000u);
  EXPECT_EQ(RaisedBudget(1000, 0, {1, 7000}), 1000u);
}

TEST(MemoryBudget, MayBeRaisedToTheMachineUnlessItsOperatorAllowsLess) {
  const std::uint64_t machine = MachineMemory();
  ASSERT_GT(machine, 0u);
  EXPECT_EQ(LargestBudget(1000, 0), machine);
  EXPECT_EQ(LargestBudget(1000, 2000), 2000u);
  EXPECT_EQ(LargestBudget(1000, ~0ull), machine);
  EXPECT_EQ(LargestBudget(1000, 10), 1000u);
  EXPECT_EQ(LargestBudget(machine + 1, 10), machine + 1);
}

TEST(ControlGroupMemory, IsTheLeastOfAllGroupsAbove) {
  const testing::ScratchFolder root;
  const auto groups = [&](const std::string& text) {
    testing::WriteFile(root.path() / "proc/self/cgroup", text);
  };
  const auto limit = [&](const std::string& file, const std::string& text) {
    testing::WriteFile(root.path() / "sys/fs/cgroup" / file, text);
  };
  const auto memory = [&] { return ControlGroupMemory(root.path()); };
  EXPECT_EQ(memory(), ~0ull) << "there are none";
  groups("0::/lab/worker\n");
  EXPECT_EQ(memory(), ~0ull);
  limit("lab/worker/memory.max", "max\n");
  EXPECT_EQ(memory(), ~0ull);
  limit("lab/memory.max", "3000\n");
  EXPECT_EQ(memory(), 3000u) << "of the group above";
  limit("lab/worker/memory.max", "2000\n");
  EXPECT_EQ(memory(), 2000u);
  limit("lab/worker/memory.max", "-1\n");
  EXPECT_EQ(memory(), 3000u) << "what is no number is no limit";
  // In a container: a mount of its own, and the path from outside.
  groups("0::/../../outside\n");
  limit("memory.max", "1500\n");
  EXPECT_EQ(memory(), 1500u);
  // Version 1.
  groups("12:cpu,memory:/docker/1\n3:memoryless:/x\nnonsense\n:\n");
  EXPECT_EQ(memory(), ~0ull);
  limit("memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(memory(), 9223372036854771712u) << "its word for none";
  limit("memory/memory.limit_in_bytes", "1200\n");
  EXPECT_EQ(memory(), 1200u);
}

}  // namespace
}  // namespace ventral
