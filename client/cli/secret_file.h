// A new file for a secret, which only its owner may read.
#ifndef VENTRAL_CLIENT_CLI_SECRET_FILE_H_
#define VENTRAL_CLIENT_CLI_SECRET_FILE_H_

#include <memory>
#include <string>

#include "scoring/base/result.h"

namespace ventral::cli {

class SecretFile {
 public:
  // @error conflict if it is there, unavailable if it cannot be made.
  static Result<std::unique_ptr<SecretFile>> Create(const std::string& path);
  // Removes the file again unless Keep succeeded.
  ~SecretFile();
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;

  // On the disk when it returns. @error unavailable.
  Status Keep(const std::string& text);

 private:
  SecretFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  const std::string path_;
  const int fd_;
  bool kept_ = false;
};

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_SECRET_FILE_H_
