// Typed reading of hostile JSON. Every function throws Refusal, which names `where`.
#ifndef VENTRAL_SCORING_NETWORK_JSON_H_
#define VENTRAL_SCORING_NETWORK_JSON_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace ventral {

using Json = nlohmann::json;

// At most 64 levels deep: the writer of torch.export nests a dozen.
Json ParseJson(std::string_view text, std::string_view where);

const Json& Member(const Json& object, const char* name, std::string_view where);
// nullptr if there is none, or null.
const Json* OptionalMember(const Json& object, const char* name, std::string_view where);
const Json& ArrayOf(const Json& value, std::string_view where);
const Json& ObjectOf(const Json& value, std::string_view where);

// A whole number within 64 bits. JSON libraries turn longer ones into floats: those are refused.
std::int64_t Int64Of(const Json& value, std::string_view where);
// A number, or "Infinity", "-Infinity", "NaN".
double DoubleOf(const Json& value, std::string_view where);
bool BoolOf(const Json& value, std::string_view where);
const std::string& TextOf(const Json& value, std::string_view where);

// A tagged union of the schema: an object of one member.
struct Tagged {
  const std::string& tag;
  const Json& value;
};
Tagged TaggedOf(const Json& value, std::string_view where);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_JSON_H_
