// What a device's loop says of its worker, and passes on to its jobs.
#include "worker/daemon/device_loop.h"

#include <gmock/gmock.h>
#include <signal.h>

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
}

TEST(MemoryBudget, IsRaisedAsFarAsTheMachineHasIt) {
  EXPECT_EQ(RaisedBudget(1000, 2), 2000u);
  EXPECT_EQ(RaisedBudget(1000, 0), 1000u) << "of a server that does not say";
  EXPECT_EQ(RaisedBudget(1000, -5), 1000u);
  const std::uint64_t machine = MachineMemory();
  ASSERT_GT(machine, 0u);
  EXPECT_EQ(RaisedBudget(machine - 1, 2), machine);
  EXPECT_EQ(RaisedBudget(machine + 1, 2), machine + 1) << "what its operator gave it stays";
  EXPECT_EQ(RaisedBudget(~0ull, 16), ~0ull);
}

}  // namespace
}  // namespace ventral
