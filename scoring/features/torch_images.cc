#include "scoring/features/torch_images.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "scoring/features/resize.h"
#include "scoring/network/torch_contained.h"
#include "scoring/network/torch_input.h"
#include "scoring/pack/image.h"

namespace ventral {
namespace {

// An image may have 150 MB of pixels, and working space has an end, however many cores there are.
constexpr std::int64_t kMostAtOnce = 8;

// Interleaved 8-bit pixels → planes of (x / 255 − mean) / std, in float as PyTorch computes it; of
// x where the network takes whole numbers.
void Normalise(const Image& image, const Preprocessing& preprocessing, float* planes) {
  const std::int64_t pixels = image.height * image.width;
  const bool whole = preprocessing.pixels != PixelType::kFloat32;
  for (std::int64_t channel = 0; channel < 3; ++channel) {
    const std::int64_t source = preprocessing.colour == ColourOrder::kRgb ? channel : 2 - channel;
    const auto mean = static_cast<float>(preprocessing.mean[static_cast<std::size_t>(channel)]);
    const auto deviation = static_cast<float>(preprocessing.std[static_cast<std::size_t>(channel)]);
    for (std::int64_t i = 0; i < pixels; ++i) {
      const auto value = static_cast<float>(image.rgb[static_cast<std::size_t>(i * 3 + source)]);
      planes[channel * pixels + i] = whole ? value : (value / 255.0F - mean) / deviation;
    }
  }
}

// An image that cannot be read is the pack's fault, and no network's.
Error OfThePack(Error error) {
  if (error.code == ErrorCode::kResourceLimit) return error;
  return Internal("an image of the pack cannot be read: " + error.message, error.context);
}

Status LoadInto(const FileView& file, const Preprocessing& preprocessing, float* planes) {
  auto decoded = DecodeImage(file);
  if (!decoded.ok()) return OfThePack(std::move(decoded).error());
  const Image& image = *decoded;
  if (image.height < 1 || image.width < 1)
    return OfThePack(InvalidInput(file.name + ": an image without pixels"));
  Normalise(FitImage(image, preprocessing), preprocessing, planes);
  return Ok{};
}

// [stimulus × 3 × height × width] → what the network takes.
at::Tensor AsInput(const at::Tensor& images, const Preprocessing& preprocessing) {
  const at::Tensor typed = images.to(InputType(preprocessing));
  if (preprocessing.time_steps == 0) return typed;
  return typed.unsqueeze(1).expand(InputSizes(preprocessing, images.size(0))).contiguous();
}

}  // namespace

Result<at::Tensor> LoadImages(std::span<const FileView> files, const Preprocessing& preprocessing,
                              std::int64_t at_least) {
  const auto count = std::ssize(files);
  std::mutex mutex;
  std::optional<std::pair<std::int64_t, Error>>
      first;  // the first file in order that cannot be read
  auto batch = Contained("images", [&] {
    at::Tensor tensor = at::empty(
        {std::max<std::int64_t>(count, at_least), 3, preprocessing.height, preprocessing.width},
        at::kFloat);
    float* data = tensor.data_ptr<float>();
    const std::int64_t stride = tensor.stride(0);
    const std::int64_t together = (count + kMostAtOnce - 1) / kMostAtOnce;
    at::parallel_for(0, count, together, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        auto status =
            LoadInto(files[static_cast<std::size_t>(i)], preprocessing, data + i * stride);
        if (status.ok()) continue;
        const std::lock_guard lock(mutex);
        if (!first || i < first->first) first.emplace(i, std::move(status).error());
      }
    });
    for (std::int64_t i = count; i < tensor.size(0); ++i)
      tensor.select(0, i).copy_(tensor.select(0, count - 1));
    return tensor;
  });
  if (first) return std::move(first->second);
  if (!batch.ok()) return batch;
  return Contained("images", [&] { return AsInput(*batch, preprocessing); });
}

}  // namespace ventral
