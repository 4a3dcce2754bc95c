#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using ::testing::ElementsAre;

class WorkerPoolRpcTest : public RpcTest {
 protected:
  static v1::LeaseJobRequest Hello(const std::string& worker) {
    v1::LeaseJobRequest request;
    request.set_worker(worker);
    request.set_device("cpu");
    v1::WorkerNode& node = *request.mutable_node();
    node.set_version("0.1.0");
    node.add_devices("cpu");
    for (const char* layer : {"privileges", "limits", "system_calls"}) node.add_sandbox(layer);
    (*node.mutable_missing())["landlock"] = "not in this kernel";
    node.set_memory_bytes(std::int64_t{1} << 40);
    return request;
  }
  grpc::Status Say(const v1::LeaseJobRequest& request) {
    v1::LeaseJobResponse response;
    return Call(*worker_, &WorkerStub::LeaseJob, request, &response);
  }
  v1::ListWorkersResponse List() {
    v1::ListWorkersResponse response;
    EXPECT_TRUE(Call(*pool_, &PoolStub::ListWorkers, v1::ListWorkersRequest(), &response).ok());
    return response;
  }
};

TEST_F(WorkerPoolRpcTest, ListsWhoAskedForAJobAndSaidWhatItIs) {
  EXPECT_EQ(List().workers_size(), 0);
  ASSERT_TRUE(Say(Hello("gpu 3/left")).ok());
  v1::LeaseJobRequest silent = Hello("silent");
  silent.clear_node();
  ASSERT_TRUE(Say(silent).ok());
  clock_.Advance(std::chrono::seconds(4));
  const auto list = List();
  ASSERT_EQ(list.workers_size(), 1);
  const v1::Worker& worker = list.workers(0);
  EXPECT_EQ(worker.name(), "workers/gpu%203%2Fleft");
  EXPECT_EQ(worker.worker(), "gpu 3/left");
  EXPECT_EQ(worker.node().SerializeAsString(), Hello("").node().SerializeAsString());
  EXPECT_EQ(worker.first_seen_time().seconds(), 1767225600);
  EXPECT_EQ(worker.last_seen_time().seconds(), 1767225600);
  EXPECT_EQ(worker.unseen_seconds(), 4);
  EXPECT_EQ(worker.jobs_size(), 0);
}

TEST_F(WorkerPoolRpcTest, AWorkerIsSeenWhileItWorks) {
  const auto job = MakeJob();
  v1::LeaseJobResponse leased;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::LeaseJob, Hello("w"), &leased).ok());
  ASSERT_TRUE(leased.has_lease());
  EXPECT_THAT(List().workers(0).jobs(), ElementsAre(job.name()));
  clock_.Advance(std::chrono::seconds(40));
  EXPECT_EQ(List().workers(0).unseen_seconds(), 40);
  v1::HeartbeatRequest beat;
  beat.set_job(job.name());
  beat.set_lease_token(leased.lease().lease_token());
  v1::HeartbeatResponse kept;
  ASSERT_TRUE(Call(*worker_, &WorkerStub::Heartbeat, beat, &kept).ok());
  EXPECT_EQ(List().workers(0).unseen_seconds(), 0);
  clock_.Advance(std::chrono::seconds(40));
  beat.set_lease_token("another's");
  EXPECT_FALSE(Call(*worker_, &WorkerStub::Heartbeat, beat, &kept).ok());
  EXPECT_EQ(List().workers(0).unseen_seconds(), 40) << "whoever lost the lease is not heard";
}

TEST_F(WorkerPoolRpcTest, RefusesANodeThatIsNone) {
  using Spoil = void (*)(v1::WorkerNode&);
  const std::pair<const char*, Spoil> cases[] = {
      {"node.version", [](auto& node) { node.clear_version(); }},
      {"node.version", [](auto& node) { node.set_version(std::string(101, 'v')); }},
      {"node.devices", [](auto& node) { node.clear_devices(); }},
      {"node.devices", [](auto& node) { node.add_devices(""); }},
      {"node.devices", [](auto& node) { node.add_devices(std::string(101, 'd')); }},
      {"node.devices",
       [](auto& node) {
         while (node.devices_size() < 65) node.add_devices("cpu");
       }},
      {"node.sandbox", [](auto& node) { node.add_sandbox(""); }},
      {"node.sandbox", [](auto& node) { node.add_sandbox("Land Lock"); }},
      {"node.sandbox", [](auto& node) { node.add_sandbox(std::string(65, 's')); }},
      {"node.sandbox",
       [](auto& node) {
         while (node.sandbox_size() < 17) node.add_sandbox("limits");
       }},
      {"node.memory_bytes", [](auto& node) { node.set_memory_bytes(-1); }},
      {"node.missing", [](auto& node) { (*node.mutable_missing())["\x1b[2J"] = "x"; }},
      {"node.missing", [](auto& node) { (*node.mutable_missing())["landlock"] = ""; }},
      {"node.missing",
       [](auto& node) { (*node.mutable_missing())["landlock"] = std::string(501, 'r'); }},
      {"node.missing",
       [](auto& node) {
         for (char c = 'a'; c <= 'q'; ++c) (*node.mutable_missing())[std::string(1, c)] = "x";
       }},
  };
  MakeJob();
  for (const auto& [field, spoil] : cases) {
    auto request = Hello("w");
    spoil(*request.mutable_node());
    const auto status = Say(request);
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << field;
    EXPECT_EQ(WrongFieldIn(status), field) << status.error_message();
  }
  auto request = Hello("w");
  (*request.mutable_node()->mutable_missing())["landlock"] = std::string("a\0b", 3);
  EXPECT_TRUE(Refused(Say(request), grpc::INVALID_ARGUMENT, "NUL"));
  EXPECT_EQ(List().workers_size(), 0);
  EXPECT_FALSE(LeaseJob().job().empty()) << "no refused worker took the job";
}

// protobuf refuses such bytes when it reads the request: no handler sees them.
TEST_F(WorkerPoolRpcTest, RefusesBytesThatAreNoText) {
  auto request = Hello("w");
  request.mutable_node()->set_version("\xff");
  const auto status = Say(request);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(List().workers_size(), 0);
}

TEST_F(WorkerPoolRpcTest, ComesInPages) {
  for (const char* worker : {"c", "a", "b"}) ASSERT_TRUE(Say(Hello(worker)).ok());
  v1::ListWorkersRequest request;
  request.set_page_size(2);
  v1::ListWorkersResponse response;
  ASSERT_TRUE(Call(*pool_, &PoolStub::ListWorkers, request, &response).ok());
  ASSERT_EQ(response.workers_size(), 2);
  EXPECT_EQ(response.workers(1).worker(), "b");
  request.set_page_token(response.next_page_token());
  ASSERT_TRUE(Call(*pool_, &PoolStub::ListWorkers, request, &response).ok());
  ASSERT_EQ(response.workers_size(), 1);
  EXPECT_EQ(response.workers(0).worker(), "c");
  EXPECT_EQ(response.next_page_token(), "");
  request.set_page_token("made up");
  EXPECT_EQ(WrongFieldIn(Call(*pool_, &PoolStub::ListWorkers, request, &response)), "page_token");
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(WrongFieldIn(Call(*pool_, &PoolStub::ListWorkers, request, &response)), "page_size");
}

}  // namespace
}  // namespace ventral::testing
