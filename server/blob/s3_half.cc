#include "server/blob/s3_half.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <set>

#include "scoring/base/kept_hasher.h"

namespace ventral {
namespace {

constexpr std::string_view kFirstLine = "ventral half upload 1";
constexpr std::uint64_t kLargestHalfPart = 64ull << 20;
constexpr std::size_t kMostHalfParts = 10'000, kLongestHalfId = 2048;
// A part comes more often than that, from whoever is not ended for standing still.
constexpr std::chrono::minutes kHalfIsYoung{10};
constexpr std::chrono::seconds kEndTime{20};

std::string HalfKey(const S3Blobs& blobs, const UploadName& upload) {
  const std::string name =
      DigestOf(upload.owner).hex() + upload.digest.hex() + std::to_string(upload.size.value);
  return blobs.halves_folder() + DigestOf(name).hex() + ".half";
}

// The next line; what was no whole line is none.
std::optional<std::string_view> NextLine(std::string_view* text) {
  const auto end = text->find('\n');
  if (end == text->npos) return std::nullopt;
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

bool IsHalfId(std::string_view id) {
  const auto plain = [](unsigned char c) { return c > 0x20 && c < 0x7f; };
  return !id.empty() && id.size() <= kLongestHalfId && std::all_of(id.begin(), id.end(), plain);
}

bool ReadPart(std::string_view digits, Bytes* part) {
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, part->value);
  return read.ec == std::errc() && read.ptr == end && part->value > 0 &&
         part->value <= kLargestHalfPart && part->value % KeptHasher::kBlock == 0;
}

Result<std::optional<S3Half>> ReadHalfAt(const S3Blobs& blobs, const std::string& key) {
  S3Call call;
  call.key = key;
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs.client().Send(call));
  if (answer.status == 404 && answer.code != "NoSuchBucket") return std::optional<S3Half>();
  if (!answer.good()) return S3Error(answer, "reading " + key);
  return ParsedS3Half(answer.body);
}

Status ForEachHalf(const S3Blobs& blobs, const std::function<Status(const S3Object&)>& act) {
  std::string after;
  do {
    TimePoint date;
    VENTRAL_ASSIGN_OR_RETURN(S3Page page, blobs.List(blobs.halves_folder(), after, 0, &date));
    for (const S3Object& object : page.objects) VENTRAL_RETURN_IF_ERROR(act(object));
    after = std::move(page.next);
  } while (!after.empty());
  return Ok{};
}

// `alive`: ids that a half goes on with.
Status EndOtherParts(const S3Blobs& blobs, TimePoint before, const std::set<std::string>& alive) {
  S3Call list;
  list.query = {{"uploads", ""}, {"prefix", blobs.folder()}};
  while (true) {
    VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs.client().Send(list));
    if (!answer.good()) return S3Error(answer, "listing uploads");
    VENTRAL_ASSIGN_OR_RETURN(const S3UploadPage page, ParseS3Uploads(answer.body));
    for (const S3OpenUpload& upload : page.uploads) {
      if (upload.begun >= before || alive.contains(upload.id) || !blobs.NameOf(upload.key))
        continue;
      VENTRAL_RETURN_IF_ERROR(EndS3Parts(blobs, upload.key, upload.id));
    }
    if (page.next_key.empty()) return Ok{};
    list.query = {{"uploads", ""},
                  {"prefix", blobs.folder()},
                  {"key-marker", page.next_key},
                  {"upload-id-marker", page.next_id}};
  }
}

}  // namespace

bool IsS3Etag(std::string_view etag) {
  return !etag.empty() && etag.size() <= 256 &&
         etag.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "-+/=\"") == etag.npos;
}

std::string WrittenS3Half(const S3Half& half) {
  std::string text = std::string(kFirstLine) + "\n" + half.key + "\n" + half.id + "\n" +
                     std::to_string(half.part.value) + "\n" + half.state + "\n";
  for (const std::string& etag : half.etags) text += etag + "\n";
  return text;
}

std::optional<S3Half> ParsedS3Half(std::string_view text) {
  S3Half half;
  const auto first = NextLine(&text), key = NextLine(&text), id = NextLine(&text),
             part = NextLine(&text), state = NextLine(&text);
  if (!state || *first != kFirstLine || !IsHalfId(*id) || !ReadPart(*part, &half.part)) {
    return std::nullopt;
  }
  if (!Digest::Parse(*state).ok()) return std::nullopt;
  half.key = *key;
  half.id = *id;
  half.state = *state;
  while (const auto etag = NextLine(&text)) {
    if (!IsS3Etag(*etag) || half.etags.size() == kMostHalfParts) return std::nullopt;
    half.etags.emplace_back(*etag);
  }
  if (!text.empty() || half.etags.empty()) return std::nullopt;
  return half;
}

Result<std::optional<S3Half>> ReadS3Half(const S3Blobs& blobs, const UploadName& upload) {
  VENTRAL_ASSIGN_OR_RETURN(auto half, ReadHalfAt(blobs, HalfKey(blobs, upload)));
  const bool fits = half && half->key == blobs.KeyOf(upload.digest) && half->there() <= upload.size;
  return fits ? std::move(half) : std::optional<S3Half>();
}

Status WriteS3Half(const S3Blobs& blobs, const UploadName& upload, const S3Half& half) {
  const std::string text = WrittenS3Half(half);
  S3Call call;
  call.method = "PUT";
  call.key = HalfKey(blobs, upload);
  call.body = text;
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs.client().Send(call));
  if (!answer.good()) return S3Error(answer, "writing " + call.key);
  return Ok{};
}

Result<bool> IsYoungS3Half(const S3Blobs& blobs, const UploadName& upload) {
  TimePoint now;
  VENTRAL_ASSIGN_OR_RETURN(const S3Page page, blobs.List(HalfKey(blobs, upload), "", 1, &now));
  return !page.objects.empty() && page.objects[0].modified > now - kHalfIsYoung;
}

Status ForgetS3Half(const S3Blobs& blobs, const UploadName& upload) {
  return blobs.Remove(HalfKey(blobs, upload));
}

Status EndS3Half(const S3Blobs& blobs, const UploadName& upload, const S3Half& half) {
  VENTRAL_RETURN_IF_ERROR(ForgetS3Half(blobs, upload));
  return EndS3Parts(blobs, half.key, half.id);
}

Status EndS3Parts(const S3Blobs& blobs, const std::string& key, const std::string& id) {
  S3Call call;
  call.method = "DELETE";
  call.key = key;
  call.query = {{"uploadId", id}};
  call.total = kEndTime;
  call.attempts = 2;
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs.client().Send(call));
  if (!answer.good() && answer.status != 404) return S3Error(answer, "ending an upload");
  return Ok{};
}

Result<Bytes> AllS3HalfBytes(const S3Blobs& blobs) {
  std::uint64_t all = 0;
  VENTRAL_RETURN_IF_ERROR(ForEachHalf(blobs, [&](const S3Object& object) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto half, ReadHalfAt(blobs, object.key));
    if (half) all += half->there().value;
    return Ok{};
  }));
  return Bytes(all);
}

Result<Bytes> RemoveOldS3Halves(const S3Blobs& blobs, TimePoint before) {
  std::uint64_t removed = 0;
  std::set<std::string> alive;
  const auto look = [&](const S3Object& object) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto half, ReadHalfAt(blobs, object.key));
    if (object.modified >= before) {
      if (half) alive.insert(half->id);
      return Ok{};
    }
    VENTRAL_RETURN_IF_ERROR(blobs.Remove(object.key));
    if (!half || !blobs.NameOf(half->key)) return Ok{};
    removed += half->there().value;
    return EndS3Parts(blobs, half->key, half->id);
  };
  VENTRAL_RETURN_IF_ERROR(ForEachHalf(blobs, look));
  VENTRAL_RETURN_IF_ERROR(EndOtherParts(blobs, before, alive));
  return Bytes(removed);
}

}  // namespace ventral
