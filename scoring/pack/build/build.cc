#include "scoring/pack/build/build.h"

#include <stdlib.h>

#include <optional>

#include "scoring/pack/build/convert.h"
#include "scoring/pack/build/download.h"
#include "scoring/pack/build/pack_writer.h"
#include "scoring/pack/build/recipe.h"
#include "scoring/pack/build/source_files.h"
#include "scoring/pack/pack_path.h"

namespace ventral {
namespace fs = std::filesystem;
namespace {

// A folder beside `out` that is gone at the end, unless it became `out`.
class Workplace {
 public:
  static Result<Workplace> Make(const fs::path& out) {
    std::error_code failure;
    const fs::path parent = fs::absolute(out).parent_path();
    fs::create_directories(parent, failure);
    std::string name = (parent / ("." + out.filename().string() + ".building-XXXXXX")).string();
    if (mkdtemp(name.data()) == nullptr) return Unavailable("cannot write in " + parent.string());
    // mkdtemp keeps others out; a pack is for all who may read its parent.
    fs::permissions(name, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                              fs::perms::others_read | fs::perms::others_exec, failure);
    return Workplace(name);
  }
  Workplace(Workplace&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Workplace& operator=(Workplace&&) = delete;
  ~Workplace() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  Status BecomeAt(const fs::path& out) {
    std::error_code failure;
    fs::rename(path_, out, failure);
    if (failure) return Conflict("cannot put the pack at " + out.string() + ": " + failure.message());
    path_.clear();
    return Ok{};
  }

 private:
  explicit Workplace(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

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
    VENTRAL_RETURN_IF_ERROR(WriteNpy(folder / step.to, array));
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
  VENTRAL_RETURN_IF_ERROR(workplace.BecomeAt(out));
  return ReadPack(out, options.limits);  // again, as its paths are absolute
}

}  // namespace ventral
