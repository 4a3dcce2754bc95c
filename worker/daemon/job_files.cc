#include "worker/daemon/job_files.h"

#include <spdlog/spdlog.h>

#include <optional>

#include "worker/daemon/pause.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;

Result<std::vector<PackFileEntry>> PackFilesOf(const v1::Lease& lease) {
  std::vector<PackFileEntry> files;
  files.reserve(static_cast<std::size_t>(lease.pack_files_size()));
  for (const v1::PackFile& file : lease.pack_files()) {
    VENTRAL_ASSIGN_OR_RETURN(Digest digest, Digest::Parse(file.sha256()));
    if (file.size_bytes() < 0)
      return CorruptData("pack file " + file.path() + " has a negative size");
    files.push_back(
        {file.path(), std::move(digest), static_cast<std::uint64_t>(file.size_bytes())});
  }
  return files;
}

v1::Progress FetchProgress(std::int64_t done, std::int64_t total, const char* message) {
  v1::Progress progress;
  progress.set_phase("fetch");
  progress.set_done(done);
  progress.set_total(total);
  progress.set_message(message);
  return progress;
}

// `what` is for messages: "checkpoint".
Result<BlobCache::Held> FetchBlob(const std::string& sha256, std::int64_t bytes, const char* what,
                                  BlobCache& cache, const BlobCache::Source& source,
                                  const std::function<void(v1::Progress)>& on_progress) {
  VENTRAL_ASSIGN_OR_RETURN(const Digest digest, Digest::Parse(sha256));
  if (bytes < 0) return CorruptData(std::string("the size of the ") + what + " is negative");
  on_progress(FetchProgress(0, 1, what));
  return cache.Blob(digest, static_cast<std::uint64_t>(bytes), source);
}

Result<JobFiles> FetchOnce(const v1::Lease& lease, BlobCache& cache,
                           const BlobCache::Source& source,
                           const std::function<void(v1::Progress)>& on_progress) {
  VENTRAL_ASSIGN_OR_RETURN(const Digest pack, Digest::Parse(lease.pack_digest()));
  VENTRAL_ASSIGN_OR_RETURN(std::vector<PackFileEntry> entries, PackFilesOf(lease));
  JobFiles files;
  if (lease.kind() == v1::JOB_KIND_RESCORE) {
    VENTRAL_ASSIGN_OR_RETURN(
        files.grams, FetchBlob(lease.grams().sha256(), lease.grams().size_bytes(), "kept Grams",
                               cache, source, on_progress));
  } else {
    VENTRAL_ASSIGN_OR_RETURN(files.checkpoint,
                             FetchBlob(lease.checkpoint_sha256(), lease.checkpoint_size_bytes(),
                                       "checkpoint", cache, source, on_progress));
  }
  VENTRAL_ASSIGN_OR_RETURN(
      files.pack,
      cache.Pack(pack, std::move(entries), source, [&](std::int64_t done, std::int64_t total) {
        on_progress(FetchProgress(done, total, "files of the pack"));
      }));
  return files;
}

}  // namespace

Result<JobFiles> FetchJobFiles(const v1::Lease& lease, ServerLink& server, BlobCache& cache,
                               const AttemptControl& control, const Patience& patience,
                               const std::function<void(v1::Progress)>& on_progress) {
  const std::stop_token stop = control.token();
  // Only the server's absence and its having too much to do pass by themselves; a full disk here or
  // a wrong digest does not.
  std::optional<Error> passing;
  const BlobCache::Source source = [&](const Digest& digest, std::uint64_t bytes,
                                       const BlobCache::Sink& sink) -> Status {
    Status sunk = Ok{};
    const Status fetched = server.Fetch(digest, bytes, stop, [&](std::string_view piece) -> Status {
      sunk = sink(piece);
      return sunk;
    });
    if (sunk.ok() && !fetched.ok() &&
        (fetched.error().code == ErrorCode::kUnavailable ||
         fetched.error().code == ErrorCode::kResourceLimit)) {
      passing = fetched.error();
    }
    return fetched;
  };
  Backoff pauses(milliseconds(200), milliseconds(5000));
  Hope hope(patience, control);
  while (true) {
    passing.reset();
    Result<JobFiles> files = FetchOnce(lease, cache, source, on_progress);
    if (files.ok() || !passing || stop.stop_requested()) return files;
    // A wait for files ends with the wall time; only an exhausted server is given up before.
    if (passing->code == ErrorCode::kResourceLimit && !hope.After(*passing)) return files;
    spdlog::warn("job={} attempt={} fetching is tried again: {}", lease.job(), lease.attempt(),
                 files.error().ToString());
    PauseUnlessStopped(pauses.Next(), stop);
  }
}

}  // namespace ventral
