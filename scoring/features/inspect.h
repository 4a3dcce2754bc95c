// What a checkpoint holds, module by module, without a stimulus: `ventral inspect`.
#ifndef VENTRAL_SCORING_FEATURES_INSPECT_H_
#define VENTRAL_SCORING_FEATURES_INSPECT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/mapped_file.h"
#include "scoring/base/result.h"

namespace ventral {

struct InspectedLayer {
  LayerId layer;
  std::vector<std::int64_t> shape;  // of one stimulus; the whole shape where `problem` is set
  std::int64_t parameters = 0;      // of the module and all within it
  double multiply_adds = 0;         // of this call, a stimulus, with all within it
  bool inferred = false;            // the output was guessed, not stated by the checkpoint
  bool scored = false;              // one of the layers that the checkpoint names
  std::string problem;              // why it cannot be scored; empty where it can
};

struct Inspection {
  std::vector<InspectedLayer> layers;             // in the order of execution
  std::map<std::string, std::string> not_layers;  // module call → why it has no output to score
  std::int64_t parameters = 0;                    // of the network
  double multiply_adds = 0;                       // of one stimulus
  std::int64_t least_batch = 1, most_batch = 1;   // stimuli at once
  std::string extractor;                          // program and LibTorch version
  std::string preprocessing;                      // canonical JSON, with samples and seed
  std::map<std::string, std::string> committed_layers;
  std::map<std::string, std::vector<double>> time_map;  // milliseconds
  std::map<std::string, std::string> model;             // the model card
};

// Called once for each layer, with its values in C order; [stimulus × …] for images that were
// given.
using ActivationSink = std::function<Status(
    const LayerId& layer, std::span<const std::int64_t> shape, std::span<const float> values)>;

// Loads `checkpoint` and runs it once on a made-up image or, where `images` is given, on a batch
// that a network takes: .npy, float32, [stimulus × 3 × height × width], preprocessed; values of
// k/255 where it takes whole numbers. On the CPU. A network that draws random numbers is run once,
// from the seed of the first stimulus's first sample, and the batch draws one after the other.
// @error as Extract, with the same words: a file that cannot be scored is refused.
// @error invalid_input for images that are no such array.
Result<Inspection> Inspect(const FileView& checkpoint, const std::optional<FileView>& images,
                           int threads, const ActivationSink& activations);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_INSPECT_H_
