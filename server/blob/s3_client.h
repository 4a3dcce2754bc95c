// Private to blob: signed requests to one bucket, over connections that are kept.
#ifndef VENTRAL_SERVER_BLOB_S3_CLIENT_H_
#define VENTRAL_SERVER_BLOB_S3_CLIENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"
#include "server/blob/s3_store.h"

namespace ventral {

struct S3Call {
  std::string method = "GET";  // HEAD, PUT, POST, DELETE
  std::string key;             // empty: of the bucket itself
  std::vector<std::pair<std::string, std::string>> query;
  std::string_view body;    // sent with PUT and POST; outlives the call
  std::string body_sha256;  // of `body`, in hexadecimal, where the caller knows it
  std::uint64_t from = 0;   // of a GET: the first byte wanted
  // Takes the body of an answer that is not an error; an error of its own ends the call. Without
  // it, the body stands in the answer.
  std::function<Status(std::string_view)> sink;
  std::chrono::seconds stall{0};  // 0: the store's
  std::chrono::seconds total{0};  // of one attempt; 0: as long as bytes move
  int attempts = 0;               // 0: the store's
};

struct S3Answer {
  int status = 0;     // of HTTP; 0: none came
  std::string fault;  // why it did not come, or broke off; empty: it came whole
  std::string body, etag;
  std::string code;               // S3's, of an error
  std::optional<TimePoint> date;  // the store's clock
  std::uint64_t from = 0;         // the first byte that a part of an object begins with
  Bytes size{0};                  // that the answer declares

  bool good() const { return fault.empty() && status / 100 == 2; }
  // A later attempt may do better.
  bool worth_another() const;
};

// Thread-safe.
class S3Client {
 public:
  // @error invalid_input as OpenS3BlobStore says.
  static Result<std::unique_ptr<S3Client>> Make(const S3BlobOptions& options);
  virtual ~S3Client() = default;
  // The last attempt's answer, whatever it says. With a sink there is one attempt only. @error that
  // of the sink, or what S3Credentials says.
  virtual Result<S3Answer> Send(const S3Call& call) = 0;
};

// What a failed answer means for who asked, with what an operator should look at. `what` for the
// log: "reading sha256/ab/abcd…".
Error S3Error(const S3Answer& answer, const std::string& what);

// Waits before the attempt behind `failures` of them: `pause`, doubled with each, at most 5 s, and
// of that a random part of at least a half.
void S3Pause(std::chrono::milliseconds pause, int failures);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_CLIENT_H_
