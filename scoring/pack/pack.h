// A pack on disk, read and validated: one stimulus set with everything recorded on it.
// Format: docs/pack-format.md and scoring/pack/pack.schema.json.
#ifndef VENTRAL_SCORING_PACK_PACK_H_
#define VENTRAL_SCORING_PACK_PACK_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/digest.h"
#include "scoring/base/recording.h"
#include "scoring/base/result.h"

namespace ventral {

// One file of a pack: `path` is relative, with '/', and stays inside the pack.
struct PackFileEntry {
  std::string path;
  Digest sha256;
  std::uint64_t bytes = 0;
};

// What pack.json says, without the arrays: enough to publish, list and queue.
struct PackManifest {
  std::string id;       // "kriegeskorte2008"
  std::string version;  // "1.0.0"
  std::string title;
  std::string citation;
  std::string licence;
  std::int64_t stimuli = 0;              // rows of stimuli_file
  std::string stimuli_file;              // "stimuli.csv", relative
  std::vector<std::string> array_files;  // relative; one a recording
  struct BenchmarkInfo {
    BenchmarkSpec spec;
    std::string species, region, modality;  // of its recording
    std::int64_t subjects = 1;
  };
  std::vector<BenchmarkInfo> benchmarks;
};

struct Pack {
  PackManifest manifest;
  std::vector<Stimulus> stimuli;
  std::vector<Recording> recordings;
  Digest digest;                 // of the listing
  StimulusColumns columns = {};  // of stimuli.csv, but for stimulus_id and file

  // nullptr if there is none.
  const Recording* FindRecording(std::string_view id) const;
};

// Sizes are checked against these before anything is allocated.
struct PackLimits {
  std::uint64_t manifest_bytes = 1 << 20;
  std::uint64_t array_bytes = 4ull << 30;  // all recordings together, as float64
  std::int64_t stimuli = 100'000;
  std::uint64_t image_pixels = 50'000'000;
};

// Reads and validates everything but the pixels.
// @error invalid_input names the file, and the field (JSON pointer) or row: bad JSON or schema, unknown
//   axis, duplicate stimulus id, array whose shape does not fit its axes or the stimuli,
//   RDM that is not symmetric, NaN outside trials, path or symbolic link that leaves the pack.
// @error not_found if there is no pack.json, or a file that it or stimuli.csv names is missing.
// @error resource_limit if a limit would be passed.
Result<Pack> ReadPack(const std::filesystem::path& directory, const PackLimits& limits = {});

// Decodes every image: what ReadPack leaves out. @error names the stimulus, as ReadImage.
Status CheckPackImages(const Pack& pack, const PackLimits& limits = {});

// The manifest alone, from the bytes of pack.json; what a server checks at publication.
Result<PackManifest> ParseManifest(std::string_view json);

// The files that make the pack: pack.json, and what it and stimuli.csv name; sorted by path.
Result<std::vector<PackFileEntry>> ListPackFiles(const std::filesystem::path& directory,
                                                 const PackLimits& limits = {});
// "<sha256>  <bytes> <path>\n" a file, sorted by path; its SHA-256 is the pack's digest.
std::string PackListing(const std::vector<PackFileEntry>& files);
// @error invalid_input for an absolute path, "..", empty parts, backslashes or control characters.
Status CheckPackPath(std::string_view path);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_PACK_H_
