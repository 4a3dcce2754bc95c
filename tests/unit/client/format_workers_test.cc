#include <gmock/gmock.h>

#include "client/cli/format.h"

namespace ventral::cli {
namespace {

v1::Worker Worker(const std::string& name, std::int64_t unseen) {
  v1::Worker worker;
  worker.set_worker(name);
  worker.set_unseen_seconds(unseen);
  v1::WorkerNode& node = *worker.mutable_node();
  node.set_version("0.1.0");
  node.add_devices("cpu");
  node.add_devices("cuda:0");
  for (const char* layer : {"privileges", "limits", "system_calls"}) node.add_sandbox(layer);
  (*node.mutable_missing())["landlock"] = "not in this kernel";
  return worker;
}

TEST(FormatWorkers, HasOneLineAWorker) {
  v1::ListWorkersResponse workers;
  EXPECT_EQ(FormatWorkers(workers), "");
  *workers.add_workers() = Worker("gpu-1", 3);
  workers.mutable_workers(0)->add_jobs("jobs/1");
  workers.mutable_workers(0)->mutable_node()->set_memory_bytes(std::int64_t{3} << 29);
  *workers.add_workers() = Worker("old\x1b[2J\n", 7200);
  workers.mutable_workers(1)->clear_node();
  EXPECT_EQ(
      FormatWorkers(workers),
      "WORKER    DEVICES      VERSION   MEMORY  JOBS  LAST SEEN  SANDBOX\n"
      "gpu-1     cpu, cuda:0  0.1.0    1.5 GiB     1  3 s ago    privileges, limits, system_calls; "
      "without landlock (not in this kernel)\n"
      "old?[2J?                                    0  2 h ago    none\n");
}

TEST(Ago, CountsInWhatAPersonCountsIn) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {-5, "now"},        {0, "now"},           {1, "1 s ago"},
      {119, "119 s ago"}, {120, "2 min ago"},   {7199, "119 min ago"},
      {7200, "2 h ago"},  {172799, "47 h ago"}, {172800, "2 d ago"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(Ago(seconds), text);
}

}  // namespace
}  // namespace ventral::cli
