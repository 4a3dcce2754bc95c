#include "scoring/features/inspect.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "scoring/base/version.h"
#include "scoring/features/torch_multiply_adds.h"
#include "scoring/features/torch_pass.h"
#include "scoring/network/preprocessing_json.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_input.h"
#include "scoring/network/torch_network.h"
#include "scoring/network/torch_returned.h"
#include "scoring/pack/npy.h"

namespace ventral {
namespace {

constexpr std::uint64_t kMostImageBytes = 4ull << 30;  // as float64 values
constexpr char kMadeUp[] = "the made-up image";

// As the network takes images: whole numbers are pixels, and a network with a time axis sees the
// same image at each step.
at::Tensor ArrayAsInput(at::Tensor images, const Preprocessing& wanted) {
  if (InputType(wanted) != at::kFloat) images = images.mul(255).round().to(InputType(wanted));
  if (wanted.time_steps == 0) return images;
  return images.unsqueeze(1).expand(InputSizes(wanted, images.size(0))).contiguous();
}

// Smooth gratings with pixel values in [0, 1], as the network wants them, one image repeated.
at::Tensor MadeUpImages(const Network& network) {
  const Preprocessing& wanted = network.preprocessing();
  const std::int64_t rows = network.batch_range().least;
  const at::Tensor y = at::arange(wanted.height, at::kFloat).mul_(0.13).unsqueeze(1);
  const at::Tensor x = at::arange(wanted.width, at::kFloat).mul_(0.31).unsqueeze(0);
  std::vector<at::Tensor> channels;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const double faster = 1 + 0.2 * static_cast<double>(channel);
    const at::Tensor pixels = at::sin(x.mul(faster).add(y)).mul_(0.5).add_(0.5);
    channels.push_back(pixels.sub(wanted.mean[channel]).div_(wanted.std[channel]));
  }
  const at::Tensor image = at::stack(channels).unsqueeze(0);
  return ArrayAsInput(image.expand({rows, 3, wanted.height, wanted.width}).contiguous(), wanted);
}

struct Images {
  at::Tensor batch;
  std::int64_t given = 0;  // rows beyond repeat the last one, up to the network's least batch
};

Result<Images> ReadImages(const FileView& file, const Network& network) {
  std::istringstream in{std::string(file.bytes)};
  VENTRAL_ASSIGN_OR_RETURN(const NpyArray array,
                           ReadNpy(in, file.bytes.size(), kMostImageBytes, file.name));
  const Preprocessing& wanted = network.preprocessing();
  if (array.type.kind != 'f' || array.shape.size() != 4 || array.shape[0] < 1 ||
      array.shape[1] != 3 || array.shape[2] != wanted.height || array.shape[3] != wanted.width) {
    return InvalidInput(file.name + ": the network takes floats of [stimulus × 3 × " +
                        std::to_string(wanted.height) + " × " + std::to_string(wanted.width) + "]");
  }
  at::Tensor images = at::empty(array.shape, at::kFloat);
  std::copy(array.values.begin(), array.values.end(), images.data_ptr<float>());
  const std::int64_t more = network.batch_range().least - array.shape[0];
  if (more > 0) images = at::cat({images, images.slice(0, -1).expand({more, -1, -1, -1})});
  return Images{ArrayAsInput(images, wanted), array.shape[0]};
}

// Of the module at `path` and all within it; tied weights count once.
std::int64_t ParametersOf(const std::map<std::string, at::Tensor>& parameters,
                          const std::string& path) {
  const std::string prefix = path.empty() ? "" : path + ".";
  std::set<const void*> counted;
  std::int64_t sum = 0;
  for (auto at = parameters.lower_bound(prefix);
       at != parameters.end() && at->first.starts_with(prefix); ++at) {
    if (counted.insert(at->second.const_data_ptr()).second) sum += at->second.numel();
  }
  return sum;
}

class Inspector {
 public:
  Inspector(const Network& network, std::int64_t given, const ActivationSink& sink)
      : network_(network), given_(given), sink_(sink), layers_(network.layers().size()) {}

  Result<Inspection> Run(at::Tensor batch) {
    rows_ = batch.size(0);
    VENTRAL_RETURN_IF_ERROR(ForwardObserved(
        network_, std::move(batch),
        [&](std::size_t layer, const at::Tensor& activation) { return Take(layer, activation); },
        [&](const Step& step) {
          const double count = MultiplyAdds(step.op, step.arguments, step.results);
          multiply_adds_[{"", 0}] += count;
          for (const LayerId& call : step.modules) {
            if (!call.path.empty()) multiply_adds_[call] += count;
          }
        }));
    return Finish();
  }

 private:
  Status Take(std::size_t layer, const at::Tensor& activation) {
    const NetworkLayer& about = network_.layers()[layer];
    InspectedLayer& seen = layers_[layer];
    seen.layer = about.id;
    seen.inferred = about.inferred;
    seen.scored = network_.state().scored.contains(about.id);
    seen.parameters = ParametersOf(network_.state().parameters, SplitLayer(about.id.path).module);
    seen.shape = activation.sizes().vec();
    const auto features = FeatureRows(network_, layer, activation, rows_, rows_);
    if (!features.ok()) {
      if (seen.scored) return features.error();
      seen.problem = features.error().message;
      return Ok{};
    }
    seen.shape.erase(seen.shape.begin());
    const bool finite = at::isfinite(*features).all().item<bool>();
    if (!finite && seen.scored) {
      return InvalidInput("layer " + about.id.ToString() +
                          ": NaN or infinite activations for stimulus " + kMadeUp);
    }
    return Send(about.id, activation);
  }

  Status Send(const LayerId& id, const at::Tensor& activation) const {
    if (given_ == 0) return Ok{};
    const at::Tensor values = activation.narrow(0, 0, given_).to(at::kFloat).contiguous();
    return sink_(id, values.sizes(),
                 {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
  }

  Inspection Finish() {
    Inspection result;
    for (std::size_t at = 0; at < layers_.size(); ++at) {
      InspectedLayer& layer = layers_[at];
      if (layer.layer.path.empty()) {
        layer.layer = network_.layers()[at].id;
        layer.problem = "it lies in a branch that the network does not take for this image";
      }
      const LayerId call{SplitLayer(layer.layer.path).module, layer.layer.step};
      layer.multiply_adds = multiply_adds_[call] / static_cast<double>(rows_);
    }
    result.layers = std::move(layers_);
    for (const auto& [call, why] : network_.state().without_output) {
      result.not_layers[call.ToString()] = why;
    }
    result.parameters = ParametersOf(network_.state().parameters, "");
    result.multiply_adds = multiply_adds_[{"", 0}] / static_cast<double>(rows_);
    result.least_batch = network_.batch_range().least;
    result.most_batch = network_.batch_range().most;
    result.extractor = std::string("ventral-extract ") + kVersion + ", LibTorch " + TORCH_VERSION;
    result.preprocessing = PreprocessingJson(network_.preprocessing(), network_.sampling());
    result.committed_layers = network_.committed_layers();
    result.time_map = network_.state().card.time_map;
    result.model = network_.state().card.model;
    return result;
  }

  const Network& network_;
  const std::int64_t given_;  // stimuli of the images that were given; 0 without
  const ActivationSink& sink_;
  std::int64_t rows_ = 0;
  std::vector<InspectedLayer> layers_;
  std::map<LayerId, double> multiply_adds_;
};

Result<Inspection> LoadAndInspect(const FileView& checkpoint, const std::optional<FileView>& images,
                                  int threads, const ActivationSink& sink) {
  const c10::InferenceMode inference;
  if (threads > 0) at::set_num_threads(threads);
  NetworkLimits limits;
  limits.torchscript = true;
  VENTRAL_ASSIGN_OR_RETURN(const Network network, Network::LoadWhole(checkpoint, "cpu", limits));
  if (network.sampling()) Reseed(network, SeedOf(*network.sampling(), 0, 0));
  if (!images) return Inspector(network, 0, sink).Run(MadeUpImages(network));
  VENTRAL_ASSIGN_OR_RETURN(const Images read, ReadImages(*images, network));
  return Inspector(network, read.given, sink).Run(read.batch);
}

}  // namespace

Result<Inspection> Inspect(const FileView& checkpoint, const std::optional<FileView>& images,
                           int threads, const ActivationSink& activations) {
  auto result = Contained(checkpoint.name,
                          [&] { return LoadAndInspect(checkpoint, images, threads, activations); });
  return result.ok() ? std::move(result).value() : Result<Inspection>(std::move(result).error());
}

}  // namespace ventral
