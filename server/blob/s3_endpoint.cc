#include "server/blob/s3_endpoint.h"

#include <algorithm>
#include <cstdlib>

namespace ventral {
namespace {

bool HasOnly(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == text.npos;
}

std::string RegionOf(const S3BlobOptions& options) {
  if (!options.region.empty()) return options.region;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return options.endpoint.empty() ? "" : "us-east-1";  // what look-alikes expect
}

bool IsThisMachine(std::string_view host) {
  const auto end =
      host.starts_with('[') ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  const std::string_view name = host.substr(0, end);
  return name == "localhost" || name == "[::1]" ||
         (name.starts_with("127.") && HasOnly(name, "0123456789."));
}

Status CheckEndpoint(const std::string& endpoint, bool insecure) {
  const bool tls = endpoint.starts_with("https://");
  const bool known = tls || endpoint.starts_with("http://");
  const std::string_view host = std::string_view(endpoint).substr(known ? (tls ? 8 : 7) : 0);
  if (!known || host.empty() ||
      !HasOnly(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]")) {
    return InvalidInput("--s3-endpoint " + endpoint +
                        ": wanted is https://HOST or https://HOST:PORT");
  }
  if (tls || insecure || IsThisMachine(host)) return Ok{};
  return Error{ErrorCode::kPermission,
               "--s3-endpoint " + endpoint + " would send blobs over the network in the clear: " +
                   "use https://, or add --s3-insecure-endpoint if this is meant",
               {}};
}

std::string Escaped(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string escaped;
  for (const unsigned char c : text) {
    if (kPlain.find(static_cast<char>(c)) != kPlain.npos) {
      escaped += static_cast<char>(c);
    } else {
      escaped += {'%', kDigits[c >> 4], kDigits[c & 15]};
    }
  }
  return escaped;
}

}  // namespace

Result<S3Endpoint> FindS3Endpoint(const S3BlobOptions& options) {
  S3Endpoint found;
  found.region = RegionOf(options);
  if (found.region.empty()) {
    return InvalidInput("the bucket's region is missing: give --s3-region, or set AWS_REGION");
  }
  if (found.region.size() > 60 || !HasOnly(found.region, "abcdefghijklmnopqrstuvwxyz0123456789-")) {
    return InvalidInput("--s3-region " + found.region + " is no region; eu-central-1 is one");
  }
  std::string endpoint = options.endpoint;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  if (!endpoint.empty()) {
    VENTRAL_RETURN_IF_ERROR(CheckEndpoint(endpoint, options.insecure_endpoint));
    found.base = endpoint + "/" + options.bucket + "/";
    return found;
  }
  const std::string host = "s3." + found.region + ".amazonaws.com";
  // A certificate for *.s3.… does not stretch over a bucket's dots.
  const bool dots = options.bucket.find('.') != std::string::npos;
  found.base = dots ? "https://" + host + "/" + options.bucket + "/"
                    : "https://" + options.bucket + "." + host + "/";
  return found;
}

std::string S3Query(std::vector<std::pair<std::string, std::string>> fields) {
  std::sort(fields.begin(), fields.end());
  std::string query;
  for (const auto& [name, value] : fields) {
    query += (query.empty() ? "" : "&") + Escaped(name) + "=" + Escaped(value);
  }
  return query;
}

}  // namespace ventral
