// JSON as hostile text, and the schema that a manifest must fit.
#ifndef VENTRAL_SCORING_PACK_SCHEMA_H_
#define VENTRAL_SCORING_PACK_SCHEMA_H_

#include <nlohmann/json.hpp>
#include <string_view>

#include "scoring/base/result.h"

namespace ventral {

// @error invalid_input: not JSON (with the byte where it breaks), or one name twice in an object.
Result<nlohmann::json> ParseJson(std::string_view text);

// Against pack.schema.json, which is compiled in.
// @error invalid_input begins with the JSON pointer of the deepest value that does not fit.
Status CheckManifestSchema(const nlohmann::json& manifest);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_SCHEMA_H_
