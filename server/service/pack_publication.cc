#include "server/service/pack_publication.h"

#include <algorithm>
#include <map>

#include "scoring/pack/stimulus_table.h"
#include "server/blob/hold_all.h"
#include "server/service/held_blob.h"
#include "server/service/names.h"
#include "server/service/seen.h"

namespace ventral::service {
namespace {

constexpr int kMostFiles = 200'000;
constexpr std::uint64_t kLargestTable = 64 << 20;  // bytes of the stimulus table

using FilesByPath = std::map<std::string, PackFileEntry>;

Result<PackFileEntry> CheckFile(const v1::PackFile& file) {
  VENTRAL_RETURN_IF_ERROR(CheckPackPath(file.path()));
  auto digest = Digest::Parse(file.sha256());
  if (!digest.ok()) return std::move(digest).error().Within("'" + file.path() + "': sha256");
  if (file.size_bytes() < 0) return InvalidInput("'" + file.path() + "': size_bytes is negative");
  return PackFileEntry{file.path(), *std::move(digest),
                       static_cast<std::uint64_t>(file.size_bytes())};
}

Result<FilesByPath> CheckFiles(const v1::PublishPackRequest& request, Call& call) {
  if (request.files_size() > kMostFiles) {
    return ResourceLimit("the pack has " + std::to_string(request.files_size()) +
                         " files; at most 200000 are allowed");
  }
  FilesByPath files;
  for (int i = 0; i < request.files_size(); ++i) {
    const std::string field = "files[" + std::to_string(i) + "]";
    VENTRAL_ASSIGN_OR_RETURN(auto entry, call.Check(field, CheckFile(request.files(i))));
    const std::string path = entry.path;
    if (files.emplace(path, std::move(entry)).second) continue;
    return call.Check(field, Result<FilesByPath>(InvalidInput("'" + path + "' is there twice")));
  }
  if (files.contains("pack.json")) return files;
  return call.Check("files", Result<FilesByPath>(InvalidInput("there is no pack.json among them")));
}

Status CheckAllNameable(const FilesByPath& files, store::Store& store) {
  std::vector<std::string> names;
  for (const auto& [path, entry] : files) names.push_back(entry.sha256.hex());
  VENTRAL_ASSIGN_OR_RETURN(const auto nameable,
                           store.blob_rights().Nameable(CurrentViewer(), names));
  for (const auto& [path, entry] : files) {
    if (nameable.contains(entry.sha256.hex())) continue;
    return NotUploaded(entry.sha256).Within("'" + path + "'");
  }
  return Ok{};
}

Status CheckUploaded(const FilesByPath& files, store::Store& store, const BlobStore& blobs) {
  VENTRAL_RETURN_IF_ERROR(CheckAllNameable(files, store));
  std::vector<Digest> digests;
  for (const auto& [path, entry] : files) digests.push_back(entry.sha256);
  VENTRAL_ASSIGN_OR_RETURN(auto all, HoldAll(blobs, digests));
  auto held = all.begin();
  for (const auto& [path, entry] : files) {
    auto size = *held++;
    if (!size.ok()) {
      return NotHeld(entry.sha256, std::move(size).error()).Within("'" + path + "'");
    }
    if (size->value == entry.bytes) continue;
    return InvalidInput("'" + path + "': size_bytes is " + std::to_string(entry.bytes) +
                        ", but the uploaded blob has " + std::to_string(size->value));
  }
  return Ok{};
}

Status CheckPresent(const FilesByPath& files, const std::string& path, std::string_view named_by) {
  if (files.contains(path)) return Ok{};
  return InvalidInput(std::string(named_by) + " names '" + path +
                      "', which is not among the files; publish the whole folder");
}

// Every file that the manifest and the stimulus table name is among the files.
Status CheckComplete(const PackManifest& manifest, const FilesByPath& files,
                     const BlobStore& blobs) {
  for (const auto& array : manifest.array_files) {
    VENTRAL_RETURN_IF_ERROR(CheckPresent(files, array, "pack.json"));
  }
  VENTRAL_RETURN_IF_ERROR(CheckPresent(files, manifest.stimuli_file, "pack.json"));
  auto csv = ReadSmallBlob(blobs, files.at(manifest.stimuli_file).sha256, Bytes(kLargestTable));
  if (!csv.ok()) return std::move(csv).error().Within("'" + manifest.stimuli_file + "'");
  VENTRAL_ASSIGN_OR_RETURN(const auto rows,
                           ParseStimulusTable(*csv, PackLimits().stimuli, manifest.stimuli_file));
  if (static_cast<std::int64_t>(rows.size()) != manifest.stimuli) {
    return InvalidInput("'" + manifest.stimuli_file + "' has " + std::to_string(rows.size()) +
                        " stimuli, but pack.json says " + std::to_string(manifest.stimuli));
  }
  for (const auto& row : rows) {
    VENTRAL_RETURN_IF_ERROR(CheckPresent(files, row.file, "'" + manifest.stimuli_file + "'"));
  }
  return Ok{};
}

store::PackRow RowOf(const PackManifest& manifest) {
  store::PackRow row;
  row.id = manifest.id;
  row.version = manifest.version;
  row.title = manifest.title;
  row.citation = manifest.citation;
  row.licence = manifest.licence;
  row.stimuli = manifest.stimuli;
  for (const auto& benchmark : manifest.benchmarks) {
    row.benchmarks.push_back({benchmark.spec.id, manifest.id, manifest.version,
                              benchmark.spec.metric, benchmark.species, benchmark.region,
                              benchmark.modality, benchmark.subjects});
  }
  return row;
}

Result<PackManifest> ReadManifest(const Digest& digest, const BlobStore& blobs) {
  auto json = ReadSmallBlob(blobs, digest, Bytes(PackLimits().manifest_bytes));
  if (!json.ok()) return std::move(json).error().Within("'pack.json'");
  VENTRAL_ASSIGN_OR_RETURN(auto manifest, ParseManifest(*json));
  auto id = CheckId(manifest.id);
  if (!id.ok()) return std::move(id).error().Within("pack.json: id");
  return manifest;
}

}  // namespace

Result<Publication> CheckPublication(const v1::PublishPackRequest& request, store::Store& store,
                                     const BlobStore& blobs, Call& call) {
  VENTRAL_ASSIGN_OR_RETURN(const auto files, CheckFiles(request, call));
  VENTRAL_RETURN_IF_ERROR(call.Check("files", CheckUploaded(files, store, blobs)));
  VENTRAL_ASSIGN_OR_RETURN(const auto manifest,
                           call.Check("files", ReadManifest(files.at("pack.json").sha256, blobs)));
  VENTRAL_RETURN_IF_ERROR(call.Check("files", CheckComplete(manifest, files, blobs)));
  Publication made{RowOf(manifest), {}};
  for (const auto& [path, entry] : files) {
    made.files.push_back({path, entry.sha256.hex(), static_cast<std::int64_t>(entry.bytes)});
    made.pack.bytes += static_cast<std::int64_t>(entry.bytes);
  }
  VENTRAL_ASSIGN_OR_RETURN(const auto digest, ListingDigest(made.files));
  made.pack.digest = digest.hex();
  return made;
}

Result<Digest> ListingDigest(const std::vector<store::PackFileRow>& files) {
  std::vector<PackFileEntry> entries;
  for (const auto& file : files) {
    auto digest = Digest::Parse(file.sha256);
    if (!digest.ok()) return CorruptData("the stored pack file '" + file.path + "' has no digest");
    entries.push_back({file.path, *std::move(digest), static_cast<std::uint64_t>(file.bytes)});
  }
  return DigestOf(PackListing(entries));
}

Result<PackManifest> StoredManifest(const std::vector<store::PackFileRow>& files,
                                    const BlobStore& blobs) {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [](const auto& file) { return file.path == "pack.json"; });
  if (found == files.end()) return CorruptData("a stored pack has no pack.json");
  auto digest = Digest::Parse(found->sha256);
  if (!digest.ok()) return CorruptData("the stored pack.json has no digest");
  return ReadManifest(*digest, blobs);
}

}  // namespace ventral::service
