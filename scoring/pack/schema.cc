#include "scoring/pack/schema.h"

#include <set>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "scoring/pack/pack_schema_text.h"

namespace ventral {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

// Deeper than any manifest; what stands above is not built.
constexpr int kMaxDepth = 32;

const valijson::Schema& ManifestSchema() {
  static const valijson::Schema* const schema = [] {
    static const json text = json::parse(kPackSchemaText);
    auto* made = new valijson::Schema;
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(text), *made);
    return made;
  }();
  return *schema;
}

// valijson says "<root>", "[benchmarks]", "[0]"; RFC 6901 says "/benchmarks/0".
std::string Pointer(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& part : context) {
    if (part.size() < 2 || part.front() != '[') continue;
    pointer += '/';
    for (const char c : part.substr(1, part.size() - 2)) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer.empty() ? "/" : pointer;
}

Status Validate(const json& manifest) {
  valijson::ValidationResults results;
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  if (validator.validate(ManifestSchema(), Adapter(manifest), &results)) return Ok{};
  // Reported from the inside out: the first is the deepest.
  valijson::ValidationResults::Error first;
  if (!results.popError(first)) return InvalidInput("does not fit pack.schema.json");
  return InvalidInput(Pointer(first.context) + ": " + first.description);
}

}  // namespace

Result<json> ParseJson(std::string_view text) {
  std::vector<std::set<std::string>> names;
  std::string fault;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > kMaxDepth && fault.empty()) fault = "nested deeper than 32 levels";
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key && fault.empty()) {
      const auto& name = value.get_ref<const std::string&>();
      if (!names.back().insert(name).second) fault = "the name '" + name + "' stands twice";
    }
    return true;
  };
  try {
    json value = json::parse(text, watch);
    if (!fault.empty()) return InvalidInput("not usable JSON: " + fault);
    return value;
  } catch (const json::exception& broken) {
    return InvalidInput(std::string("not JSON: ") + broken.what());
  }
}

Status CheckManifestSchema(const json& manifest) {
  try {
    return Validate(manifest);
  } catch (const std::exception& broken) {
    return Internal("the manifest could not be checked", broken.what());
  }
}

}  // namespace ventral
