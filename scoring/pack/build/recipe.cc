#include "scoring/pack/build/recipe.h"

#include <algorithm>
#include <set>

namespace ventral {
namespace {

using nlohmann::json;

// The schema has been checked: kinds of values and required names are known.
std::string Text(const json& object, const char* name) {
  return object.value(name, std::string());
}

Error At(const std::string& pointer, const std::string& what) {
  return InvalidInput("pack.json: " + pointer + ": " + what);
}

Result<std::vector<SourceFile>> ParseSources(const json& items) {
  std::vector<SourceFile> sources;
  std::set<std::string> names;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string pointer = "/sources/" + std::to_string(i);
    const std::string file = Text(items[i], "file");
    if (auto path = CheckPackPath(file); !path.ok()) {
      return std::move(path).error().Within("pack.json: " + pointer + "/file");
    }
    if (!names.insert(file).second) return At(pointer + "/file", "'" + file + "' stands twice");
    const std::string url = Text(items[i], "url");
    if (!url.starts_with("https://")) return At(pointer + "/url", "must begin with https://");
    auto digest = Digest::Parse(Text(items[i], "sha256"));
    if (!digest.ok()) return At(pointer + "/sha256", digest.error().message);
    sources.push_back({file, url, *digest, items[i]["bytes"].get<std::uint64_t>()});
  }
  return sources;
}

ArrayStep ParseArray(const json& item) {
  ArrayStep step;
  step.to = Text(item, "to");
  step.from = Text(item, "from");
  step.member = Text(item, "member");
  step.variable = Text(item, "variable");
  step.field = Text(item, "field");
  if (item.contains("element")) step.element = item["element"].get<std::int64_t>();
  step.upper_triangle = item.value("upper_triangle", false);
  step.transpose = item.value("transpose", std::vector<std::size_t>());
  return step;
}

std::variant<MatImages, ZipImages, CopiedImages> ParseStimuli(const json& stimuli) {
  if (stimuli.contains("zip")) {
    const json& zip = stimuli["zip"];
    return ZipImages{Text(zip, "from"), Text(zip, "prefix"), Text(zip, "suffix"),
                     zip["digits"].get<int>()};
  }
  if (stimuli.contains("copies")) return CopiedImages{Text(stimuli["copies"], "prefix")};
  const json& mat = stimuli["mat_structs"];
  MatImages images{Text(mat, "from"), Text(mat, "variable"), Text(mat, "image_field"), {}};
  for (const json& column : mat.value("columns", json::array())) {
    images.columns.emplace_back(Text(column, "column"), Text(column, "field"));
  }
  return images;
}

Status CheckNames(const Recipe& recipe, const PackManifest& manifest) {
  const auto is_source = [&](const std::string& name) {
    return std::any_of(recipe.sources.begin(), recipe.sources.end(),
                       [&](const SourceFile& source) { return source.file == name; });
  };
  std::set<std::string> missing(manifest.array_files.begin(), manifest.array_files.end());
  for (std::size_t i = 0; i < recipe.arrays.size(); ++i) {
    const std::string pointer = "/build/arrays/" + std::to_string(i);
    if (!is_source(recipe.arrays[i].from)) return At(pointer + "/from", "names no source");
    if (missing.erase(recipe.arrays[i].to) == 0) {
      return At(pointer + "/to", "is the file of no recording, or is made twice");
    }
  }
  if (!missing.empty()) return At("/build/arrays", "nothing makes '" + *missing.begin() + "'");
  const auto* mat = std::get_if<MatImages>(&recipe.stimuli);
  const auto* zip = std::get_if<ZipImages>(&recipe.stimuli);
  if ((mat != nullptr && !is_source(mat->from)) || (zip != nullptr && !is_source(zip->from))) {
    return At("/build/stimuli", "'from' names no source");
  }
  return Ok{};
}

}  // namespace

Result<Recipe> ParseRecipe(const ManifestDocument& document) {
  const json& root = document.json;
  if (!root.contains("build") || !root.contains("sources")) {
    return At("/build", "there is no recipe; a pack is built from 'sources' by 'build'");
  }
  Recipe recipe;
  VENTRAL_ASSIGN_OR_RETURN(recipe.sources, ParseSources(root["sources"]));
  for (const json& item : root["build"]["arrays"]) recipe.arrays.push_back(ParseArray(item));
  recipe.stimuli = ParseStimuli(root["build"]["stimuli"]);
  VENTRAL_RETURN_IF_ERROR(CheckNames(recipe, document.manifest));
  return recipe;
}

}  // namespace ventral
