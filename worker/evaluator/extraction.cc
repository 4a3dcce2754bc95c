#include "worker/evaluator/extraction.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <optional>

#include "worker/evaluator/estimate.h"
#include "worker/evaluator/feature_intake.h"
#include "worker/evaluator/promise.h"
#include "worker/protocol/frame.h"
#include "worker/sandbox/child.h"
#include "worker/sandbox/descriptor.h"
#include "worker/sandbox/seal.h"

namespace ventral {
namespace {

FailureMessage Lied(Error error) {
  return {FailureCause::kInvalidCheckpoint,
          std::move(error).Within("what the checkpoint's extractor sent cannot be used")};
}

// How it ended. One that closed its pipe and lives on is given a moment, then killed: it has
// nothing more to say.
ChildOutcome EndOf(Child& child) {
  constexpr int kPatienceMilliseconds = 2000;
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, child.pid(), 0)));
  pollfd waiting{process.get(), POLLIN, 0};
  if (process.get() >= 0 && poll(&waiting, 1, kPatienceMilliseconds) <= 0) child.Kill();
  return child.Wait();
}

// The cause is the first that there was: what ended it, not what it said before.
FailureMessage DeathOf(const ChildOutcome& end) {
  if (end.kind == ChildOutcome::Kind::kSignalled && end.status == SIGSYS) {
    const std::string call =
        end.refused_call.empty() ? "a system call" : "the system call " + end.refused_call;
    return {FailureCause::kViolation,
            InvalidInput("the checkpoint tried " + call +
                         ", which a sealed extractor may not make; nothing came of it")};
  }
  if (end.kind == ChildOutcome::Kind::kExited && end.status == kProcessorTimeStatus) {
    return {FailureCause::kTimeout,
            ResourceLimit("the checkpoint used up the processor time that it was given")};
  }
  return {FailureCause::kCrash,
          Internal(end.killed_by_us
                       ? "the extractor closed its pipe without an answer"
                       : "the extractor died while it ran the checkpoint: " + end.ToString())};
}

// JSON takes up to 64 bytes of memory a byte. A plan has some hundred bytes a layer.
constexpr std::uint64_t kPlanCap = 16ull << 20, kWordsCap = 64ull << 10;

// Reads frames until the last one.
class Conversation {
 public:
  // `window`: where features are wanted, else nullptr.
  Conversation(Child& child, const Pack& pack, SharedWindow* window, Bytes budget,
               const Listener& listener)
      : child_(child),
        pack_(pack),
        stimuli_(static_cast<Eigen::Index>(pack.stimuli.size())),
        window_(window),
        budget_(budget),
        listener_(listener) {}

  std::variant<Extraction, FailureMessage> Hold() {
    while (true) {
      // A Gram's size is taken only once the plan has shown that all of them fit.
      const Bytes cap{promise_ ? std::max(kWordsCap, GramFrameCap(stimuli_)) : kPlanCap};
      Result<std::optional<Frame>> frame = ReadFrame(child_.from_child(), cap);
      // A stream that is cut is a death first, and no lie.
      if (!frame.ok() && frame.error().code == ErrorCode::kUnavailable) return Died();
      if (!frame.ok()) return Lied(std::move(frame).error());
      if (!frame->has_value()) return Died();
      const FrameType type = (*frame)->type;
      const bool is_large = type == FrameType::kPlan || type == FrameType::kGram;
      if (!is_large && (*frame)->payload.size() > kWordsCap)
        return Lied(InvalidInput("more words than an extractor has"));
      if (type == FrameType::kFailure) return Failed((*frame)->payload);
      if (type == FrameType::kDone) return Finish((*frame)->payload);
      if (auto failure = TakeFrame(**frame)) return *failure;
    }
  }

 private:
  std::optional<FailureMessage> TakeFrame(const Frame& frame) {
    switch (frame.type) {
      case FrameType::kPlan:
        return TakePlan(frame.payload);
      case FrameType::kProgress:
        return TakeProgress(frame.payload);
      case FrameType::kGram:
        return TakeGram(frame.payload);
      case FrameType::kFeatures:
        return TakeFeatures(frame.payload);
      default:
        return Lied(InvalidInput("a frame that an extractor does not send"));
    }
  }

  std::optional<FailureMessage> TakePlan(const std::string& payload) {
    if (promise_) return Lied(InvalidInput("a second plan"));
    Result<PlanMessage> plan = DecodePlan(payload);
    if (!plan.ok()) return Lied(std::move(plan).error());
    Result<Promise> promise = Promise::Make(*plan, stimuli_);
    if (!promise.ok()) return Lied(std::move(promise).error());
    Status told = listener_.estimate(EstimateRun(*plan, stimuli_, budget_));
    if (!told.ok()) return Ours(std::move(told).error());
    if (auto misfit = Misfit(*plan, stimuli_, budget_)) return misfit;
    if (auto failure = ExpectFeatures(*plan)) return failure;
    extraction_.plan = std::move(plan).value();
    promise_ = std::move(promise).value();
    return std::nullopt;
  }

  std::optional<FailureMessage> ExpectFeatures(const PlanMessage& plan) {
    if (window_ == nullptr) return std::nullopt;
    std::vector<ComingLayer> coming;
    for (const PlanLayer& layer : plan.layers) {
      if (layer.shape.empty()) return Lied(CorruptData("a layer without a shape"));
      coming.push_back({layer.layer, layer.shape});
    }
    Result<FeatureReadings> readings = FeatureReadings::Begin(pack_, coming, budget_);
    if (!readings.ok() && readings.error().code == ErrorCode::kResourceLimit) {
      return FailureMessage{FailureCause::kOutOfMemory, std::move(readings).error()};
    }
    if (!readings.ok()) return Ours(std::move(readings).error());
    intake_.emplace(plan, stimuli_, *window_, std::move(readings).value());
    return std::nullopt;
  }

  std::optional<FailureMessage> TakeProgress(const std::string& payload) {
    Result<ProgressMessage> progress = DecodeProgress(payload);
    if (!progress.ok()) return Lied(std::move(progress).error());
    // The other phases are the evaluator's own to speak of.
    if (progress->phase != "plan" && progress->phase != "extract") {
      return Lied(InvalidInput("progress in a phase that an extractor does not have"));
    }
    Status told = listener_.progress(*progress);
    if (!told.ok()) return Ours(std::move(told).error());
    return std::nullopt;
  }

  std::optional<FailureMessage> TakeGram(const std::string& payload) {
    if (!promise_) return Lied(InvalidInput("a Gram matrix before the plan"));
    Result<Gram> gram = DecodeGram(payload);
    if (!gram.ok()) return Lied(std::move(gram).error());
    Status taken = promise_->Take(std::move(gram).value());
    if (!taken.ok()) return Lied(std::move(taken).error());
    return std::nullopt;
  }

  std::optional<FailureMessage> TakeFeatures(const std::string& payload) {
    if (window_ == nullptr) return Lied(CorruptData("features, for which nobody asked"));
    if (!intake_) return Lied(CorruptData("features before the plan"));
    Result<FeaturesMessage> features = DecodeFeatures(payload);
    if (!features.ok()) return Lied(std::move(features).error());
    Status taken = intake_->Take(*features);
    if (!taken.ok()) return Lied(std::move(taken).error());
    return std::nullopt;
  }

  std::variant<Extraction, FailureMessage> Finish(const std::string& payload) {
    if (!promise_) return Lied(InvalidInput("an end before the plan"));
    Result<DoneMessage> done = DecodeDone(payload);
    if (!done.ok()) return Lied(std::move(done).error());
    Result<std::vector<Gram>> grams = std::move(*promise_).Finish();
    if (!grams.ok()) return Lied(std::move(grams).error());
    extraction_.grams = std::move(grams).value();
    if (intake_) {
      Result<FeatureReadings> readings = std::move(*intake_).Finish();
      if (!readings.ok()) return Lied(std::move(readings).error());
      extraction_.readings = std::make_shared<const FeatureReadings>(std::move(readings).value());
    }
    // By our own clock: what it says of itself is not believed.
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    extraction_.seconds = seconds.count();
    child_.CloseInput();
    extraction_.peak_bytes = EndOf(child_).peak_bytes;
    return std::move(extraction_);
  }

  std::variant<Extraction, FailureMessage> Failed(const std::string& payload) {
    Result<FailureMessage> failure = DecodeFailure(payload);
    if (!failure.ok()) return Lied(std::move(failure).error());
    failure->needed_memory_bytes = 0;  // what a run needs is not its to say
    return std::move(failure).value();
  }

  FailureMessage Died() {
    child_.CloseInput();
    const ChildOutcome end = EndOf(child_);
    return DeathOf(end);
  }

  Child& child_;
  const Pack& pack_;
  const Eigen::Index stimuli_;
  SharedWindow* const window_;
  const Bytes budget_;  // of all Grams; of what is kept of features, too
  const Listener& listener_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Extraction extraction_;
  std::optional<Promise> promise_;
  std::optional<FeatureIntake> intake_;
};

}  // namespace

FailureMessage Ours(Error error) { return {FailureCause::kInfrastructure, std::move(error)}; }

std::variant<Extraction, FailureMessage> RunExtractor(const EvaluateRequest& request,
                                                      const Pack& pack, const Listener& listener) {
  ExtractRequest extract{request.checkpoint, {}, request.limits};
  std::optional<SharedWindow> window;
  if (NeedsFeatures(pack)) {
    const Bytes size = FeatureWindowBytes(static_cast<Eigen::Index>(pack.stimuli.size()));
    Result<SharedWindow> made = SharedWindow::Make(size);
    if (!made.ok()) return Ours(std::move(made).error());
    window.emplace(std::move(made).value());
    extract.feature_window_bytes = size.value;
  }
  Result<Child> child = Child::Start({request.extractor,
                                      {},
                                      {},
                                      /*forward_errors=*/true,
                                      /*isolate=*/true,
                                      window ? window->descriptor() : -1});
  if (!child.ok()) return Ours(std::move(child).error());
  for (const Stimulus& stimulus : pack.stimuli) extract.stimuli.push_back(stimulus.file.string());
  // A write that fails means that it died: the reading says how.
  const Status sent = WriteFrame(child->to_child(), FrameType::kExtractRequest, Encode(extract));
  (void)sent.ok();
  return Conversation(*child, pack, window ? &*window : nullptr,
                      Bytes{request.limits.memory_budget_bytes}, listener)
      .Hold();
}

}  // namespace ventral
