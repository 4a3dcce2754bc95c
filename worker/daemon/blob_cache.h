// The worker's own copies of checkpoints and packs, by digest. Every byte is held against its
// digest each time that it is handed out, so a torn or tampered file is fetched again.
#ifndef VENTRAL_WORKER_DAEMON_BLOB_CACHE_H_
#define VENTRAL_WORKER_DAEMON_BLOB_CACHE_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/digest.h"
#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "scoring/pack/pack.h"
#include "worker/sandbox/descriptor.h"

namespace ventral {

// Folder: blobs/ab/abcd… (read-only), packs/<digest>/ (hard links to blobs), temporary/.
// Thread-safe; one process a folder.
class BlobCache {
 public:
  using Sink = std::function<Status(std::string_view)>;
  // Streams a blob into the sink; gives what the sink returned, or its own error.
  using Source = std::function<Status(const Digest&, std::uint64_t bytes, const Sink&)>;

  // Makes the folder where it is missing, and clears what an earlier process left half-written.
  // @error conflict if another process uses it; unavailable if it cannot be written (names it).
  static Result<std::unique_ptr<BlobCache>> Open(const std::filesystem::path& folder, Bytes limit);

  // A file or folder that stays where it is as long as `pin` lives.
  struct Held {
    std::filesystem::path path;
    std::shared_ptr<const void> pin;
  };
  // @error corrupt_data if what came has another digest; resource_limit if the disk is full;
  //   whatever `source` returns.
  Result<Held> Blob(const Digest& digest, std::uint64_t bytes, const Source& source);
  // The folder of a pack, complete. `fetched(done, total)` is called after each file.
  // @error corrupt_data if `files` are not the listing of `digest`, as CheckPackPath, and as Blob.
  using Fetched = std::function<void(std::int64_t, std::int64_t)>;
  Result<Held> Pack(const Digest& digest, std::vector<PackFileEntry> files, const Source& source,
                    const Fetched& fetched);

  // A new, empty folder, which goes with its pin. Where the disk gives none, it is not there.
  Held Temporary();

  // Removes what was not used for longest, until all is within the limit; pinned things stay.
  void Evict();

 private:
  BlobCache(std::filesystem::path folder, Bytes limit, Descriptor lock);
  std::shared_ptr<const void> Pin(const std::string& key);
  std::filesystem::path BlobPath(const Digest& digest) const;
  std::filesystem::path PackPath(const Digest& digest) const;
  std::filesystem::path TemporaryName();
  Status Download(const Digest& digest, std::uint64_t bytes, const Source& source);
  Status BuildPack(const Digest& digest, const std::vector<PackFileEntry>& files,
                   const Source& source, const Fetched& fetched);

  // Outlives the cache where a pin does.
  struct Pins {
    std::mutex mutex;
    std::map<std::string, int> counts;
  };
  const std::filesystem::path folder_;
  const Bytes limit_;
  const Descriptor lock_;
  const std::shared_ptr<Pins> pins_ = std::make_shared<Pins>();
  std::mutex mutex_;  // guards what follows
  std::uint64_t next_temporary_ = 0;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_BLOB_CACHE_H_
