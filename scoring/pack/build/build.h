// From published files to a pack on disk, as benchmarks/<name>/pack.json says.
#ifndef VENTRAL_SCORING_PACK_BUILD_BUILD_H_
#define VENTRAL_SCORING_PACK_BUILD_BUILD_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "scoring/base/result.h"
#include "scoring/pack/pack.h"

namespace ventral {

struct BuildOptions {
  // Folder with the published files, looked for below it by name and told apart by SHA-256; nothing
  // is downloaded. Empty: each file is downloaded from the address in pack.json.
  std::filesystem::path from;
  // Where downloads are kept, by SHA-256, so that a second build fetches nothing. Required if
  // `from` is empty.
  std::filesystem::path cache;
  PackLimits limits;
};

// Called before each step: "source 92_brainRDMs.mat", "array human_it_rdms.npy", "stimuli",
// "check".
using BuildProgress =
    std::function<void(std::int64_t done, std::int64_t total, const std::string& step)>;

// Builds in a folder beside `out`, checks the result as ReadPack and CheckPackImages do, and renames
// it to `out`: there is a whole pack or none. pack.json is copied byte for byte.
// @error conflict if `out` exists or another process builds it.
// @error not_found if `recipe` has no pack.json, or a source is not in `from` (gives its address).
// @error invalid_input if pack.json has no build section, if a file has the right name and another
//   SHA-256, or a source is not what the recipe says.
// @error unavailable if a download fails. @error corrupt_data if it has other bytes.
// @error resource_limit.
Result<Pack> BuildPack(const std::filesystem::path& recipe, const std::filesystem::path& out,
                       const BuildOptions& options, const BuildProgress& progress);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_BUILD_H_
