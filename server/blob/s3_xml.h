// Private to blob: what S3 answers in XML. Bytes from outside: sizes are capped where they are
// received, and nothing in them is believed before it was looked at.
#ifndef VENTRAL_SERVER_BLOB_S3_XML_H_
#define VENTRAL_SERVER_BLOB_S3_XML_H_

#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"
#include "scoring/base/units.h"

namespace ventral {

struct S3Object {
  std::string key;
  std::string etag;  // with its quotes
  Bytes size{0};
  TimePoint modified;  // by the store's clock
};

struct S3Page {
  std::vector<S3Object> objects;
  std::string next;  // asks for the page behind; empty: this is the last
};

struct S3OpenUpload {
  std::string key, id;
  TimePoint begun;
};

struct S3UploadPage {
  std::vector<S3OpenUpload> uploads;
  std::string next_key, next_id;  // empty: this is the last
};

// ListObjectsV2's answer. @error unavailable if it is none.
Result<S3Page> ParseS3Page(std::string_view xml);
// ListMultipartUploads'. @error unavailable if it is none.
Result<S3UploadPage> ParseS3Uploads(std::string_view xml);
// CreateMultipartUpload's. @error unavailable if it has no id that can be sent back.
Result<std::string> ParseS3UploadId(std::string_view xml);
// CompleteMultipartUpload's, which may be an error though its status is 200: whether it is none.
bool IsS3Completion(std::string_view xml);
// "NoSuchKey"; empty where this is no error of S3's. Letters and digits only: nothing else of an
// error is kept, as a store could put into its words what it was sent.
std::string S3ErrorCodeIn(std::string_view xml);
// "Mon, 30 Nov 2026 10:25:06 GMT". @error invalid_input.
Result<TimePoint> ParseHttpDate(const std::string& text);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_XML_H_
