// Kept Grams as blobs: what is let in, and what a job may name.
#ifndef VENTRAL_SERVER_SERVICE_KEPT_GRAMS_H_
#define VENTRAL_SERVER_SERVICE_KEPT_GRAMS_H_

#include <string_view>

#include "server/blob/blob_store.h"
#include "server/service/reply.h"
#include "server/service/upload.h"
#include "server/store/rows.h"
#include "ventral/v1/job.pb.h"

namespace ventral::service {

// Whether a file begins as kept Grams do. So that nothing else, such as a pack's recording, is ever
// handed out as Grams.
bool BeginsAsKeptGrams(std::string_view bytes);

// @error resource_limit if `declared` passes `most`, or none are wanted (says both).
Status CheckGramsSize(const Declared& declared, Bytes most);

// What CompleteJob says is kept: a blob that is held, has this size, and begins as kept Grams do.
// @error invalid_input names the field; conflict if the blob was not uploaded.
Result<store::GramsRow> HeldGrams(const v1::KeptGrams& said, Bytes most, const BlobStore& blobs,
                                  Call& call);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_KEPT_GRAMS_H_
