#include "client/lib/rdms.h"

#include "client/lib/evaluator_process.h"

namespace ventral::client {

namespace fs = std::filesystem;

Result<RdmsMessage> ComputeRdms(RdmsRequest request, const fs::path& evaluator,
                                const OnRdm& on_rdm) {
  VENTRAL_RETURN_IF_ERROR(CheckFile(request.grams));
  std::error_code error;
  request.grams = fs::absolute(request.grams, error).string();
  if (error) return Unavailable("there is no working folder: " + error.message());
  VENTRAL_ASSIGN_OR_RETURN(
      EvaluatorProcess process,
      EvaluatorProcess::Start(evaluator, FrameType::kRdmsRequest, Encode(request)));
  while (true) {
    VENTRAL_ASSIGN_OR_RETURN(const Frame frame, process.Next());
    if (frame.type == FrameType::kRdms) {
      Result<RdmsMessage> rdms = DecodeRdms(frame.payload);
      if (!rdms.ok()) return BrokenEvaluator(rdms.error().message);
      return rdms;
    }
    if (frame.type != FrameType::kRdm) return BrokenEvaluator("a frame that is not its to send");
    const Result<RdmMessage> rdm = DecodeRdm(frame.payload);
    if (!rdm.ok()) return BrokenEvaluator(rdm.error().message);
    VENTRAL_RETURN_IF_ERROR(on_rdm(*rdm));
  }
}

}  // namespace ventral::client
