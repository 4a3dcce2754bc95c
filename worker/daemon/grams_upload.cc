#include "worker/daemon/grams_upload.h"

#include <spdlog/spdlog.h>

#include "worker/daemon/clean_text.h"
#include "worker/daemon/pause.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool CanPass(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kResourceLimit;
}

// @error resource_limit if they are more than the lease allows.
Result<v1::KeptGrams> Describe(const v1::Lease& lease, const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (error) return Unavailable("the evaluator left no file of Grams");
  if (bytes > static_cast<std::uintmax_t>(std::max<std::int64_t>(lease.max_grams_bytes(), 0))) {
    return ResourceLimit("their file has " + std::to_string(bytes) +
                         " bytes, the server keeps at most " +
                         std::to_string(lease.max_grams_bytes()));
  }
  VENTRAL_ASSIGN_OR_RETURN(const Digest digest, DigestOfFile(file));
  v1::KeptGrams grams;
  grams.set_sha256(digest.hex());
  grams.set_size_bytes(static_cast<std::int64_t>(bytes));
  return grams;
}

Result<v1::KeptGrams> Send(const v1::Lease& lease, const std::filesystem::path& file,
                           ServerLink& server, milliseconds patience, const std::stop_token& stop) {
  VENTRAL_ASSIGN_OR_RETURN(const v1::KeptGrams grams, Describe(lease, file));
  v1::GramsDeclaration declaration;
  declaration.set_job(lease.job());
  declaration.set_lease_token(lease.lease_token());
  *declaration.mutable_grams() = grams;
  Backoff pauses(milliseconds(200), milliseconds(5000));
  const auto end = steady_clock::now() + patience;
  while (true) {
    spdlog::info("job={} attempt={} uploading Grams bytes={}", lease.job(), lease.attempt(),
                 grams.size_bytes());
    const Status sent = server.UploadGrams(declaration, file, stop);
    if (sent.ok()) return grams;
    spdlog::warn("job={} attempt={} Grams not uploaded: {}", lease.job(), lease.attempt(),
                 sent.error().ToString());
    if (!CanPass(sent.error().code) || stop.stop_requested() || steady_clock::now() >= end) {
      return sent.error();
    }
    PauseUnlessStopped(pauses.Next(), stop);
  }
}

}  // namespace

std::optional<v1::KeptGrams> SendGrams(const v1::Lease& lease, const std::filesystem::path& file,
                                       ServerLink& server, milliseconds patience,
                                       const std::stop_token& stop, EvaluatorEnd& end) {
  constexpr std::size_t kLongestReason = 1000, kLongestLog = 16 << 10;
  if (file.empty()) return std::nullopt;
  if (end.not_kept.empty()) {
    Result<v1::KeptGrams> sent = Send(lease, file, server, patience, stop);
    if (sent.ok()) return std::move(sent).value();
    end.not_kept = sent.error().message;
  }
  const std::string note =
      "note: the Grams of this job are not kept, so it cannot be scored again from them: " +
      end.not_kept.substr(0, kLongestReason) + "\n";
  end.log_tail = CleanTail(end.log_tail + note, kLongestLog);
  return std::nullopt;
}

}  // namespace ventral
