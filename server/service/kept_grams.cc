#include "server/service/kept_grams.h"

#include "server/service/held_blob.h"

namespace ventral::service {
namespace {

// The header of the first frame: magic, version 1, type kKeptHead (worker/protocol/frame.h).
constexpr std::string_view kStart("VNTR\x01\x00\x0c\x00", 8);

Status CheckStart(const BlobStore& blobs, const Digest& digest) {
  bool fits = false;
  // One piece is enough: the reading ends with the error that is made here.
  const Status read = blobs.Read(digest, [&](std::string_view piece) -> Status {
    fits = BeginsAsKeptGrams(piece);
    return Conflict("enough was read");
  });
  if (fits) return Ok{};
  if (!read.ok() && read.error().code != ErrorCode::kConflict) return read;
  return InvalidInput("the blob " + digest.hex() + " holds no kept Grams");
}

}  // namespace

bool BeginsAsKeptGrams(std::string_view bytes) { return bytes.starts_with(kStart); }

Status CheckGramsSize(const Declared& declared, Bytes most) {
  if (declared.size <= most) return Ok{};
  return ResourceLimit("the Grams have " + std::to_string(declared.size.value) +
                       " bytes; this server keeps at most " + std::to_string(most.value));
}

Result<store::GramsRow> HeldGrams(const v1::KeptGrams& said, Bytes most, const BlobStore& blobs,
                                  Call& call) {
  VENTRAL_ASSIGN_OR_RETURN(const Declared declared,
                           ReadDeclared(said.sha256(), said.size_bytes(), "grams", call));
  VENTRAL_RETURN_IF_ERROR(CheckGramsSize(declared, most));
  VENTRAL_ASSIGN_OR_RETURN(const Bytes held, HeldBytes(blobs, declared.digest));
  VENTRAL_RETURN_IF_ERROR(CheckHeldSize(held, declared));
  VENTRAL_RETURN_IF_ERROR(CheckStart(blobs, declared.digest));
  return store::GramsRow{said.sha256(), said.size_bytes()};
}

}  // namespace ventral::service
