#include "scoring/pack/pack.h"

#include <algorithm>

#include "scoring/pack/image.h"
#include "scoring/pack/manifest.h"
#include "scoring/pack/npy.h"
#include "scoring/pack/pack_path.h"
#include "scoring/pack/recording_values.h"
#include "scoring/pack/stimulus_table.h"

namespace ventral {
namespace fs = std::filesystem;
namespace {

// A row of stimuli.csv; longer ones are no table of stimuli.
constexpr std::uint64_t kRowBytes = 4096;

struct Opened {
  ManifestDocument document;
  std::vector<StimulusRow> rows;
  StimulusColumns columns;
};

Result<Opened> Open(const fs::path& directory, const PackLimits& limits) {
  auto found = ResolveInPack(directory, "pack.json");
  if (!found.ok()) {
    return std::move(found).error().Within(directory.string() + " is no pack");
  }
  VENTRAL_ASSIGN_OR_RETURN(const std::string text,
                           ReadBoundedFile(*found, limits.manifest_bytes, "pack.json"));
  Opened opened;
  VENTRAL_ASSIGN_OR_RETURN(opened.document, ParseManifestDocument(text));
  const PackManifest& manifest = opened.document.manifest;
  if (manifest.stimuli > limits.stimuli) {
    return ResourceLimit("pack.json: /stimuli/count is " + std::to_string(manifest.stimuli) +
                         "; at most " + std::to_string(limits.stimuli) + " stimuli are read");
  }
  const std::string& name = manifest.stimuli_file;
  VENTRAL_ASSIGN_OR_RETURN(const fs::path table, ResolveInPack(directory, name));
  const auto bytes = kRowBytes * static_cast<std::uint64_t>(manifest.stimuli + 1);
  VENTRAL_ASSIGN_OR_RETURN(const std::string csv, ReadBoundedFile(table, bytes, name));
  VENTRAL_ASSIGN_OR_RETURN(opened.rows, ParseStimulusTable(csv, limits.stimuli, name, &opened.columns));
  if (static_cast<std::int64_t>(opened.rows.size()) != manifest.stimuli) {
    return InvalidInput(name + ": there are " + std::to_string(opened.rows.size()) +
                        " stimuli, and pack.json states " + std::to_string(manifest.stimuli) +
                        " in /stimuli/count");
  }
  return opened;
}

Result<std::vector<Stimulus>> FindImages(const fs::path& directory, const Opened& opened) {
  std::vector<Stimulus> stimuli;
  stimuli.reserve(opened.rows.size());
  for (const StimulusRow& row : opened.rows) {
    auto file = ResolveInPack(directory, row.file);
    if (!file.ok()) {
      return std::move(file).error().Within(opened.document.manifest.stimuli_file +
                                            ": image of stimulus '" + row.id + "'");
    }
    stimuli.push_back({row.id, *std::move(file)});
  }
  return stimuli;
}

Result<Recording> ReadRecording(const fs::path& directory, const RecordingEntry& entry,
                                std::int64_t stimuli, std::uint64_t max_bytes) {
  VENTRAL_ASSIGN_OR_RETURN(const fs::path file, ResolveInPack(directory, entry.file));
  VENTRAL_ASSIGN_OR_RETURN(NpyArray array, ReadNpyFile(file, max_bytes, entry.file));
  Recording recording = entry.head;
  recording.shape = std::move(array.shape);
  recording.values = std::move(array.values);
  const double tolerance = array.type.kind == 'f' && array.type.bytes == 4 ? 1e-6 : 1e-12;
  Status fits = CheckRecordingShape(recording, stimuli, entry.subjects);
  if (fits.ok()) fits = CheckRecordingValues(recording, tolerance);
  if (!fits.ok()) return std::move(fits).error().Within(entry.file);
  return recording;
}

// Trials must be of the neuroids that they give a ceiling to.
Status CheckTrials(const Pack& pack) {
  for (const auto& [spec, species, region, modality, subjects] : pack.manifest.benchmarks) {
    if (spec.trials.empty()) continue;
    const std::int64_t recorded = pack.FindRecording(spec.recording)->Size(Axis::kNeuroid);
    const std::int64_t repeated = pack.FindRecording(spec.trials)->Size(Axis::kNeuroid);
    if (recorded == repeated) continue;
    return InvalidInput("pack.json: benchmark '" + spec.id + "': '" + spec.trials + "' has " +
                        std::to_string(repeated) + " neuroids and '" + spec.recording + "' has " +
                        std::to_string(recorded));
  }
  return Ok{};
}

Result<std::vector<PackFileEntry>> List(const fs::path& directory, const Opened& opened) {
  std::vector<std::string> paths = opened.document.manifest.array_files;
  paths.push_back("pack.json");
  paths.push_back(opened.document.manifest.stimuli_file);
  for (const StimulusRow& row : opened.rows) paths.push_back(row.file);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::vector<PackFileEntry> files;
  files.reserve(paths.size());
  for (const std::string& path : paths) {
    VENTRAL_ASSIGN_OR_RETURN(const fs::path file, ResolveInPack(directory, path));
    VENTRAL_ASSIGN_OR_RETURN(Digest digest, DigestOfFile(file));
    std::error_code failure;
    const std::uint64_t bytes = fs::file_size(file, failure);
    if (failure) return Unavailable("cannot read '" + path + "'", failure.message());
    files.push_back({path, std::move(digest), bytes});
  }
  return files;
}

}  // namespace

const Recording* Pack::FindRecording(std::string_view id) const {
  for (const Recording& recording : recordings) {
    if (recording.id == id) return &recording;
  }
  return nullptr;
}

Result<Pack> ReadPack(const fs::path& directory, const PackLimits& limits) {
  VENTRAL_ASSIGN_OR_RETURN(Opened opened, Open(directory, limits));
  VENTRAL_ASSIGN_OR_RETURN(std::vector<Stimulus> stimuli, FindImages(directory, opened));
  const auto count = static_cast<std::int64_t>(stimuli.size());
  std::vector<Recording> recordings;
  std::uint64_t bytes_left = limits.array_bytes;
  for (const RecordingEntry& entry : opened.document.recordings) {
    VENTRAL_ASSIGN_OR_RETURN(Recording recording,
                             ReadRecording(directory, entry, count, bytes_left));
    bytes_left -= recording.values.size() * sizeof(double);
    recordings.push_back(std::move(recording));
  }
  VENTRAL_ASSIGN_OR_RETURN(const auto files, List(directory, opened));
  Pack pack{std::move(opened.document.manifest), std::move(stimuli), std::move(recordings),
            DigestOf(PackListing(files)), std::move(opened.columns)};
  VENTRAL_RETURN_IF_ERROR(CheckTrials(pack));
  return pack;
}

Status CheckPackImages(const Pack& pack, const PackLimits& limits) {
  for (const Stimulus& stimulus : pack.stimuli) {
    auto image = ReadImage(stimulus.file, limits.image_pixels);
    if (!image.ok()) {
      return std::move(image).error().Within("image of stimulus '" + stimulus.id + "'");
    }
  }
  return Ok{};
}

Result<std::vector<PackFileEntry>> ListPackFiles(const fs::path& directory,
                                                 const PackLimits& limits) {
  VENTRAL_ASSIGN_OR_RETURN(const Opened opened, Open(directory, limits));
  return List(directory, opened);
}

std::string PackListing(const std::vector<PackFileEntry>& files) {
  std::vector<const PackFileEntry*> sorted;
  for (const PackFileEntry& file : files) sorted.push_back(&file);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->path < b->path; });
  std::string listing;
  for (const PackFileEntry* file : sorted) {
    listing += file->sha256.hex() + "  " + std::to_string(file->bytes) + " " + file->path + "\n";
  }
  return listing;
}

}  // namespace ventral
