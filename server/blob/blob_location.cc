#include "server/blob/blob_location.h"

namespace ventral {
namespace {

constexpr std::string_view kLowerAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kKeyCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
constexpr std::size_t kLongestPrefix = 512;  // S3's keys have 1,024 bytes

bool IsBucketName(std::string_view name) {
  if (name.size() < 3 || name.size() > 63) return false;
  if (name.find_first_not_of(std::string(kLowerAndDigits) + ".-") != name.npos) return false;
  return kLowerAndDigits.find(name.front()) != name.npos &&
         kLowerAndDigits.find(name.back()) != name.npos && name.find("..") == name.npos;
}

bool IsPrefix(std::string_view prefix) {
  if (prefix.size() > kLongestPrefix) return false;
  while (!prefix.empty()) {
    const auto slash = std::min(prefix.find('/'), prefix.size());
    const std::string_view word = prefix.substr(0, slash);
    if (word.empty() || word == "." || word == "..") return false;
    if (word.find_first_not_of(kKeyCharacters) != word.npos) return false;
    prefix.remove_prefix(std::min(slash + 1, prefix.size()));
  }
  return true;
}

Result<BlobLocation> InBucket(std::string_view text) {
  const std::string_view place = text.substr(5);
  const auto slash = std::min(place.find('/'), place.size());
  BlobLocation location;
  location.bucket = place.substr(0, slash);
  std::string_view prefix = place.substr(std::min(slash + 1, place.size()));
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  location.prefix = prefix;
  if (!IsBucketName(location.bucket)) {
    return InvalidInput("'" + std::string(text) +
                        "' names no bucket: wanted is s3://BUCKET/PREFIX"
                        ", and a bucket's name is 3 to 63 of a-z, 0-9, '.' and '-'");
  }
  if (!IsPrefix(location.prefix)) {
    return InvalidInput("'" + std::string(text) + "': the prefix behind the bucket may have " +
                        "words of letters, digits, '.', '_' and '-' between single slashes");
  }
  return location;
}

}  // namespace

Result<BlobLocation> ParseBlobLocation(std::string_view text) {
  if (text.starts_with("s3://")) return InBucket(text);
  BlobLocation location;
  if (text.starts_with("file://")) {
    location.folder = text.substr(7);
    if (location.folder.is_absolute()) return location;
    return InvalidInput("'" + std::string(text) + "': wanted is file:///FOLDER, an absolute path");
  }
  if (text.find("://") != text.npos) {
    return InvalidInput("'" + std::string(text) +
                        "': blobs are kept in a folder, or at s3://BUCKET/PREFIX");
  }
  if (text.empty()) return InvalidInput("it is empty: wanted is a folder, or s3://BUCKET/PREFIX");
  location.folder = text;
  return location;
}

}  // namespace ventral
