#include "scoring/pack/build/download.h"

#include <curl/curl.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "scoring/base/version.h"

namespace ventral {
namespace fs = std::filesystem;
namespace {

constexpr long kConnectSeconds = 30;
constexpr long kStallSeconds = 60;
constexpr long kStallBytesPerSecond = 1024;
constexpr long kRedirects = 5;

struct Target {
  std::ofstream out;
  std::uint64_t left = 0;  // bytes that may still come
  bool too_long = false;
};

std::size_t OnBytes(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto* target = static_cast<Target*>(user);
  const std::size_t bytes = size * count;
  target->too_long = bytes > target->left;
  if (target->too_long) return CURL_WRITEFUNC_ERROR;
  target->left -= bytes;
  target->out.write(data, static_cast<std::streamsize>(bytes));
  return target->out ? bytes : CURL_WRITEFUNC_ERROR;
}

CURL* NewHandle() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK ? curl_easy_init() : nullptr;
}

void Configure(CURL* curl, const SourceFile& source, Target& target, char* fault) {
  curl_easy_setopt(curl, CURLOPT_URL, source.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kRedirects);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kStallBytesPerSecond);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, (std::string("ventral/") + kVersion).c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, OnBytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &target);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fault);
  if (const char* certificates = std::getenv("SSL_CERT_FILE")) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, certificates);
  }
}

Status Fetch(const SourceFile& source, const fs::path& file) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(NewHandle(), curl_easy_cleanup);
  if (!curl) return Unavailable("libcurl cannot start");
  Target target{std::ofstream(file, std::ios::binary), source.bytes, false};
  if (!target.out) return Unavailable("cannot write " + file.string());
  char fault[CURL_ERROR_SIZE] = {};
  Configure(curl.get(), source, target, fault);
  const CURLcode code = curl_easy_perform(curl.get());
  if (target.too_long) {
    return CorruptData(source.url + " has more than the " + std::to_string(source.bytes) +
                       " bytes that pack.json states");
  }
  if (code != CURLE_OK) {
    return Unavailable("cannot download " + source.url + ": " +
                       (fault[0] != '\0' ? fault : curl_easy_strerror(code)) +
                       "; try later, or fetch it yourself and name its folder with --from");
  }
  if (!target.out.flush()) return Unavailable("cannot write " + file.string());
  return Ok{};
}

Status CheckDownload(const SourceFile& source, const fs::path& file) {
  VENTRAL_ASSIGN_OR_RETURN(const Digest digest, DigestOfFile(file));
  if (digest == source.sha256) return Ok{};
  return CorruptData(source.url + " has the SHA-256 " + digest.hex() + "; pack.json states " +
                     source.sha256.hex());
}

}  // namespace

Result<fs::path> Download(const SourceFile& source, const fs::path& folder) {
  const fs::path kept = folder / source.sha256.hex();
  std::error_code failure;
  if (fs::exists(kept, failure) && CheckDownload(source, kept).ok()) return kept;
  fs::create_directories(folder, failure);
  std::string name = (folder / "download-XXXXXX").string();
  const int descriptor = mkstemp(name.data());
  if (descriptor < 0) return Unavailable("cannot write in " + folder.string());
  close(descriptor);
  Status fetched = Fetch(source, name);
  if (fetched.ok()) fetched = CheckDownload(source, name);
  if (fetched.ok()) {
    fs::rename(name, kept, failure);
    if (failure) fetched = Unavailable("cannot write " + kept.string(), failure.message());
  }
  if (!fetched.ok()) {
    std::error_code ignored;
    fs::remove(name, ignored);
    return std::move(fetched).error();
  }
  return kept;
}

}  // namespace ventral
