// pack.json as the reader of a whole pack needs it: what PackManifest says, and where arrays are.
#ifndef VENTRAL_SCORING_PACK_MANIFEST_H_
#define VENTRAL_SCORING_PACK_MANIFEST_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/recording.h"
#include "scoring/base/result.h"
#include "scoring/pack/pack.h"

namespace ventral {

// A recording before its array is read: all of Recording but shape and values.
struct RecordingEntry {
  Recording head;
  std::string file;  // relative, .npy
  std::int64_t subjects = 1;
};

struct ManifestDocument {
  PackManifest manifest;
  std::vector<RecordingEntry> recordings;
  nlohmann::json json;  // as read, for the builder
};

// @error invalid_input: as ParseManifest.
Result<ManifestDocument> ParseManifestDocument(std::string_view text);

std::string_view AxisName(Axis axis);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_MANIFEST_H_
