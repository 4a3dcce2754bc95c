#include "server/open_blobs.h"

#include "server/blob/blob_location.h"
#include "server/blob/s3_store.h"

namespace ventral {

Result<std::unique_ptr<BlobStore>> OpenBlobs(const Settings& settings) {
  VENTRAL_ASSIGN_OR_RETURN(const BlobLocation location, ParseBlobLocation(settings.blobs));
  const Bytes max_blob(settings.max_upload_bytes), max_total(settings.max_store_bytes);
  if (!location.in_bucket()) return OpenDiskBlobStore({location.folder, max_blob, max_total});
  S3BlobOptions options;
  options.bucket = location.bucket;
  options.prefix = location.prefix;
  options.endpoint = settings.s3_endpoint;
  options.region = settings.s3_region;
  options.credentials_file = settings.s3_credentials;
  options.ca_file = settings.s3_ca;
  options.insecure_endpoint = settings.s3_insecure_endpoint;
  options.proxy_from_environment = settings.s3_proxy_from_environment;
  options.max_blob = max_blob;
  options.max_total = max_total;
  return OpenS3BlobStore(options);
}

}  // namespace ventral
