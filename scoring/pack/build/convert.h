// The two things a recipe makes: arrays, and stimuli with their table.
#ifndef VENTRAL_SCORING_PACK_BUILD_CONVERT_H_
#define VENTRAL_SCORING_PACK_BUILD_CONVERT_H_

#include <filesystem>
#include <map>
#include <string>

#include "scoring/base/result.h"
#include "scoring/pack/build/recipe.h"
#include "scoring/pack/npy.h"
#include "scoring/pack/pack.h"

namespace ventral {

// Source name → verified file.
using SourcePaths = std::map<std::string, std::filesystem::path>;

// @error invalid_input begins with the step's `to`: what is asked for is not in the source.
Result<NpyArray> MakeArray(const ArrayStep& step, const SourcePaths& sources,
                           const PackLimits& limits);

// Writes the images and manifest.stimuli_file into `folder`.
// @error invalid_input: not as many images as manifest.stimuli, or no 8-bit RGB.
Status MakeStimuli(const Recipe& recipe, const PackManifest& manifest, const SourcePaths& sources,
                   const PackLimits& limits, const std::filesystem::path& folder);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_CONVERT_H_
