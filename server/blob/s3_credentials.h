// Private to blob: the keys with which requests are signed.
#ifndef VENTRAL_SERVER_BLOB_S3_CREDENTIALS_H_
#define VENTRAL_SERVER_BLOB_S3_CREDENTIALS_H_

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "scoring/base/result.h"

namespace ventral {

// `secret` and `token` stand in no log and no error.
struct S3Keys {
  std::string id, secret;
  std::string token;  // of a session; empty: none
};

// Thread-safe.
class S3Credentials {
 public:
  // Empty: the environment.
  explicit S3Credentials(std::filesystem::path file) : file_(std::move(file)) {}
  // The file is read at most once a minute; where it cannot be read any more, what it said counts
  // on. @error invalid_input names what is missing; permission if every user may read the file.
  Result<S3Keys> Get();

 private:
  Result<S3Keys> Read() const;

  const std::filesystem::path file_;
  std::mutex mutex_;
  std::optional<S3Keys> keys_;
  std::chrono::steady_clock::time_point read_;
};

// Lines "aws_access_key_id = …", "aws_secret_access_key = …", "aws_session_token = …" of the
// section [default], or before any section. @error invalid_input names the first that is missing.
Result<S3Keys> ParseS3Keys(std::string_view text);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_CREDENTIALS_H_
