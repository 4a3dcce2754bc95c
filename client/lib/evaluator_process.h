// ventral-evaluate as a child of this process: one request, then its frames.
#ifndef VENTRAL_CLIENT_LIB_EVALUATOR_PROCESS_H_
#define VENTRAL_CLIENT_LIB_EVALUATOR_PROCESS_H_

#include <filesystem>
#include <string_view>

#include "scoring/base/result.h"
#include "worker/protocol/frame.h"
#include "worker/sandbox/child.h"

namespace ventral::client {

class EvaluatorProcess {
 public:
  // Ignores SIGPIPE from then on. The child dies with this object, and with the calling thread.
  // @error not_found if there is no such program; as Next, where it died at once.
  static Result<EvaluatorProcess> Start(const std::filesystem::path& program, FrameType request,
                                        std::string_view payload);
  // The next frame. @error what a failure frame says; internal when it died, with how and the end
  // of its log, or sent what is no frame.
  Result<Frame> Next();

 private:
  explicit EvaluatorProcess(Child child) : child_(std::move(child)) {}
  Error Died();

  Child child_;
};

// internal: what it sent makes no sense.
Error BrokenEvaluator(const std::string& why);

// @error not_found or invalid_input names a file that is not there, or is none.
Status CheckFile(const std::filesystem::path& file);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_EVALUATOR_PROCESS_H_
