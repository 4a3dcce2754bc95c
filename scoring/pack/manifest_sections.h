// The two lists of a manifest. Values have passed the schema; here is what refers to what.
#ifndef VENTRAL_SCORING_PACK_MANIFEST_SECTIONS_H_
#define VENTRAL_SCORING_PACK_MANIFEST_SECTIONS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "scoring/base/result.h"
#include "scoring/pack/manifest.h"

namespace ventral {

// Both read document.json and fill in the rest. Benchmarks need the recordings.
// @error invalid_input begins with a JSON pointer.
Status ParseRecordings(ManifestDocument& document);
Status ParseBenchmarks(ManifestDocument& document);

// "<pointer>: <what>".
Error AtPointer(const std::string& pointer, const std::string& what);
// Empty where there is no such field.
std::string TextField(const nlohmann::json& object, const char* name);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_MANIFEST_SECTIONS_H_
