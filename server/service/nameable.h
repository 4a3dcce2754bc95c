// Whether the caller may build upon a blob: a digest alone is no proof of having the bytes.
#ifndef VENTRAL_SERVER_SERVICE_NAMEABLE_H_
#define VENTRAL_SERVER_SERVICE_NAMEABLE_H_

#include "server/service/held_blob.h"
#include "server/service/seen.h"

namespace ventral::service {

// @error conflict, in the words of HeldBytes, so that a blob that is another's alone looks like one
// that is not there.
inline Status CheckNameable(store::Store& store, const Digest& digest) {
  VENTRAL_ASSIGN_OR_RETURN(const auto nameable,
                           store.blob_rights().Nameable(CurrentViewer(), {digest.hex()}));
  if (nameable.contains(digest.hex())) return Ok{};
  return NotUploaded(digest);
}

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_NAMEABLE_H_
