// Blobs in a bucket of S3, or of what speaks as S3 does.
#ifndef VENTRAL_SERVER_BLOB_S3_STORE_H_
#define VENTRAL_SERVER_BLOB_S3_STORE_H_

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "server/blob/blob_store.h"

namespace ventral {

struct S3BlobOptions {
  std::string bucket;
  std::string prefix;    // of every key, without slashes at its ends
  std::string endpoint;  // "https://HOST[:PORT]"; the bucket is then in the path. Empty: AWS
  std::string region;    // empty: AWS_REGION, AWS_DEFAULT_REGION; at an endpoint else us-east-1
  // As ~/.aws/credentials has it, its section [default]; read again each minute. Empty:
  // AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
  std::filesystem::path credentials_file;
  std::filesystem::path ca_file;        // PEM; empty: the system's
  bool insecure_endpoint = false;       // http:// to another machine is meant
  bool proxy_from_environment = false;  // else HTTPS_PROXY and its like count for nothing
  Bytes max_blob{8ull << 30};
  Bytes max_total{0};  // of all blobs; 0: no limit
  // Each upload holds up to two parts in memory. Larger where a blob would have more than 10,000 of
  // them, up to 64 MiB.
  Bytes part{8ull << 20};
  int page = 0;                          // keys of one listing; 0: as many as the store gives
  int attempts = 5;                      // at a request that can be made again
  std::chrono::milliseconds pause{200};  // before the second attempt; doubled each time, jittered
  std::chrono::seconds connect{10};
  std::chrono::seconds stall{60};  // below 1 KiB/s for so long ends a request
};

// PREFIX/sha256/ab/abcd…, and beside it marks of those who hold, remove or found it damaged
// (docs/decisions/blobs-in-s3.md says how they keep Collect's promise). What the bucket must do:
// once a write is answered, every later listing and reading sees it. S3 does since 2020.
// Thread-safe. Of an upload that was cut, whole parts stay (s3_half.h); one of a single part leaves
// nothing.
// @error invalid_input if endpoint, region or keys are missing or malformed; unavailable if the
//   bucket cannot be listed and written (says what to check). No error has a secret in it.
Result<std::unique_ptr<BlobStore>> OpenS3BlobStore(const S3BlobOptions& options);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_STORE_H_
