// Private to blob: what is left of uploads in a bucket.
#ifndef VENTRAL_SERVER_BLOB_S3_HALF_H_
#define VENTRAL_SERVER_BLOB_S3_HALF_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/blob/blob_store.h"
#include "server/blob/s3_blobs.h"

namespace ventral {

// Written to PREFIX/halves/NAME.half behind each part, where NAME is a digest of owner, digest and
// size. S3 gives the parts of an upload to nobody, so the state of their SHA-256 stands here, too.
struct S3Half {
  std::string key, id;             // the blob's, and of the upload by parts
  Bytes part{0};                   // size of each part, a multiple of 64
  std::string state;               // KeptHasher::State behind the parts
  std::vector<std::string> etags;  // of the parts, in order

  Bytes there() const { return Bytes(part.value * etags.size()); }
};

std::string WrittenS3Half(const S3Half& half);
// Nothing where it is none.
std::optional<S3Half> ParsedS3Half(std::string_view text);

// Whether this may stand as an ETag in XML and in a request; S3's are hexadecimal.
bool IsS3Etag(std::string_view etag);

// Nothing where there is none, or it is of no use. @error unavailable.
Result<std::optional<S3Half>> ReadS3Half(const S3Blobs& blobs, const UploadName& upload);
Status WriteS3Half(const S3Blobs& blobs, const UploadName& upload, const S3Half& half);
// That a part was written so lately that somebody may be at it. @error unavailable.
Result<bool> IsYoungS3Half(const S3Blobs& blobs, const UploadName& upload);
// Its parts may be a blob by now. @error unavailable.
Status ForgetS3Half(const S3Blobs& blobs, const UploadName& upload);
// The words first, then the parts: nobody goes on with what is going. @error unavailable.
Status EndS3Half(const S3Blobs& blobs, const UploadName& upload, const S3Half& half);
// Its parts. Not being there is no error. @error unavailable.
Status EndS3Parts(const S3Blobs& blobs, const std::string& key, const std::string& id);

// Of all of them. @error unavailable.
Result<Bytes> AllS3HalfBytes(const S3Blobs& blobs);
// Ends those whose last part came before `before`, and every other upload by parts that was begun
// before it and that no half goes on with. The bytes of the halves. @error unavailable.
Result<Bytes> RemoveOldS3Halves(const S3Blobs& blobs, TimePoint before);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_HALF_H_
