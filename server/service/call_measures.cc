#include "server/service/call_measures.h"

#include <chrono>
#include <string>

#include "server/service/code_name.h"
#include "server/service/unread_request.h"
#include "ventral/v1/worker.pb.h"

namespace ventral::service {
namespace {

using grpc::experimental::InterceptionHookPoints;

// "FAILURE_CAUSE_OUT_OF_MEMORY" → "out_of_memory".
std::string CauseOf(v1::FailureCause cause) {
  constexpr std::size_t kPrefix = sizeof("FAILURE_CAUSE_") - 1;
  std::string name = v1::FailureCause_Name(cause);
  if (name.size() <= kPrefix) return "unspecified";
  name.erase(0, kPrefix);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

class CallMeasures final : public grpc::experimental::Interceptor {
 public:
  CallMeasures(std::string method, measures::Measures& measures)
      : method_(std::move(method)), measures_(measures) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE)) {
      UnreadRequest::WhenRead(methods->GetRecvMessage(),
                              [this](const void* message) { Note(message); });
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      Count(methods->GetSendStatus());
    }
    methods->Proceed();
  }

 private:
  // Of what a worker reports, only what is counted.
  void Note(const void* message) {
    if (message == nullptr) return;
    if (method_ == "/ventral.v1.WorkerService/CompleteJob") {
      const auto& provenance =
          static_cast<const v1::CompleteJobRequest*>(message)->report().provenance();
      outcome_ = "succeeded";
      run_.evaluator_peak_bytes = provenance.evaluator_peak_bytes();
      // Kept Grams say how long the network ran when they were made.
      if (provenance.extractor_peak_bytes() == 0) return;
      run_.seconds = provenance.extraction_seconds();
      run_.stimuli = provenance.stimuli();
      run_.extractor_peak_bytes = provenance.extractor_peak_bytes();
    } else if (method_ == "/ventral.v1.WorkerService/FailJob") {
      const auto& failed = *static_cast<const v1::FailJobRequest*>(message);
      outcome_ = failed.released() ? "released" : failed.cancelled() ? "cancelled" : "failed";
      if (outcome_ == "failed") cause_ = CauseOf(failed.failure().cause());
    }
  }

  void Count(const grpc::Status& status) const {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start_;
    measures_.CallEnded(method_, CodeName(status.error_code()), taken.count());
    if (!status.ok() || outcome_.empty()) return;
    measures_.AttemptEnded(outcome_, cause_);
    if (outcome_ == "succeeded") measures_.Reported(run_);
  }

  const std::string method_;
  measures::Measures& measures_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::string outcome_, cause_;
  measures::Measures::Run run_;
};

class CallMeasuresFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallMeasuresFactory(measures::Measures& measures) : measures_(measures) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    return new CallMeasures(info->method(), measures_);
  }

 private:
  measures::Measures& measures_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallMeasures(
    measures::Measures& measures) {
  return std::make_unique<CallMeasuresFactory>(measures);
}

}  // namespace ventral::service
