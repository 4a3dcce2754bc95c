#include "scoring/features/extract.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>

#include "scoring/base/version.h"
#include "scoring/features/plan.h"
#include "scoring/features/torch_gram.h"
#include "scoring/features/torch_pass.h"
#include "scoring/network/network.h"
#include "scoring/network/preprocessing_json.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_network.h"

namespace ventral {
namespace {

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Stimuli at once: as asked, within what the network takes.
// One where the network draws random numbers (Sampling).
std::int64_t BatchSize(const Network& network, std::int64_t asked) {
  if (network.sampling()) return 1;
  const BatchRange range = network.batch_range();
  return std::max(range.least, std::min(range.most, std::max<std::int64_t>(1, asked)));
}

// Seconds that the Gram of `features` features takes, from a small one of random numbers.
double ExpectedGramSeconds(std::int64_t stimuli, std::int64_t features, c10::Device device) {
  const std::int64_t sample = std::min<std::int64_t>(features, 2048);
  const at::Tensor x = at::ones({stimuli, sample}, at::TensorOptions(at::kFloat).device(device));
  GramSum warm(stimuli, device), sum(stimuli, device);
  warm.Add(x);
  const Stopwatch stopwatch;
  sum.Add(x);
  return stopwatch.Seconds() * static_cast<double>(features) / static_cast<double>(sample);
}

// The Grams that are being summed, each until its last slice came.
class Grams {
 public:
  Grams(const Network& network, std::vector<std::int64_t> features, std::int64_t stimuli)
      : network_(network), features_(std::move(features)), stimuli_(stimuli) {}

  // The layer's Gram if this slice was its last.
  std::optional<Gram> Add(const HeldSlice& held) {
    if (held.slice.first == 0) {
      sum_.emplace(stimuli_, network_.state().device);
      row_sums_ = Eigen::VectorXd::Zero(stimuli_);
    }
    sum_->Add(held.activations);
    row_sums_ += Eigen::Map<const Eigen::VectorXd>(held.row_sums.data_ptr<double>(), stimuli_);
    const std::size_t layer = held.slice.layer;
    if (held.slice.first + held.slice.count < features_[layer]) return std::nullopt;
    const NetworkLayer& about = network_.layers()[layer];
    return Gram{about.id, features_[layer], about.inferred, sum_->Finish(), row_sums_};
  }

 private:
  const Network& network_;
  std::vector<std::int64_t> features_;
  std::int64_t stimuli_;
  std::optional<GramSum> sum_;  // slices come layer by layer, so one is enough
  Eigen::VectorXd row_sums_;
};

class Extraction {
 public:
  Extraction(const Network& network, Stimuli stimuli, const ExtractOptions& options,
             const ExtractSink& sink)
      : network_(network),
        stimuli_(stimuli),
        options_(options),
        sink_(sink),
        count_(std::ssize(stimuli.files)) {}

  Status Run() {
    VENTRAL_RETURN_IF_ERROR(Plan());
    Grams grams(network_, features_, count_);
    for (std::size_t i = 0; i < passes_.size(); ++i) VENTRAL_RETURN_IF_ERROR(RunOne(i, grams));
    return Ok{};
  }

 private:
  Status Plan() {
    VENTRAL_ASSIGN_OR_RETURN(std::vector<LayerShape> shapes,
                             MeasureLayers(network_, stimuli_));  // warms up, too
    for (const LayerShape& shape : shapes) {
      features_.push_back(shape.empty() ? 0 : c10::multiply_integers(shape));
    }
    const Stopwatch stopwatch;
    VENTRAL_RETURN_IF_ERROR(MeasureLayers(network_, stimuli_));
    const double batch_seconds = stopwatch.Seconds();
    ExtractPlan plan;
    VENTRAL_ASSIGN_OR_RETURN(plan.activation_bytes, ActivationBytes(features_, count_));
    auto passes = PlanPasses(features_, count_, options_.memory_budget);
    if (passes.ok()) passes_ = std::move(passes).value();
    plan.passes = std::ssize(passes_);
    for (std::size_t i = 0; i < features_.size(); ++i) {
      const NetworkLayer& layer = network_.layers()[i];
      plan.layers.push_back({layer.id, std::move(shapes[i]), features_[i], layer.inferred});
    }
    const auto all_features = static_cast<std::int64_t>(plan.activation_bytes / 4) / count_;
    VENTRAL_ASSIGN_OR_RETURN(const double gram_seconds, Contained("Gram matrix", [&] {
                               return ExpectedGramSeconds(count_, all_features,
                                                          network_.state().device);
                             }));
    const auto batches =
        static_cast<double>((count_ + stimuli_.batch_size - 1) / stimuli_.batch_size);
    plan.expected_seconds =
        static_cast<double>(plan.passes) * batches * batch_seconds + gram_seconds;
    plan.extractor = std::string("ventral-extract ") + kVersion + ", LibTorch " + TORCH_VERSION;
    plan.device = network_.state().device.str();
    plan.precision = options_.precision;
    plan.preprocessing = PreprocessingJson(network_.preprocessing(), network_.sampling());
    plan.committed_layers = network_.committed_layers();
    VENTRAL_RETURN_IF_ERROR(sink_.plan(plan));
    // Whoever hears of a plan that cannot be kept may say what it would need.
    return passes.ok() ? Status(Ok{}) : Status(passes.error());
  }

  Status Report(std::size_t pass, std::int64_t done, const std::string& what) const {
    const std::int64_t passes = std::ssize(passes_);
    const std::string number = "pass " + std::to_string(pass + 1) + " of " + std::to_string(passes);
    return sink_.progress(static_cast<std::int64_t>(pass) * count_ + done, passes * count_,
                          number + what);
  }

  Status SendFeatures(const HeldSlice& held) const {
    if (!sink_.feature_room) return Ok{};
    const LayerId& layer = network_.layers()[held.slice.layer].id;
    for (std::int64_t done = 0, count = 0; done < held.slice.count; done += count) {
      VENTRAL_ASSIGN_OR_RETURN(const std::span<float> room, sink_.feature_room());
      count = std::min(std::ssize(room) / count_, held.slice.count - done);
      if (count < 1) return Internal("the room for features has not the size of one");
      VENTRAL_RETURN_IF_ERROR(Contained("features of layer " + layer.ToString(), [&] {
        return at::from_blob(room.data(), {count, count_}, at::kFloat)
            .copy_(held.activations.narrow(1, done, count).t());
      }));
      VENTRAL_RETURN_IF_ERROR(sink_.features(layer, held.slice.first + done, count));
    }
    return Ok{};
  }

  Status RunOne(std::size_t pass, Grams& grams) {
    VENTRAL_ASSIGN_OR_RETURN(auto held,
                             RunPass(network_, stimuli_, passes_[pass],
                                     [&](std::int64_t done) { return Report(pass, done, ""); }));
    for (HeldSlice& slice : held) {
      const std::string layer = network_.layers()[slice.slice.layer].id.ToString();
      VENTRAL_RETURN_IF_ERROR(SendFeatures(slice));
      VENTRAL_RETURN_IF_ERROR(Report(pass, count_, ", Gram of " + layer));
      VENTRAL_ASSIGN_OR_RETURN(
          auto gram, Contained("Gram of layer " + layer, [&] { return grams.Add(slice); }));
      slice.activations.reset();  // frees it before the next one
      if (gram) VENTRAL_RETURN_IF_ERROR(sink_.gram(std::move(*gram)));
    }
    return Ok{};
  }

  const Network& network_;
  const Stimuli stimuli_;
  const ExtractOptions& options_;
  const ExtractSink& sink_;
  const std::int64_t count_;
  std::vector<std::int64_t> features_;
  std::vector<Pass> passes_;
};

Status LoadAndRun(const FileView& checkpoint, std::span<const FileView> images,
                  const ExtractOptions& options, const ExtractSink& sink) {
  const c10::InferenceMode inference;
  if (options.threads > 0) at::set_num_threads(options.threads);
  NetworkLimits limits;
  limits.layers = options.layers;
  limits.torchscript = options.torchscript;
  limits.precision = options.precision;
  if (options.samples > 0) limits.sampling = Sampling{options.samples, options.seed};
  VENTRAL_ASSIGN_OR_RETURN(const Network network,
                           Network::Load(checkpoint, options.device, limits));
  const Stimuli stimuli{images, BatchSize(network, options.batch_size)};
  return Extraction(network, stimuli, options, sink).Run();
}

}  // namespace

Status Extract(const FileView& checkpoint, std::span<const FileView> images,
               const ExtractOptions& options, const ExtractSink& sink) {
  if (images.empty()) return InvalidInput("no stimuli were given");
  // The border of the room: what LibTorch throws anywhere in it ends here at the latest.
  auto status =
      Contained(checkpoint.name, [&] { return LoadAndRun(checkpoint, images, options, sink); });
  return status.ok() ? std::move(status).value() : Status(std::move(status).error());
}

}  // namespace ventral
