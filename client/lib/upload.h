// Files to the server, as blobs.
#ifndef VENTRAL_CLIENT_LIB_UPLOAD_H_
#define VENTRAL_CLIENT_LIB_UPLOAD_H_

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

// Bytes sent and in all.
using UploadProgress = std::function<void(std::int64_t done, std::int64_t total)>;

struct LocalFile {
  std::filesystem::path path;
  Digest sha256;
  std::int64_t bytes = 0;
};

// @error not_found or invalid_input names the file: missing, a folder, empty.
Result<LocalFile> ReadLocalFile(const std::filesystem::path& file);

// Uploads those of `files` that the server does not hold; each is tried twice when the connection
// breaks, and for a minute where the server has no room for another upload.
// @error as the server says, naming the file; invalid_input when a file changed since it was read.
Status UploadMissing(Connection& connection, const std::vector<LocalFile>& files,
                     const UploadProgress& progress);

// Uploads what is missing of a pack's folder and publishes it, under the policy where one is given.
// @error as ListPackFiles, UploadMissing and the server.
Result<v1::Pack> PublishPack(Connection& connection, const std::filesystem::path& directory,
                             const std::optional<v1::PackPolicy>& policy,
                             const UploadProgress& progress);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_UPLOAD_H_
