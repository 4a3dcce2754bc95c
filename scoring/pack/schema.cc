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

constexpr int kMaxDepth = 32;  // deeper than any manifest

// Looks for what a manifest may not have before it is built. Not by the parser's own callback: with
// one, it looks through a list anew at the end of each object in it.
class StructureWatch final : public json::json_sax_t {
 public:
  // Empty: nothing is wrong with the structure.
  const std::string& fault() const { return fault_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return Open(); }
  bool start_array(std::size_t) override { return Open(); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;  // json::parse says it better
  }
  bool key(string_t& name) override {
    if (!names_.back().insert(name).second) fault_ = "the name '" + name + "' stands twice";
    return fault_.empty();
  }

 private:
  bool Open() {
    names_.emplace_back();
    if (std::ssize(names_) > kMaxDepth) fault_ = "nested deeper than 32 levels";
    return fault_.empty();
  }
  bool Close() {
    names_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> names_;  // of each object and list that is open
  std::string fault_;
};

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
  try {
    StructureWatch watch;
    if (!json::sax_parse(text, &watch) && !watch.fault().empty())
      return InvalidInput("not usable JSON: " + watch.fault());
    return json::parse(text);
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
