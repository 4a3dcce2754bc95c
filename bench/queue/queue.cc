// Simulated workers against real servers: makes jobs, leases them all, completes them all.
// bench_queue CHECKPOINT PACK REPORT.json JOBS WORKERS ADDRESS…
// CHECKPOINT: "models/x/checkpoints/sha256"; PACK: "packs/x"; REPORT: a whole ScoreReport for both,
// as 'ventral score --json' prints it. Servers run with --accounts off. Prints seconds and counts
// as JSON.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <mutex>
#include <thread>

#include "ventral/v1/job.grpc.pb.h"
#include "ventral/v1/worker.grpc.pb.h"

namespace {

using namespace ventral;
using Clock = std::chrono::steady_clock;

struct Plan {
  std::string checkpoint, pack;
  v1::ScoreReport report;
  int jobs = 0, workers = 0;
  std::vector<std::string> addresses;
};

// A connection of one's own to one of the servers, in turns.
std::shared_ptr<grpc::Channel> Connect(const Plan& plan, int worker) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(
      plan.addresses[static_cast<std::size_t>(worker) % plan.addresses.size()],
      grpc::InsecureChannelCredentials(), arguments);
}

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

// Runs `work` in each worker's thread; returns the wall time in seconds.
double Together(int workers, const std::function<void(int)>& work) {
  const auto begin = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < workers; ++i) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
  return Seconds(begin);
}

std::atomic<int> refused = 0;

bool Succeeds(const grpc::Status& status) {
  if (!status.ok() && ++refused <= 5) std::cerr << status.error_message() << '\n';
  return status.ok();
}

double Create(const Plan& plan) {
  std::atomic<int> left = plan.jobs;
  return Together(std::min(plan.workers, 16), [&](int worker) {
    const auto stub = v1::JobService::NewStub(Connect(plan, worker));
    while (left-- > 0) {
      v1::CreateJobRequest request;
      request.mutable_job()->set_checkpoint(plan.checkpoint);
      request.mutable_job()->set_pack(plan.pack);
      v1::Job job;
      grpc::ClientContext context;
      Succeeds(stub->CreateJob(&context, request, &job));
    }
  });
}

struct Leased {
  std::mutex mutex;
  std::vector<v1::Lease> leases;
  std::vector<double> seconds;  // of each call
};

double Lease(const Plan& plan, Leased* leased) {
  return Together(plan.workers, [&](int worker) {
    const auto stub = v1::WorkerService::NewStub(Connect(plan, worker));
    v1::LeaseJobRequest request;
    request.set_worker("worker-" + std::to_string(worker));
    request.set_device("cpu");
    for (;;) {
      v1::LeaseJobResponse response;
      grpc::ClientContext context;
      const auto begin = Clock::now();
      if (!Succeeds(stub->LeaseJob(&context, request, &response)) || !response.has_lease()) return;
      const double taken = Seconds(begin);
      const std::lock_guard lock(leased->mutex);
      leased->leases.push_back(response.lease());
      leased->seconds.push_back(taken);
    }
  });
}

double Complete(const Plan& plan, const std::vector<v1::Lease>& leases) {
  std::atomic<std::size_t> next = 0;
  return Together(plan.workers, [&](int worker) {
    const auto stub = v1::WorkerService::NewStub(Connect(plan, worker));
    for (std::size_t at = next++; at < leases.size(); at = next++) {
      v1::CompleteJobRequest request;
      request.set_job(leases[at].job());
      request.set_lease_token(leases[at].lease_token());
      *request.mutable_report() = plan.report;
      v1::CompleteJobResponse response;
      grpc::ClientContext context;
      Succeeds(stub->CompleteJob(&context, request, &response));
    }
  });
}

double Share(std::vector<double> sorted, double share) {
  if (sorted.empty()) return 0;
  std::sort(sorted.begin(), sorted.end());
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    std::cerr << "usage: bench_queue CHECKPOINT PACK REPORT.json JOBS WORKERS ADDRESS…\n";
    return 2;
  }
  Plan plan{argv[1], argv[2], {}, std::stoi(argv[4]), std::stoi(argv[5]), {argv + 6, argv + argc}};
  std::ifstream file(argv[3]);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!google::protobuf::util::JsonStringToMessage(text, &plan.report).ok()) {
    std::cerr << argv[3] << " is no ScoreReport\n";
    return 2;
  }
  const double creating = Create(plan);
  Leased leased;
  const double leasing = Lease(plan, &leased);
  const double completing = Complete(plan, leased.leases);
  std::cout << "{\"jobs\": " << plan.jobs << ", \"leased\": " << leased.leases.size()
            << ", \"refused\": " << refused << ", \"create_seconds\": " << creating
            << ", \"lease_seconds\": " << leasing << ", \"complete_seconds\": " << completing
            << ", \"lease_p50\": " << Share(leased.seconds, 0.5)
            << ", \"lease_p99\": " << Share(leased.seconds, 0.99) << "}\n";
  return refused == 0 ? 0 : 1;
}
