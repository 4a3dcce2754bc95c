#include <algorithm>
#include <random>
#include <thread>

#include "server/blob/s3_client.h"

namespace ventral {
namespace {

constexpr std::chrono::milliseconds kLongestPause{5'000};

}  // namespace

bool S3Answer::worth_another() const {
  if (!fault.empty()) return true;
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504 ||
         code == "RequestTimeout" || code == "OperationAborted";
}

Error S3Error(const S3Answer& answer, const std::string& what) {
  const std::string context = what + ": " + (answer.fault.empty() ? "" : answer.fault + ", ") +
                              "HTTP status " + std::to_string(answer.status) +
                              (answer.code.empty() ? "" : " " + answer.code);
  if (answer.status == 401 || answer.status == 403) {
    return Unavailable(
        "the server may not use its blob store: its operator should check the keys, this machine's "
        "clock, and that the keys may get, put, delete and list objects and abort uploads",
        context);
  }
  if (answer.code == "NoSuchBucket") {
    return Unavailable(
        "the server's bucket is not there: its operator should check --blobs and "
        "--s3-endpoint",
        context);
  }
  if (answer.status == 301 || answer.status == 307 ||
      answer.code == "AuthorizationHeaderMalformed") {
    return Unavailable(
        "the server's bucket is elsewhere: its operator should check --s3-region "
        "and --s3-endpoint",
        context);
  }
  return Unavailable("the server's blob store does not answer as it should: try again later",
                     context);
}

void S3Pause(std::chrono::milliseconds pause, int failures) {
  const auto longest = std::min(pause * (1 << std::clamp(failures - 1, 0, 16)), kLongestPause);
  std::uniform_int_distribution<std::int64_t> part(longest.count() / 2, longest.count());
  std::random_device random;
  std::this_thread::sleep_for(std::chrono::milliseconds(part(random)));
}

}  // namespace ventral
