// Private to features: image files → the batch that a network takes.
#ifndef VENTRAL_SCORING_FEATURES_TORCH_IMAGES_H_
#define VENTRAL_SCORING_FEATURES_TORCH_IMAGES_H_

#include <ATen/core/Tensor.h>

#include <span>

#include "scoring/base/mapped_file.h"
#include "scoring/base/preprocessing.h"
#include "scoring/base/result.h"

namespace ventral {

// InputSizes(preprocessing, max(files, at_least)) of InputType(preprocessing), on the CPU: decoded,
// resized and normalised, one file a thread. Rows beyond the files repeat the last one.
// @error as DecodeImage (names the file).
Result<at::Tensor> LoadImages(std::span<const FileView> files, const Preprocessing& preprocessing,
                              std::int64_t at_least);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_TORCH_IMAGES_H_
