#include "worker/evaluator/extraction.h"

#include <optional>

#include "worker/evaluator/promise.h"
#include "worker/protocol/frame.h"
#include "worker/sandbox/child.h"

namespace ventral {
namespace {

FailureMessage Lied(Error error) {
  return {FailureCause::kInvalidCheckpoint, std::move(error).Within("what the checkpoint's extractor sent cannot be used")};
}

FailureMessage Ours(Error error) { return {FailureCause::kInfrastructure, std::move(error)}; }

// Reads frames until the last one.
class Conversation {
 public:
  Conversation(Child& child, const Pack& pack, const ForwardProgress& forward)
      : child_(child), pack_(pack), forward_(forward) {}

  std::variant<Extraction, FailureMessage> Hold() {
    const Bytes cap{std::max(kControlFrameCap.value, GramFrameCap(static_cast<std::int64_t>(pack_.stimuli.size())))};
    while (true) {
      Result<std::optional<Frame>> frame = ReadFrame(child_.from_child(), cap);
      // A stream that is cut is a death first, and no lie.
      if (!frame.ok() && frame.error().code == ErrorCode::kUnavailable) return Died();
      if (!frame.ok()) return Lied(std::move(frame).error());
      if (!frame->has_value()) return Died();
      if ((*frame)->type == FrameType::kFailure) return Failed((*frame)->payload);
      if ((*frame)->type == FrameType::kDone) return Finish((*frame)->payload);
      if (auto failure = TakeFrame(**frame)) return *failure;
    }
  }

 private:
  std::optional<FailureMessage> TakeFrame(const Frame& frame) {
    switch (frame.type) {
      case FrameType::kPlan: return TakePlan(frame.payload);
      case FrameType::kProgress: return TakeProgress(frame.payload);
      case FrameType::kGram: return TakeGram(frame.payload);
      default: return Lied(InvalidInput("a frame that an extractor does not send"));
    }
  }

  std::optional<FailureMessage> TakePlan(const std::string& payload) {
    if (promise_) return Lied(InvalidInput("a second plan"));
    Result<PlanMessage> plan = DecodePlan(payload);
    if (!plan.ok()) return Lied(std::move(plan).error());
    Result<Promise> promise = Promise::Make(*plan, static_cast<Eigen::Index>(pack_.stimuli.size()));
    if (!promise.ok()) return Lied(std::move(promise).error());
    extraction_.plan = std::move(plan).value();
    promise_ = std::move(promise).value();
    return std::nullopt;
  }

  std::optional<FailureMessage> TakeProgress(const std::string& payload) {
    Result<ProgressMessage> progress = DecodeProgress(payload);
    if (!progress.ok()) return Lied(std::move(progress).error());
    Status told = forward_(*progress);
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

  std::variant<Extraction, FailureMessage> Finish(const std::string& payload) {
    if (!promise_) return Lied(InvalidInput("an end before the plan"));
    Result<DoneMessage> done = DecodeDone(payload);
    if (!done.ok()) return Lied(std::move(done).error());
    Result<std::vector<Gram>> grams = std::move(*promise_).Finish();
    if (!grams.ok()) return Lied(std::move(grams).error());
    extraction_.grams = std::move(grams).value();
    extraction_.seconds = done->seconds;
    return std::move(extraction_);
  }

  std::variant<Extraction, FailureMessage> Failed(const std::string& payload) {
    Result<FailureMessage> failure = DecodeFailure(payload);
    if (!failure.ok()) return Lied(std::move(failure).error());
    return std::move(failure).value();
  }

  FailureMessage Died() {
    child_.CloseInput();
    return {FailureCause::kCrash, Internal("the extractor died while it ran the checkpoint: " + child_.Wait().ToString())};
  }

  Child& child_;
  const Pack& pack_;
  const ForwardProgress& forward_;
  Extraction extraction_;
  std::optional<Promise> promise_;
};

}  // namespace

std::variant<Extraction, FailureMessage> RunExtractor(const EvaluateRequest& request, const Pack& pack,
                                                      const ForwardProgress& forward) {
  Result<Child> child = Child::Start({request.extractor, {}, {}, /*forward_errors=*/true});
  if (!child.ok()) return Ours(std::move(child).error());
  ExtractRequest extract{request.checkpoint, {}, request.limits};
  for (const Stimulus& stimulus : pack.stimuli) extract.stimuli.push_back(stimulus.file.string());
  // A write that fails means that it died: the reading says how.
  const Status sent = WriteFrame(child->to_child(), FrameType::kExtractRequest, Encode(extract));
  (void)sent.ok();
  return Conversation(*child, pack, forward).Hold();
}

}  // namespace ventral
