#include "server/blob/s3_blobs.h"

#include <algorithm>

namespace ventral {
namespace {

constexpr std::size_t kHex = 64;

std::optional<S3Kind> KindOf(std::string_view suffix) {
  if (suffix.empty()) return S3Kind::kBlob;
  if (suffix.starts_with(".held.")) return S3Kind::kHeld;
  if (suffix.starts_with(".removing.")) return S3Kind::kRemoving;
  if (suffix == ".damaged") return S3Kind::kDamaged;
  return std::nullopt;
}

void AddTo(S3State* state, S3Kind kind, S3Object object) {
  if (kind == S3Kind::kBlob || kind == S3Kind::kHeld) {
    state->touched = std::max(state->touched.value_or(object.modified), object.modified);
  }
  switch (kind) {
    case S3Kind::kBlob:
      state->blob = std::move(object);
      return;
    case S3Kind::kHeld:
      state->held.push_back(std::move(object.key));
      return;
    case S3Kind::kRemoving:
      state->removing = state->removing || object.modified > state->now - kS3RemovalCounts;
      return;
    case S3Kind::kDamaged:
      state->damaged.push_back(std::move(object.key));
      return;
  }
}

}  // namespace

S3Blobs::S3Blobs(const S3BlobOptions& options, std::unique_ptr<S3Client> client)
    : options_(options),
      root_(options.prefix.empty() ? "" : options.prefix + "/"),
      client_(std::move(client)) {}

std::string S3Blobs::KeyOf(const Digest& digest) const {
  return folder() + digest.hex().substr(0, 2) + "/" + digest.hex();
}

std::optional<S3Name> S3Blobs::NameOf(const std::string& key) const {
  const std::string start = folder();
  if (!key.starts_with(start) || key.size() < start.size() + 3 + kHex) return std::nullopt;
  auto digest = Digest::Parse(std::string_view(key).substr(start.size() + 3, kHex));
  if (!digest.ok() || !key.starts_with(KeyOf(*digest))) return std::nullopt;
  const auto kind = KindOf(std::string_view(key).substr(start.size() + 3 + kHex));
  if (!kind) return std::nullopt;
  return S3Name{std::move(digest).value(), *kind};
}

Result<S3Page> S3Blobs::List(const std::string& prefix, const std::string& after, int most,
                             TimePoint* date) const {
  S3Call call;
  call.query = {{"list-type", "2"}, {"prefix", prefix}};
  if (most == 0) most = options_.page;
  if (most > 0) call.query.emplace_back("max-keys", std::to_string(most));
  if (!after.empty()) call.query.emplace_back("continuation-token", after);
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, client_->Send(call));
  if (!answer.good()) return S3Error(answer, "listing " + prefix);
  *date = answer.date.value_or(std::chrono::system_clock::now());
  return ParseS3Page(answer.body);
}

Result<S3State> S3Blobs::Look(const Digest& digest) const {
  S3State state;
  std::string after;
  do {
    VENTRAL_ASSIGN_OR_RETURN(S3Page page, List(KeyOf(digest), after, 0, &state.now));
    for (S3Object& object : page.objects) {
      if (const auto name = NameOf(object.key)) AddTo(&state, name->kind, std::move(object));
    }
    after = std::move(page.next);
  } while (!after.empty());
  return state;
}

Result<Bytes> S3Blobs::SizeOf(const Digest& digest) const {
  S3Call call;
  call.method = "HEAD";
  call.key = KeyOf(digest);
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, client_->Send(call));
  if (answer.status == 404) return NotFound("there is no blob with SHA-256 " + digest.hex());
  if (!answer.good()) return S3Error(answer, "asking for " + call.key);
  return answer.size;
}

// One mark an hour, renewed by each who holds, so that a blob has few. A collector removes those of
// hours ago only, which nobody renews any more.
Status S3Blobs::MarkHeld(const Digest& digest) const {
  const auto hour = std::chrono::duration_cast<std::chrono::hours>(
      std::chrono::system_clock::now().time_since_epoch());
  return Mark(KeyOf(digest) + ".held." + std::to_string(hour.count()));
}

Status S3Blobs::Mark(const std::string& key) const {
  S3Call call;
  call.method = "PUT";
  call.key = key;
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, client_->Send(call));
  if (!answer.good()) return S3Error(answer, "writing " + key);
  return Ok{};
}

Status S3Blobs::Remove(const std::string& key) const {
  S3Call call;
  call.method = "DELETE";
  call.key = key;
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, client_->Send(call));
  if (!answer.good() && answer.status != 404) return S3Error(answer, "removing " + key);
  return Ok{};
}

}  // namespace ventral
