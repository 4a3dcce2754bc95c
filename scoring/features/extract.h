// Network × stimuli → one Gram a layer and step, within a memory budget.
#ifndef VENTRAL_SCORING_FEATURES_EXTRACT_H_
#define VENTRAL_SCORING_FEATURES_EXTRACT_H_

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/mapped_file.h"
#include "scoring/base/preprocessing.h"
#include "scoring/base/result.h"
#include "scoring/base/units.h"

namespace ventral {

struct ExtractOptions {
  std::string device = "cpu";         // "cpu", "cuda:0"
  Bytes memory_budget{4ull << 30};    // for activations held between batches
  std::int64_t batch_size = 16;       // stimuli
  int threads = 0;                    // 0: as many as were started (StartThreads)
  std::vector<std::string> layers;    // NetworkLimits::layers
  bool torchscript = false;           // NetworkLimits::torchscript
  std::string precision = "float32";  // NetworkLimits::precision
  std::int64_t samples = 0;           // of a stochastic network; 0: as the checkpoint says
  std::uint64_t seed = 0;             // with `samples`
};

struct PlannedLayer {
  LayerId layer;
  std::vector<std::int64_t> shape;  // of what one stimulus makes of it
  std::int64_t features = 0;        // a stimulus: Π shape
  bool inferred = false;
};

// Known before the run, logged, and shown to the submitter.
struct ExtractPlan {
  std::vector<PlannedLayer> layers;
  std::uint64_t activation_bytes = 0;  // stimuli × Σ features × 4
  // ⌈activation_bytes ÷ budget⌉, by whole layers or slices of one; 0 where they cannot be planned,
  // which is the error that Extract ends with
  std::int64_t passes = 0;
  double expected_seconds = 0;  // from the time that one batch took
  std::string extractor;        // program and LibTorch version
  std::string device;
  std::string precision;                                // "float32"
  std::string preprocessing;                            // canonical JSON
  std::map<std::string, std::string> committed_layers;  // region → layer path
};

// Called from the extracting thread, in this order: plan once, then progress, features and grams.
struct ExtractSink {
  std::function<Status(const ExtractPlan&)> plan;
  std::function<Status(std::int64_t done, std::int64_t total, const std::string& message)> progress;
  std::function<Status(Gram)> gram;  // each planned layer once, in no promised order
  // Where features go, if they are wanted: `feature_room` gives a place for at least one feature of
  // all stimuli, and `features` says what was written to it: of features first, first + 1, … of a
  // layer each stimulus after the other. Of every layer all, in order, layer by layer.
  std::function<Result<std::span<float>>()> feature_room;
  std::function<Status(const LayerId&, std::int64_t first, std::int64_t count)> features;
};

// @error invalid_input: the file is no network, states no preprocessing, its input shape does not
// fit,
//   a layer's activations are NaN or infinite (names layer and stimulus), an operator is not
//   allowed.
// @error resource_limit: cannot run within the budget (states the figures).
Status Extract(const FileView& checkpoint, std::span<const FileView> images,
               const ExtractOptions& options, const ExtractSink& sink);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_EXTRACT_H_
