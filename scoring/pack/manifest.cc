#include "scoring/pack/manifest.h"

#include <algorithm>

#include "scoring/pack/manifest_sections.h"
#include "scoring/pack/pack_path.h"
#include "scoring/pack/schema.h"

namespace ventral {
namespace {

using nlohmann::json;

Status CheckVersion(const std::string& version) {
  int dots = 0;
  bool digit_before = false;
  for (const char c : version) {
    if (c == '.' && digit_before) {
      ++dots;
      digit_before = false;
    } else if (c >= '0' && c <= '9') {
      digit_before = true;
    } else {
      return AtPointer("/version", "must be three numbers with dots, such as 1.0.0");
    }
  }
  if (dots == 2 && digit_before) return Ok{};
  return AtPointer("/version", "must be three numbers with dots, such as 1.0.0");
}

// What a pack's authors say in prose must at least be printable; line breaks may stand in it.
Status CheckProse(const json& manifest) {
  for (const char* field : {"title", "citation", "licence"}) {
    std::string text = TextField(manifest, field);
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (!IsPlainText(text)) return AtPointer(std::string("/") + field, "has control characters");
  }
  return Ok{};
}

Status ParseHead(ManifestDocument& document) {
  const json& root = document.json;
  PackManifest& manifest = document.manifest;
  manifest.id = TextField(root, "id");
  if (!IsPackName(manifest.id)) {
    return AtPointer("/id", "use lower-case letters, digits, '_' and '-'");
  }
  manifest.version = TextField(root, "version");
  VENTRAL_RETURN_IF_ERROR(CheckVersion(manifest.version));
  VENTRAL_RETURN_IF_ERROR(CheckProse(root));
  manifest.title = TextField(root, "title");
  manifest.citation = TextField(root, "citation");
  manifest.licence = TextField(root, "licence");
  manifest.stimuli = root["stimuli"]["count"].get<std::int64_t>();
  manifest.stimuli_file = TextField(root["stimuli"], "file");
  if (auto path = CheckPackPath(manifest.stimuli_file); !path.ok()) {
    return std::move(path).error().Within("/stimuli/file");
  }
  return Ok{};
}

Result<ManifestDocument> Parse(std::string_view text) {
  if (text.size() > PackLimits{}.manifest_bytes) {
    return ResourceLimit("has " + std::to_string(text.size()) + " bytes; at most " +
                         std::to_string(PackLimits{}.manifest_bytes) + " are read");
  }
  ManifestDocument document;
  VENTRAL_ASSIGN_OR_RETURN(document.json, ParseJson(text));
  VENTRAL_RETURN_IF_ERROR(CheckManifestSchema(document.json));
  VENTRAL_RETURN_IF_ERROR(ParseHead(document));
  VENTRAL_RETURN_IF_ERROR(ParseRecordings(document));
  VENTRAL_RETURN_IF_ERROR(ParseBenchmarks(document));
  return document;
}

}  // namespace

Error AtPointer(const std::string& pointer, const std::string& what) {
  return InvalidInput(pointer + ": " + what);
}

std::string TextField(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : found->get<std::string>();
}

Result<ManifestDocument> ParseManifestDocument(std::string_view text) {
  auto document = Parse(text);
  if (!document.ok()) return std::move(document).error().Within("pack.json");
  return document;
}

Result<PackManifest> ParseManifest(std::string_view json) {
  VENTRAL_ASSIGN_OR_RETURN(ManifestDocument document, ParseManifestDocument(json));
  return std::move(document.manifest);
}

}  // namespace ventral
