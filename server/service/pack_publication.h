// What makes uploaded files a pack.
#ifndef VENTRAL_SERVER_SERVICE_PACK_PUBLICATION_H_
#define VENTRAL_SERVER_SERVICE_PACK_PUBLICATION_H_

#include <vector>

#include "scoring/pack/pack.h"
#include "server/blob/blob_store.h"
#include "server/service/reply.h"
#include "server/store/store.h"
#include "ventral/v1/pack.pb.h"

namespace ventral::service {

struct Publication {
  store::PackRow pack;
  std::vector<store::PackFileRow> files;  // sorted by path
};

// Reads pack.json and the stimulus table, and no array: arrays are the worker's to check.
// @error invalid_input names the file: bad path, path twice, no pack.json, size that is not the
//   blob's, a manifest or table that ParseManifest or ParseStimulusTable refuses, a file that the
//   manifest or the table names and the request does not.
// @error conflict names the first file that was not uploaded, or that the caller may not name.
// @error resource_limit, corrupt_data.
Result<Publication> CheckPublication(const v1::PublishPackRequest& request, store::Store& store,
                                     const BlobStore& blobs, Call& call);

// Of a pack's stored files: the digest of its listing, and its manifest, read from the blob store.
// @error corrupt_data if a row or the manifest does not read.
Result<Digest> ListingDigest(const std::vector<store::PackFileRow>& files);
Result<PackManifest> StoredManifest(const std::vector<store::PackFileRow>& files,
                                    const BlobStore& blobs);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_PACK_PUBLICATION_H_
