// Files to the server, as blobs.
#ifndef VENTRAL_CLIENT_LIB_UPLOAD_H_
#define VENTRAL_CLIENT_LIB_UPLOAD_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "client/lib/connection.h"
#include "scoring/base/digest.h"
#include "scoring/base/result.h"
#include "ventral/v1/pack.pb.h"

namespace ventral::client {

// Bytes that are there and in all.
using UploadProgress = std::function<void(std::int64_t done, std::int64_t total)>;
// Told where an upload of before is gone on with: so many bytes of the file's are there.
using UploadGoesOn =
    std::function<void(const std::filesystem::path& file, std::int64_t there, std::int64_t bytes)>;

// Before each further try there is a pause, each twice as long as the one before.
struct UploadPatience {
  int tries = 10;  // of which none brought a byte further
  std::chrono::milliseconds first_pause{100}, longest_pause{5'000};
  std::chrono::milliseconds busy{60'000};  // of pauses while the server has no room
};

struct LocalFile {
  std::filesystem::path path;
  Digest sha256;
  std::int64_t bytes = 0;
};

// @error not_found or invalid_input names the file: missing, a folder, empty.
Result<LocalFile> ReadLocalFile(const std::filesystem::path& file);

// Uploads those of `files` that the server does not hold. Where a connection breaks, and where an
// earlier upload of the same bytes was cut, it goes on behind the last byte that is there; with a
// server that does not know how, it begins anew.
// @error as the server says, naming the file; invalid_input when a file changed since it was read.
Status UploadMissing(Connection& connection, const std::vector<LocalFile>& files,
                     const UploadProgress& progress, const UploadGoesOn& goes_on = {},
                     const UploadPatience& patience = {});

// Uploads what is missing of a pack's folder and publishes it, under the policy where one is given.
// @error as ListPackFiles, UploadMissing and the server.
Result<v1::Pack> PublishPack(Connection& connection, const std::filesystem::path& directory,
                             const std::optional<v1::PackPolicy>& policy,
                             const UploadProgress& progress, const UploadGoesOn& goes_on = {});

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_UPLOAD_H_
