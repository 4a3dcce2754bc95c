#include "server/blob/s3_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "scoring/base/digest.h"
#include "scoring/base/version.h"
#include "server/blob/s3_credentials.h"
#include "server/blob/s3_endpoint.h"
#include "server/blob/s3_handles.h"
#include "server/blob/s3_xml.h"

namespace ventral {
namespace {

constexpr std::size_t kMostAnswer = 8 << 20;  // of XML; a full list of 1,000 has some 400 KiB
constexpr long kStallBytesPerSecond = 1024;   // NOLINT: libcurl's type

// One attempt, as libcurl's callbacks see it.
struct Exchange {
  const S3Call& call;
  CURL* curl;
  S3Answer answer;
  Status sunk = Ok{};
};

std::size_t TakeBody(char* bytes, std::size_t, std::size_t size, void* data) {
  Exchange& exchange = *static_cast<Exchange*>(data);
  long status = 0;  // NOLINT: libcurl's type
  curl_easy_getinfo(exchange.curl, CURLINFO_RESPONSE_CODE, &status);
  if (exchange.call.sink && status / 100 == 2) {
    if (exchange.answer.from != exchange.call.from) return 0;  // not the range that was asked for
    exchange.sunk = exchange.call.sink({bytes, size});
    return exchange.sunk.ok() ? size : 0;
  }
  if (exchange.answer.body.size() + size > kMostAnswer) return 0;
  exchange.answer.body.append(bytes, size);
  return size;
}

// "bytes 5-9/10" → 5.
std::uint64_t FirstByte(std::string_view range) {
  std::uint64_t first = 0;
  if (range.starts_with("bytes ")) {
    std::from_chars(range.data() + 6, range.data() + range.size(), first);
  }
  return first;
}

std::size_t TakeHeader(char* bytes, std::size_t, std::size_t size, void* data) {
  S3Answer& answer = static_cast<Exchange*>(data)->answer;
  const std::string_view line(bytes, size);
  const auto colon = line.find(':');
  if (colon == line.npos) return size;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string value(line.substr(colon + 1));
  value.erase(0, value.find_first_not_of(' '));
  value.erase(value.find_last_not_of(" \r\n") + 1);
  if (name == "etag") answer.etag = value;
  if (name == "content-range") answer.from = FirstByte(value);
  if (name == "content-length") {
    std::from_chars(value.data(), value.data() + value.size(), answer.size.value);
  }
  if (name == "date") {
    if (const auto date = ParseHttpDate(value); date.ok()) answer.date = *date;
  }
  return size;
}

class CurlS3Client final : public S3Client {
 public:
  CurlS3Client(const S3BlobOptions& options, S3Endpoint endpoint)
      : options_(options),
        endpoint_(std::move(endpoint)),
        signing_("aws:amz:" + endpoint_.region + ":s3"),
        credentials_(options.credentials_file) {}

  Status Ready() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) return Internal("libcurl cannot start", curl_easy_strerror(started));
    VENTRAL_RETURN_IF_ERROR(credentials_.Get());
    return Ok{};
  }

  Result<S3Answer> Send(const S3Call& call) override {
    const int attempts = call.sink ? 1 : (call.attempts > 0 ? call.attempts : options_.attempts);
    for (int failures = 0;; ++failures) {
      VENTRAL_ASSIGN_OR_RETURN(S3Answer answer, Once(call));
      if (!answer.worth_another() || failures + 1 >= attempts) return answer;
      S3Pause(options_.pause, failures + 1);
    }
  }

 private:
  Result<S3Answer> Once(const S3Call& call) {
    VENTRAL_ASSIGN_OR_RETURN(const S3Keys keys, credentials_.Get());
    CurlHandle handle = handles_.Take();
    if (!handle) return Internal("libcurl gives no handle");
    Exchange exchange{call, handle.get(), {}, Ok{}};
    S3Headers headers;
    AddHeaders(call, keys, &headers);
    char fault[CURL_ERROR_SIZE] = "";
    Configure(exchange, keys, headers, fault);
    const CURLcode code = curl_easy_perform(handle.get());
    long status = 0;  // NOLINT: libcurl's type
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    handles_.Give(std::move(handle));
    if (!exchange.sunk.ok()) return std::move(exchange.sunk).error();
    S3Answer answer = std::move(exchange.answer);
    answer.status = static_cast<int>(status);
    if (code != CURLE_OK) answer.fault = *fault != '\0' ? fault : curl_easy_strerror(code);
    if (answer.status >= 300) answer.code = S3ErrorCodeIn(answer.body);
    return answer;
  }

  // Each is signed, so an empty "Expect:" must not be among them.
  static void AddHeaders(const S3Call& call, const S3Keys& keys, S3Headers* headers) {
    static const std::string kOfNothing = DigestOf("").hex();
    const std::string sha256 = !call.body_sha256.empty() ? call.body_sha256
                               : call.body.empty()       ? kOfNothing
                                                         : DigestOf(call.body).hex();
    headers->Add("x-amz-content-sha256: " + sha256);
    if (!keys.token.empty()) headers->Add("x-amz-security-token: " + keys.token);
    if (call.method == "PUT" || call.method == "POST") {
      headers->Add("content-type: application/octet-stream");
    }
  }

  void Configure(Exchange& exchange, const S3Keys& keys, const S3Headers& headers, char* fault) {
    CURL* curl = exchange.curl;
    const S3Call& call = exchange.call;
    const std::string query = call.query.empty() ? "" : "?" + S3Query(call.query);
    curl_easy_setopt(curl, CURLOPT_URL, (endpoint_.base + call.key + query).c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    if (call.method == "HEAD") {
      curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (call.method != "GET") {
      if (call.method != "DELETE") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(call.body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.empty() ? "" : call.body.data());
      }
      curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
    }
    const std::string range = std::to_string(call.from) + "-";
    if (call.from > 0) curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.list());
    curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, signing_.c_str());
    curl_easy_setopt(curl, CURLOPT_USERNAME, keys.id.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, keys.secret.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, TakeHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fault);
    ConfigureConnection(curl, call);
  }

  void ConfigureConnection(CURL* curl, const S3Call& call) {
    const auto stall = call.stall.count() > 0 ? call.stall : options_.stall;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect.count()));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kStallBytesPerSecond);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(stall.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(call.total.count()));
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L << 10);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, (std::string("ventral/") + kVersion).c_str());
    if (!options_.proxy_from_environment) curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (!options_.ca_file.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
    }
  }

  const S3BlobOptions options_;
  const S3Endpoint endpoint_;
  const std::string signing_;
  S3Credentials credentials_;
  S3Handles handles_;
};

}  // namespace

Result<std::unique_ptr<S3Client>> S3Client::Make(const S3BlobOptions& options) {
  VENTRAL_ASSIGN_OR_RETURN(S3Endpoint endpoint, FindS3Endpoint(options));
  auto client = std::make_unique<CurlS3Client>(options, std::move(endpoint));
  VENTRAL_RETURN_IF_ERROR(client->Ready());
  return std::unique_ptr<S3Client>(std::move(client));
}

}  // namespace ventral
