#include "scoring/pack/build/build.h"

#include <optional>

#include "scoring/pack/build/convert.h"
#include "scoring/pack/build/download.h"
#include "scoring/pack/build/pack_writer.h"
#include "scoring/pack/build/recipe.h"
#include "scoring/pack/build/source_files.h"
#include "scoring/pack/build/workplace.h"
#include "scoring/pack/pack_path.h"

namespace ventral {
namespace fs = std::filesystem;
namespace {

// Counts steps for whoever watches.
class Steps {
 public:
  Steps(const BuildProgress& progress, const Recipe& recipe)
      : progress_(progress),
        total_(static_cast<std::int64_t>(recipe.sources.size() + recipe.arrays.size()) + 2) {}
  void Next(const std::string& step) {
    if (progress_) progress_(done_, total_, step);
    ++done_;
  }

 private:
  const BuildProgress& progress_;
  std::int64_t done_ = 0;
  std::int64_t total_;
};

Result<SourcePaths> Gather(const Recipe& recipe, const BuildOptions& options, Steps& steps) {
  SourcePaths paths;
  std::optional<SourceFolder> folder;
  if (!options.from.empty()) {
    VENTRAL_ASSIGN_OR_RETURN(folder, SourceFolder::Open(options.from));
  } else if (options.cache.empty()) {
    return InvalidInput("a folder with the published files, or one to keep downloads, is needed");
  }
  for (const SourceFile& source : recipe.sources) {
    steps.Next("source " + source.file);
    VENTRAL_ASSIGN_OR_RETURN(
        fs::path path, folder ? folder->Find(source) : Download(source, options.cache));
    paths.emplace(source.file, std::move(path));
  }
  return paths;
}

Result<Pack> Fill(const std::string& manifest_text, const ManifestDocument& document,
                  const BuildOptions& options, const BuildProgress& progress,
                  const fs::path& folder) {
  VENTRAL_ASSIGN_OR_RETURN(const Recipe recipe, ParseRecipe(document));
  Steps steps(progress, recipe);
  VENTRAL_ASSIGN_OR_RETURN(const SourcePaths sources, Gather(recipe, options, steps));
  VENTRAL_RETURN_IF_ERROR(WriteBytes(folder / "pack.json", manifest_text));
  for (const ArrayStep& step : recipe.arrays) {
    steps.Next("array " + step.to);
    VENTRAL_ASSIGN_OR_RETURN(const NpyArray array, MakeArray(step, sources, options.limits));
    VENTRAL_RETURN_IF_ERROR(WriteNpy(folder / step.to, {array.shape, array.values}));
  }
  steps.Next("stimuli");
  VENTRAL_RETURN_IF_ERROR(
      MakeStimuli(recipe, document.manifest, sources, options.limits, folder));
  steps.Next("check");
  VENTRAL_ASSIGN_OR_RETURN(Pack pack, ReadPack(folder, options.limits));
  VENTRAL_RETURN_IF_ERROR(CheckPackImages(pack, options.limits));
  return pack;
}

Status CheckAbsent(const fs::path& out) {
  std::error_code failure;
  if (!out.has_filename()) return InvalidInput("name the folder without a '/' at its end");
  if (!fs::exists(fs::symlink_status(out, failure))) return Ok{};
  return Conflict(out.string() + " exists; remove it or build elsewhere");
}

}  // namespace

Result<Pack> BuildPack(const fs::path& recipe, const fs::path& out, const BuildOptions& options,
                       const BuildProgress& progress) {
  VENTRAL_RETURN_IF_ERROR(CheckAbsent(out));
  auto file = ResolveInPack(recipe, "pack.json");
  if (!file.ok()) return std::move(file).error().Within(recipe.string() + " is no recipe");
  const auto text = ReadBoundedFile(*file, options.limits.manifest_bytes, "pack.json");
  if (!text.ok()) return text.error();
  VENTRAL_ASSIGN_OR_RETURN(const ManifestDocument document, ParseManifestDocument(*text));
  VENTRAL_ASSIGN_OR_RETURN(Workplace workplace, Workplace::Make(out));
  auto pack = Fill(*text, document, options, progress, workplace.path());
  if (!pack.ok()) return pack;
  VENTRAL_RETURN_IF_ERROR(workplace.Become(out));
  return ReadPack(out, options.limits);  // again, as its paths are absolute
}

}  // namespace ventral
