// Readers of the leaderboard's pages while scores are written: latencies of the calls, as JSON.
// bench_leaderboard ADDRESS SECONDS READERS RATE JOBS_PER_SECOND REPORT.json CHECKPOINTS.txt
// RATE: calls a second of all readers together, begun on time whatever the calls before took, and
// timed from when they were due; 0: each reader asks again at once. REPORT: a ScoreReport, which is
// completed for CHECKPOINTS ("models/x/checkpoints/sha256", one a line) in turn on the report's
// pack: CreateJob, LeaseJob, CompleteJob. The server runs with --accounts off.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

#include "ventral/v1/job.grpc.pb.h"
#include "ventral/v1/score.grpc.pb.h"
#include "ventral/v1/worker.grpc.pb.h"

namespace {

using namespace ventral;
using Clock = std::chrono::steady_clock;

struct Plan {
  std::string address;
  double seconds = 0, rate = 0, jobs_per_second = 0;
  int readers = 0;
  v1::ScoreReport report;
  std::vector<std::string> checkpoints;
};

std::shared_ptr<grpc::Channel> Connect(const Plan& plan) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of one's own
  return grpc::CreateCustomChannel(plan.address, grpc::InsecureChannelCredentials(), arguments);
}

// Seconds of each call, by its kind; what was refused.
class Tally {
 public:
  bool Add(const std::string& kind, Clock::time_point since, const grpc::Status& status) {
    const double taken = std::chrono::duration<double>(Clock::now() - since).count();
    const std::lock_guard lock(mutex_);
    if (status.ok()) {
      seconds_[kind].push_back(taken);
    } else if (++refused_ <= 5) {
      std::cerr << kind << ": " << status.error_message() << '\n';
    }
    return status.ok();
  }
  void Print(std::ostream& out) {
    for (auto& [kind, taken] : seconds_) {
      std::sort(taken.begin(), taken.end());
      const auto share = [&taken = taken](double part) {
        return taken[static_cast<std::size_t>(part * static_cast<double>(taken.size() - 1))];
      };
      out << "\"" << kind << "\": {\"calls\": " << taken.size() << ", \"p50\": " << share(0.5)
          << ", \"p99\": " << share(0.99) << ", \"max\": " << taken.back() << "}, ";
    }
    out << "\"refused\": " << refused_;
  }
  int refused() const { return refused_; }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<double>> seconds_;
  int refused_ = 0;
};

struct Page {
  std::string kind;
  v1::GetLeaderboardRequest request;
};

// A token of the middle of the board.
std::string MiddleOf(v1::ScoreService::Stub& stub, v1::GetLeaderboardRequest request,
                     std::size_t models) {
  request.set_page_size(static_cast<int>(std::clamp<std::size_t>(models / 2, 1, 1000)));
  for (std::size_t rows = 0; rows < models / 2;) {
    grpc::ClientContext context;
    v1::Leaderboard page;
    const auto status = stub.GetLeaderboard(&context, request, &page);
    if (!status.ok()) throw std::runtime_error(status.error_message());
    if (page.next_page_token().empty()) throw std::runtime_error("the board has no middle");
    rows += static_cast<std::size_t>(page.rows_size());
    request.set_page_token(page.next_page_token());
  }
  return request.page_token();
}

// First and middle pages of 100 rows, of all columns and of one.
std::vector<Page> Pages(const Plan& plan) {
  const auto stub = v1::ScoreService::NewStub(Connect(plan));
  std::vector<Page> pages;
  for (const char* columns : {"all", "one"}) {
    v1::GetLeaderboardRequest request;
    if (std::string(columns) == "one") request.add_benchmarks(plan.report.scores(0).benchmark());
    pages.push_back({std::string("first page, ") + columns, request});
    request.set_page_token(MiddleOf(*stub, request, plan.checkpoints.size()));
    pages.push_back({std::string("middle page, ") + columns, request});
  }
  return pages;
}

void Read(const Plan& plan, const std::vector<Page>& pages, int reader, Clock::time_point begin,
          Tally* tally) {
  const auto stub = v1::ScoreService::NewStub(Connect(plan));
  const auto end = begin + std::chrono::duration<double>(plan.seconds);
  for (int call = 0;; ++call) {
    auto due = Clock::now();
    if (plan.rate > 0) {
      due = begin + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>((call * plan.readers + reader) / plan.rate));
      std::this_thread::sleep_until(
          std::min<Clock::time_point>(due, std::chrono::time_point_cast<Clock::duration>(end)));
    }
    if (due >= end) return;
    const Page& page = pages[static_cast<std::size_t>(call + reader) % pages.size()];
    grpc::ClientContext context;
    v1::Leaderboard board;
    tally->Add(page.kind, due, stub->GetLeaderboard(&context, page.request, &board));
  }
}

// One job from its making to its end, for the checkpoint.
void WriteOne(const Plan& plan, v1::JobService::Stub& jobs, v1::WorkerService::Stub& workers,
              const std::string& checkpoint, Tally* tally) {
  v1::CreateJobRequest create;
  create.mutable_job()->set_checkpoint(checkpoint);
  create.mutable_job()->set_pack("packs/" + plan.report.provenance().pack());
  v1::Job job;
  grpc::ClientContext creating, leasing, completing;
  auto begin = Clock::now();
  if (!tally->Add("CreateJob", begin, jobs.CreateJob(&creating, create, &job))) return;
  v1::LeaseJobRequest ask;
  ask.set_worker("bench");
  ask.set_device("cpu");
  v1::LeaseJobResponse leased;
  begin = Clock::now();
  if (!tally->Add("LeaseJob", begin, workers.LeaseJob(&leasing, ask, &leased))) return;
  v1::CompleteJobRequest complete;
  complete.set_job(leased.lease().job());
  complete.set_lease_token(leased.lease().lease_token());
  *complete.mutable_report() = plan.report;
  const std::string& name = leased.lease().checkpoint();
  complete.mutable_report()->mutable_provenance()->set_checkpoint_sha256(
      name.substr(name.rfind('/') + 1));
  v1::CompleteJobResponse response;
  begin = Clock::now();
  tally->Add("CompleteJob", begin, workers.CompleteJob(&completing, complete, &response));
}

void Write(const Plan& plan, Clock::time_point begin, Tally* tally) {
  if (plan.jobs_per_second <= 0) return;
  const auto channel = Connect(plan);
  const auto jobs = v1::JobService::NewStub(channel);
  const auto workers = v1::WorkerService::NewStub(channel);
  for (std::size_t i = 0;; ++i) {
    const std::chrono::duration<double> due(static_cast<double>(i) / plan.jobs_per_second);
    if (due.count() >= plan.seconds) return;
    std::this_thread::sleep_until(begin + due);
    // Far apart, so that they are all over the board.
    WriteOne(plan, *jobs, *workers, plan.checkpoints[i * 7919 % plan.checkpoints.size()], tally);
  }
}

double ProcessorSeconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) {
    std::cerr
        << "usage: bench_leaderboard ADDRESS SECONDS READERS RATE JOBS_PER_SECOND REPORT.json "
           "CHECKPOINTS.txt\n";
    return 2;
  }
  Plan plan{
      argv[1], std::stod(argv[2]), std::stod(argv[4]), std::stod(argv[5]), std::stoi(argv[3]), {},
      {}};
  std::ifstream report(argv[6]), checkpoints(argv[7]);
  const std::string text{std::istreambuf_iterator<char>(report), {}};
  if (!google::protobuf::util::JsonStringToMessage(text, &plan.report).ok()) {
    std::cerr << argv[6] << " is no ScoreReport\n";
    return 2;
  }
  plan.checkpoints.assign(std::istream_iterator<std::string>(checkpoints), {});
  try {
    const auto pages = Pages(plan);
    Tally tally;
    const double processor = ProcessorSeconds();
    const auto begin = Clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < plan.readers; ++i) {
      threads.emplace_back(Read, std::cref(plan), std::cref(pages), i, begin, &tally);
    }
    threads.emplace_back(Write, std::cref(plan), begin, &tally);
    for (auto& thread : threads) thread.join();
    std::cout << "{";
    tally.Print(std::cout);
    std::cout << ", \"seconds\": " << std::chrono::duration<double>(Clock::now() - begin).count()
              << ", \"client_processor_seconds\": " << ProcessorSeconds() - processor << "}\n";
    return tally.refused() == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
