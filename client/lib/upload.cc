#include "client/lib/upload.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>
#include <utility>

#include "client/channel/busy.h"
#include "scoring/pack/pack.h"

namespace ventral::client {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kChunk = 1 << 20;
constexpr std::size_t kDigestsPerCall = 10'000;
// Between tries while the server has no room for another upload.
constexpr std::chrono::milliseconds kFirstPause{100}, kLongestPause{5'000}, kBusyPatience{60'000};

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

// `busy` says whether the server only has no room now.
Status UploadOnce(Connection& connection, const LocalFile& file,
                  const std::function<void(std::int64_t)>& sent, bool& busy) {
  busy = false;
  std::ifstream in(file.path, std::ios::binary);
  if (!in) return NotFound("cannot open " + file.path.string());
  grpc::ClientContext context;
  v1::UploadBlobResponse reply;
  const auto writer = connection.blobs().UploadBlob(&context, &reply);
  v1::UploadBlobRequest request;
  request.mutable_declaration()->set_sha256(file.sha256.hex());
  request.mutable_declaration()->set_size_bytes(file.bytes);
  bool open = writer->Write(request);
  std::string buffer(kChunk, '\0');
  while (open &&
         (in.read(buffer.data(), static_cast<std::streamsize>(kChunk)) || in.gcount() > 0)) {
    request.set_chunk(buffer.data(), static_cast<std::size_t>(in.gcount()));
    open = writer->Write(request);  // false once the server has answered
    sent(in.gcount());
  }
  if (in.bad()) {
    context.TryCancel();
    [[maybe_unused]] const grpc::Status cancelled = writer->Finish();
    return CorruptData("cannot read all of " + file.path.string() + ": its disk fails");
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  busy = IsBusy(status);
  if (!status.ok()) return connection.ToError(status).Within(file.path.string());
  return Ok{};
}

// `sent` is told of each try's bytes, `again` when they begin from the first.
Status UploadPatiently(Connection& connection, const LocalFile& file,
                       const std::function<void(std::int64_t)>& sent,
                       const std::function<void()>& again) {
  bool cut = false;
  std::chrono::milliseconds pause = kFirstPause, waited{0};
  while (true) {
    bool busy = false;
    Status uploaded = UploadOnce(connection, file, sent, busy);
    if (uploaded.ok() || uploaded.error().code != ErrorCode::kUnavailable) return uploaded;
    if (busy) {
      if (waited >= kBusyPatience) return uploaded;
      std::this_thread::sleep_for(pause);
      waited += pause;
      pause = std::min(2 * pause, kLongestPause);
    } else if (std::exchange(cut, true) || !connection.AwaitServer(Connection::kRetryPatience)) {
      return uploaded;
    }
    again();
  }
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
                     const UploadProgress& progress) {
  if (files.empty()) return Ok{};
  VENTRAL_ASSIGN_OR_RETURN(std::set<std::string> missing, FindMissing(connection, files));
  std::int64_t total = 0, done = 0;
  for (const LocalFile& file : files)
    total += missing.count(file.sha256.hex()) > 0 ? file.bytes : 0;
  for (const LocalFile& file : files) {
    if (missing.erase(file.sha256.hex()) == 0) continue;  // there already, or sent for another path
    const std::int64_t before = done;
    const auto sent = [&](std::int64_t bytes) { progress(done += bytes, total); };
    VENTRAL_RETURN_IF_ERROR(UploadPatiently(connection, file, sent, [&] { done = before; }));
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
                             const UploadProgress& progress) {
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
  VENTRAL_RETURN_IF_ERROR(UploadMissing(connection, files, progress));
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
