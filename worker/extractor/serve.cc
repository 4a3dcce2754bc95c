#include "worker/extractor/serve.h"

#include <fcntl.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "scoring/features/extract.h"
#include "spdlog/spdlog.h"
#include "worker/extractor/sealed.h"
#include "worker/protocol/frame.h"
#include "worker/protocol/messages.h"
#include "worker/protocol/requests.h"
#include "worker/sandbox/shared_window.h"

namespace ventral {
namespace {

constexpr int kSent = 0, kFailed = 1, kNoPipe = 2;

Result<ExtractRequest> ReadExtraction(int in) {
  VENTRAL_ASSIGN_OR_RETURN(const auto frame, ReadFrame(in, kControlFrameCap));
  if (!frame) return CorruptData("the request pipe closed before a request came");
  if (frame->type != FrameType::kExtractRequest)
    return CorruptData("the first frame is no extract request");
  return DecodeExtractRequest(frame->payload);
}

PlanMessage MessageOf(const ExtractPlan& plan) {
  PlanMessage message;
  for (const PlannedLayer& layer : plan.layers)
    message.layers.push_back({layer.layer, layer.features, layer.inferred, layer.shape});
  message.activation_bytes = plan.activation_bytes;
  message.passes = plan.passes;
  message.expected_seconds = plan.expected_seconds;
  message.extractor = plan.extractor;
  message.device = plan.device;
  message.precision = plan.precision;
  message.preprocessing = plan.preprocessing;
  message.committed_layers = plan.committed_layers;
  return message;
}

ExtractSink SinkTo(int out, SharedWindow* window) {
  ExtractSink sink;
  sink.plan = [out](const ExtractPlan& plan) {
    spdlog::info("{} layers, {} bytes of activations, {} passes, about {:.1f} s on {}",
                 plan.layers.size(), plan.activation_bytes, plan.passes, plan.expected_seconds,
                 plan.device);
    return WriteFrame(out, FrameType::kPlan, Encode(MessageOf(plan)));
  };
  sink.progress = [out](std::int64_t done, std::int64_t total, const std::string& message) {
    return WriteFrame(out, FrameType::kProgress,
                      Encode(ProgressMessage{"extract", done, total, message}));
  };
  sink.gram = [out](const Gram& gram) { return WriteFrame(out, FrameType::kGram, Encode(gram)); };
  if (window == nullptr) return sink;
  sink.feature_room = [window]() -> Result<std::span<float>> { return window->AwaitRoom(); };
  sink.features = [out](const LayerId& layer, std::int64_t first, std::int64_t count) {
    return WriteFrame(out, FrameType::kFeatures, Encode(FeaturesMessage{layer, first, count}));
  };
  return sink;
}

// What the request names, in memory.
struct ExtractionFiles {
  MappedFile checkpoint;
  std::vector<MappedFile> images;
  std::optional<SharedWindow> window;  // where features are wanted
};

Result<ExtractionFiles> MapExtractionFiles(const ExtractRequest& request) {
  VENTRAL_ASSIGN_OR_RETURN(MappedFile checkpoint, MappedFile::Open(request.checkpoint));
  VENTRAL_ASSIGN_OR_RETURN(std::vector<MappedFile> images, MapAll(request.stimuli));
  ExtractionFiles files{std::move(checkpoint), std::move(images), std::nullopt};
  if (request.feature_window_bytes == 0) return files;
  VENTRAL_ASSIGN_OR_RETURN(SharedWindow window,
                           SharedWindow::Inherit(Bytes{request.feature_window_bytes}));
  files.window.emplace(std::move(window));
  return files;
}

Status Answer(ExtractionFiles& files, const RunLimits& limits, int out) {
  const auto start = std::chrono::steady_clock::now();
  ExtractOptions options;
  options.device = limits.device;
  options.memory_budget = Bytes{limits.memory_budget_bytes};
  options.batch_size = limits.batch_size;
  options.threads = limits.threads;
  options.layers = limits.layers;
  options.torchscript = limits.torchscript;
  options.precision = limits.precision;
  options.samples = limits.samples;
  options.seed = static_cast<std::uint64_t>(limits.seed);
  VENTRAL_RETURN_IF_ERROR(Extract(files.checkpoint.view(), ViewsOf(files.images), options,
                                  SinkTo(out, files.window ? &*files.window : nullptr)));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return WriteFrame(out, FrameType::kDone, Encode(DoneMessage{seconds.count()}));
}

}  // namespace

int TakeStandardOutput() {
  const int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return -1;
  return out;
}

FailureCause CauseOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidInput:
    case ErrorCode::kCorruptData:
      return FailureCause::kInvalidCheckpoint;
    case ErrorCode::kResourceLimit:
      return FailureCause::kOutOfMemory;
    case ErrorCode::kNotFound:
    case ErrorCode::kConflict:
    case ErrorCode::kLeaseLost:
    case ErrorCode::kUnavailable:
    case ErrorCode::kPermission:
    case ErrorCode::kInternal:
      return FailureCause::kInfrastructure;
  }
  return FailureCause::kInfrastructure;
}

int ReportSandbox(int out) {
  const auto sealed = SealExtractor({}, Bytes{0}, out);
  if (!sealed.ok()) {
    spdlog::error("{}", sealed.error().ToString());
    return kFailed;
  }
  const nlohmann::json report = {{"active", sealed->active}, {"missing", sealed->missing}};
  const std::string line = report.dump() + "\n";
  return write(out, line.data(), line.size()) == std::ssize(line) ? kSent : kNoPipe;
}

int SendFailure(int out, FailureCause cause, const Error& error) {
  spdlog::error("{}", error.ToString());
  return WriteFrame(out, FrameType::kFailure, Encode(FailureMessage{cause, error})).ok() ? kFailed
                                                                                         : kNoPipe;
}

int ServeRequest(int in, int out) {
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e ventral-extract %l %v");
  // Until the process is sealed nothing foreign has been read: what fails is never the
  // checkpoint's fault.
  const auto request = ReadExtraction(in);
  if (!request.ok()) {
    return SendFailure(out, FailureCause::kInfrastructure,
                       Internal("bad request", request.error().ToString()));
  }
  auto files = MapExtractionFiles(*request);
  if (!files.ok()) return SendFailure(out, FailureCause::kInfrastructure, files.error());
  const Bytes size{files->checkpoint.view().bytes.size()};
  const auto sealed = SealExtractor(request->limits, size, out);
  if (!sealed.ok()) return SendFailure(out, FailureCause::kInfrastructure, sealed.error());
  const Status status = Answer(*files, request->limits, out);
  return status.ok() ? kSent : SendFailure(out, CauseOf(status.error()), status.error());
}

}  // namespace ventral
