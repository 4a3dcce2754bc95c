// What is asked of evaluator and extractor, each in one frame of JSON. Decoders check types, ranges
// and sizes; a decoder's error is corrupt_data and names the field.
#ifndef VENTRAL_WORKER_PROTOCOL_REQUESTS_H_
#define VENTRAL_WORKER_PROTOCOL_REQUESTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/result.h"

namespace ventral {

struct RunLimits {
  std::string device = "cpu";                      // "cpu", "cuda:0"
  std::uint64_t memory_budget_bytes = 4ull << 30;  // activations held between batches
  std::int64_t batch_size = 16;
  int threads = 0;               // 0: all
  double processor_seconds = 0;  // of the extractor's threads together; 0: no limit
  std::vector<std::string>
      required_sandbox;               // layers without which nothing is run (sandbox/layers.h)
  bool torchscript = false;           // also run TorchScript checkpoints
  std::vector<std::string> layers;    // patterns; none: those that the checkpoint names
  std::string precision = "float32";  // "bfloat16", "float16"
  std::int64_t samples = 0;           // of a stochastic network; 0: as the checkpoint says
  std::int64_t seed = 0;              // with `samples`
};

struct EvaluateRequest {
  std::string checkpoint;      // absolute path
  std::string pack_directory;  // absolute path
  std::string extractor;       // absolute path of ventral-extract
  RunLimits limits;
  // Absolute path of kept Grams (kept_grams.h): they stand for checkpoint and extractor. Or empty.
  std::string grams = {};
  // Absolute path of the file that the Grams are kept in, if they have at most so many bytes;
  // empty: they are not kept. What came of it is told by a progress message of phase kKeepPhase.
  std::string keep_grams = {};
  std::uint64_t most_kept_bytes = 1ull << 40;
};

struct ExtractRequest {
  std::string checkpoint;            // absolute path
  std::vector<std::string> stimuli;  // absolute paths, in the pack's order
  RunLimits limits;
  // Of the window (sandbox/shared_window.h) that features are wanted in; 0: they are not wanted.
  std::uint64_t feature_window_bytes = 0;
};

std::string Encode(const EvaluateRequest&);
std::string Encode(const ExtractRequest&);

Result<EvaluateRequest> DecodeEvaluateRequest(std::string_view);
Result<ExtractRequest> DecodeExtractRequest(std::string_view);

}  // namespace ventral

#endif  // VENTRAL_WORKER_PROTOCOL_REQUESTS_H_
