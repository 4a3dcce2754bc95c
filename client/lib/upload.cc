#include "client/lib/upload.h"

#include <algorithm>
#include <set>
#include <utility>

#include "client/lib/file_upload.h"
#include "scoring/pack/pack.h"

namespace ventral::client {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kDigestsPerCall = 10'000;

Result<std::set<std::string>> FindMissing(Connection& connection,
                                          const std::vector<LocalFile>& files) {
  std::set<std::string> missing;
  for (std::size_t begin = 0; begin < files.size(); begin += kDigestsPerCall) {
    v1::FindMissingBlobsRequest request;
    for (std::size_t i = begin; i < std::min(files.size(), begin + kDigestsPerCall); ++i) {
      request.add_sha256(files[i].sha256.hex());
    }
    VENTRAL_ASSIGN_OR_RETURN(
        const auto reply,
        connection.CallTwice(connection.blobs(), &v1::BlobService::StubInterface::FindMissingBlobs,
                             request));
    missing.insert(reply.missing_sha256().begin(), reply.missing_sha256().end());
  }
  return missing;
}

}  // namespace

Result<LocalFile> ReadLocalFile(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return NotFound("there is no file " + file.string());
  if (!fs::is_regular_file(file, error)) return InvalidInput(file.string() + " is no file");
  const auto bytes = fs::file_size(file, error);
  if (error) return Unavailable("cannot read " + file.string(), error.message());
  if (bytes == 0) return InvalidInput(file.string() + " is empty");
  VENTRAL_ASSIGN_OR_RETURN(Digest digest, DigestOfFile(file));
  return LocalFile{file, std::move(digest), static_cast<std::int64_t>(bytes)};
}

Status UploadMissing(Connection& connection, const std::vector<LocalFile>& files,
                     const UploadProgress& progress, const UploadGoesOn& goes_on,
                     const UploadPatience& patience) {
  if (files.empty()) return Ok{};
  VENTRAL_ASSIGN_OR_RETURN(std::set<std::string> missing, FindMissing(connection, files));
  std::int64_t total = 0, done = 0;
  for (const LocalFile& file : files)
    total += missing.count(file.sha256.hex()) > 0 ? file.bytes : 0;
  for (const LocalFile& file : files) {
    if (missing.erase(file.sha256.hex()) == 0) continue;  // there already, or sent for another path
    const auto there = [&](std::int64_t bytes) { progress(done + bytes, total); };
    VENTRAL_RETURN_IF_ERROR(FileUpload(connection, file, patience, there, goes_on).Run());
    done += file.bytes;
  }
  return Ok{};
}

namespace {

bool SamePolicy(const v1::PackPolicy& one, const v1::PackPolicy& other) {
  return one.private_() == other.private_() && one.attempts().jobs() == other.attempts().jobs() &&
         one.attempts().days() == other.attempts().days();
}

}  // namespace

Result<v1::Pack> PublishPack(Connection& connection, const fs::path& directory,
                             const std::optional<v1::PackPolicy>& policy,
                             const UploadProgress& progress, const UploadGoesOn& goes_on) {
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<PackFileEntry> entries, ListPackFiles(directory));
  std::vector<LocalFile> files;
  v1::PublishPackRequest request;
  for (const PackFileEntry& entry : entries) {
    files.push_back({directory / entry.path, entry.sha256, static_cast<std::int64_t>(entry.bytes)});
    v1::PackFile* file = request.add_files();
    file->set_path(entry.path);
    file->set_sha256(entry.sha256.hex());
    file->set_size_bytes(static_cast<std::int64_t>(entry.bytes));
  }
  VENTRAL_RETURN_IF_ERROR(UploadMissing(connection, files, progress, goes_on));
  if (policy) *request.mutable_policy() = *policy;
  request.set_request_id(NewRequestId());
  VENTRAL_ASSIGN_OR_RETURN(
      v1::Pack published,
      connection.CallTwice(connection.packs(), &v1::PackService::StubInterface::PublishPack,
                           request));
  if (policy && !SamePolicy(published.policy(), *policy)) {
    return Conflict(
        "the pack is published, and open to all: this server is older than this "
        "command, and knows no policies");
  }
  return published;
}

}  // namespace ventral::client
