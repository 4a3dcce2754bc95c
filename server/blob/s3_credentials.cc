#include "server/blob/s3_credentials.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace ventral {
namespace {

constexpr std::chrono::seconds kReadAgain{60};
constexpr std::streamsize kLargestFile = 64 << 10;

std::string_view Trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What would end a header, or could not be sent in one.
bool IsPlain(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~') return false;
  }
  return true;
}

Result<S3Keys> Checked(S3Keys keys, const std::string& id, const std::string& secret) {
  if (keys.id.empty()) return InvalidInput(id + " is missing");
  if (keys.secret.empty()) return InvalidInput(secret + " is missing");
  if (!IsPlain(keys.id) || !IsPlain(keys.secret) || !IsPlain(keys.token)) {
    return InvalidInput("a key has a space, or a character that no key has");
  }
  return keys;
}

}  // namespace

Result<S3Keys> ParseS3Keys(std::string_view text) {
  S3Keys keys;
  bool ours = true;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[')) ours = line == "[default]";
    const auto equals = line.find('=');
    if (!ours || line.starts_with('#') || equals == line.npos) continue;
    const std::string_view name = Trimmed(line.substr(0, equals));
    const std::string_view value = Trimmed(line.substr(equals + 1));
    if (name == "aws_access_key_id") keys.id = value;
    if (name == "aws_secret_access_key") keys.secret = value;
    if (name == "aws_session_token") keys.token = value;
  }
  return Checked(std::move(keys), "aws_access_key_id", "aws_secret_access_key");
}

Result<S3Keys> S3Credentials::Read() const {
  if (file_.empty()) {
    return Checked({FromEnvironment("AWS_ACCESS_KEY_ID"), FromEnvironment("AWS_SECRET_ACCESS_KEY"),
                    FromEnvironment("AWS_SESSION_TOKEN")},
                   "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
  }
  struct stat found {};
  std::ifstream file(file_, std::ios::binary);
  if (!file || ::stat(file_.c_str(), &found) != 0) {
    return InvalidInput(file_.string() + " cannot be read: it should have the bucket's keys");
  }
  if ((found.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return Error{ErrorCode::kPermission,
                 "every user may read " + file_.string() + ", which has a secret: chmod o-rwx",
                 {}};
  }
  std::string text(kLargestFile, '\0');
  file.read(text.data(), kLargestFile);
  text.resize(static_cast<std::size_t>(file.gcount()));
  auto keys = ParseS3Keys(text);
  if (!keys.ok()) return std::move(keys).error().Within(file_.string());
  return keys;
}

Result<S3Keys> S3Credentials::Get() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (keys_ && (file_.empty() || now - read_ < kReadAgain)) return *keys_;
  auto read = Read();
  read_ = now;
  if (read.ok())
    keys_ = std::move(read).value();
  else if (!keys_)
    return read;
  return *keys_;
}

}  // namespace ventral
