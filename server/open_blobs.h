// The blob store that the settings name.
#ifndef VENTRAL_SERVER_OPEN_BLOBS_H_
#define VENTRAL_SERVER_OPEN_BLOBS_H_

#include <memory>

#include "server/blob/blob_store.h"
#include "server/settings.h"

namespace ventral {

// @error those of ParseBlobLocation, OpenDiskBlobStore and OpenS3BlobStore.
Result<std::unique_ptr<BlobStore>> OpenBlobs(const Settings& settings);

}  // namespace ventral

#endif  // VENTRAL_SERVER_OPEN_BLOBS_H_
