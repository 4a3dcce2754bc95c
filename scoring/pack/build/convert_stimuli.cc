#include "scoring/pack/build/convert.h"
#include "scoring/pack/build/mat_file.h"
#include "scoring/pack/build/pack_writer.h"
#include "scoring/pack/build/zip_file.h"
#include "scoring/pack/pack_path.h"

namespace ventral {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kImageBytes = 64 << 20;

using Rows = std::vector<std::vector<std::string>>;

struct Job {
  const Recipe& recipe;
  const PackManifest& manifest;
  const SourcePaths& sources;
  const PackLimits& limits;
  const fs::path& folder;
};

// 7 → "007".
std::string Padded(std::int64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

Error WrongCount(std::int64_t images, const PackManifest& manifest) {
  return InvalidInput("the source has " + std::to_string(images) + " images, and pack.json states " +
                      std::to_string(manifest.stimuli) + " stimuli");
}

Result<Image> ToImage(const NpyArray& pixels, std::uint64_t max_pixels) {
  if (pixels.shape.size() != 3 || pixels.shape[2] != 3) {
    return InvalidInput("is no image of height × width × 3");
  }
  if (pixels.values.size() / 3 > max_pixels) return ResourceLimit("has too many pixels");
  Image image{pixels.shape[0], pixels.shape[1], {}};
  image.rgb.reserve(pixels.values.size());
  for (const double value : pixels.values) {
    if (!(value >= 0 && value <= 255)) return InvalidInput("has a value outside 0 to 255");
    image.rgb.push_back(static_cast<std::uint8_t>(value));
  }
  return image;
}

Result<Rows> Make(const MatImages& images, const Job& job) {
  VENTRAL_ASSIGN_OR_RETURN(const MatVariable structs,
                           MatVariable::Read(job.sources.at(images.from), images.variable));
  const std::int64_t count = structs.Elements();
  if (count != job.manifest.stimuli) return WrongCount(count, job.manifest);
  Rows rows = {{"stimulus_id", "file"}};
  for (const auto& [column, field] : images.columns) rows[0].push_back(column);
  const std::size_t digits = std::to_string(count).size();
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string id = Padded(i + 1, digits);
    std::vector<std::string> row = {id, "stimuli/" + id + ".png"};
    VENTRAL_ASSIGN_OR_RETURN(const NpyArray pixels, structs.Numbers(images.image_field, i));
    auto image = ToImage(pixels, job.limits.image_pixels);
    if (!image.ok()) return std::move(image).error().Within("stimulus " + id);
    VENTRAL_RETURN_IF_ERROR(WritePng(job.folder / row[1], *image));
    for (const auto& [column, field] : images.columns) {
      VENTRAL_ASSIGN_OR_RETURN(std::string text, structs.Text(field, i));
      row.push_back(std::move(text));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<Rows> Make(const ZipImages& images, const Job& job) {
  VENTRAL_ASSIGN_OR_RETURN(const ZipFile archive, ZipFile::Open(job.sources.at(images.from)));
  const auto digits = static_cast<std::size_t>(images.digits);
  const auto member = [&](std::int64_t number) {
    return images.prefix + Padded(number, digits) + images.suffix;
  };
  if (archive.Has(member(job.manifest.stimuli + 1))) {
    return InvalidInput(images.from + " has more than the " + std::to_string(job.manifest.stimuli) +
                        " images that pack.json states");
  }
  Rows rows = {{"stimulus_id", "file"}};
  for (std::int64_t i = 1; i <= job.manifest.stimuli; ++i) {
    const std::string id = Padded(i, digits);
    const std::string file = "stimuli/" + id + images.suffix;
    VENTRAL_ASSIGN_OR_RETURN(const std::string bytes, archive.Read(member(i), kImageBytes));
    VENTRAL_RETURN_IF_ERROR(WriteBytes(job.folder / file, bytes));
    rows.push_back({id, file});
  }
  return rows;
}

Result<Rows> Make(const CopiedImages& images, const Job& job) {
  Rows rows = {{"stimulus_id", "file"}};
  for (const SourceFile& source : job.recipe.sources) {
    if (!source.file.starts_with(images.prefix)) continue;
    VENTRAL_ASSIGN_OR_RETURN(
        const std::string bytes,
        ReadBoundedFile(job.sources.at(source.file), kImageBytes, source.file));
    VENTRAL_RETURN_IF_ERROR(WriteBytes(job.folder / source.file, bytes));
    rows.push_back({fs::path(source.file).stem().string(), source.file});
  }
  const auto count = static_cast<std::int64_t>(rows.size()) - 1;
  if (count != job.manifest.stimuli) return WrongCount(count, job.manifest);
  return rows;
}

}  // namespace

Status MakeStimuli(const Recipe& recipe, const PackManifest& manifest, const SourcePaths& sources,
                   const PackLimits& limits, const fs::path& folder) {
  const Job job{recipe, manifest, sources, limits, folder};
  auto rows = std::visit([&](const auto& images) { return Make(images, job); }, recipe.stimuli);
  if (!rows.ok()) return std::move(rows).error().Within("stimuli");
  return WriteCsv(folder / manifest.stimuli_file, *rows);
}

}  // namespace ventral
