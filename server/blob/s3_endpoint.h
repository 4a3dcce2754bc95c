// Private to blob: where a bucket is, and how its requests are written.
#ifndef VENTRAL_SERVER_BLOB_S3_ENDPOINT_H_
#define VENTRAL_SERVER_BLOB_S3_ENDPOINT_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scoring/base/result.h"
#include "server/blob/s3_store.h"

namespace ventral {

struct S3Endpoint {
  std::string region;
  std::string base;  // "https://BUCKET.s3.REGION.amazonaws.com/", "https://HOST/BUCKET/"
};

// @error invalid_input names the option that is wrong or missing; permission for an endpoint
//   without TLS on another machine.
Result<S3Endpoint> FindS3Endpoint(const S3BlobOptions& options);

// "a=1&b=x%2Fy", in the order in which it is signed.
std::string S3Query(std::vector<std::pair<std::string, std::string>> fields);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_ENDPOINT_H_
