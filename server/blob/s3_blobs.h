// Private to blob: a store's keys, and what stands at those of one blob.
#ifndef VENTRAL_SERVER_BLOB_S3_BLOBS_H_
#define VENTRAL_SERVER_BLOB_S3_BLOBS_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/clock.h"
#include "scoring/base/digest.h"
#include "server/blob/s3_client.h"
#include "server/blob/s3_xml.h"

namespace ventral {

// A blob's key has its bytes; the others are empty objects, of which name and age speak.
//   PREFIX/sha256/ab/abcd…              the blob
//   PREFIX/sha256/ab/abcd….held.HOUR    somebody held it, or was about to store it
//   PREFIX/sha256/ab/abcd….removing.ID  a collector is about to remove it
//   PREFIX/sha256/ab/abcd….damaged      its bytes did not have its digest: as if it were not there
enum class S3Kind { kBlob, kHeld, kRemoving, kDamaged };

struct S3Name {
  Digest digest;
  S3Kind kind;
};

// All times below are the store's own.
struct S3State {
  std::optional<S3Object> blob;
  std::optional<TimePoint> touched;  // the latest of blob and held marks
  std::vector<std::string> held, damaged;
  bool removing = false;  // a collector may be at it, now
  TimePoint now;

  bool there() const { return blob.has_value() && damaged.empty(); }
};

// What a collector finds so much older than its bound, it still takes for younger: so a blob that
// was touched half of it ago is held as it is, and answers and the store's clocks may lag.
constexpr std::chrono::minutes kS3Grace{15};
// A removal mark counts for so long; who wrote it gives up long before (s3_collect.cc).
constexpr std::chrono::minutes kS3RemovalCounts{10};

class S3Blobs {
 public:
  S3Blobs(const S3BlobOptions& options, std::unique_ptr<S3Client> client);

  const S3BlobOptions& options() const { return options_; }
  S3Client& client() const { return *client_; }

  std::string KeyOf(const Digest& digest) const;
  // Nothing for keys that are not ours.
  std::optional<S3Name> NameOf(const std::string& key) const;
  // Of every blob and mark.
  std::string folder() const { return root_ + "sha256/"; }
  // Of what is left of uploads (s3_half.h).
  std::string halves_folder() const { return root_ + "halves/"; }

  // One listing. @error unavailable.
  Result<S3State> Look(const Digest& digest) const;
  // A page of what begins with `prefix`; `date` is the store's, when it answered. `most` 0: as many
  // as the options say. @error unavailable.
  Result<S3Page> List(const std::string& prefix, const std::string& after, int most,
                      TimePoint* date) const;
  // By a request of its own: a listing may see one key before and another after a change between.
  // @error not_found, unavailable.
  Result<Bytes> SizeOf(const Digest& digest) const;
  // Marks the blob as one of now, in the name of whoever is about to ask Look.
  Status MarkHeld(const Digest& digest) const;
  // An empty object. @error unavailable.
  Status Mark(const std::string& key) const;
  // Not being there is no error. @error unavailable.
  Status Remove(const std::string& key) const;

 private:
  const S3BlobOptions options_;
  const std::string root_;  // "PREFIX/", or empty
  const std::unique_ptr<S3Client> client_;
};

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_BLOBS_H_
