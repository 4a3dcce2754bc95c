#include "server/blob/s3_collect.h"

#include <time.h>

#include <algorithm>
#include <random>
#include <span>

#include "server/blob/store_errors.h"

namespace ventral {
namespace {

constexpr std::size_t kAskAtOnce = 1000;
// A blob is removed so soon after its mark was begun, or not at all; both together are far below
// kS3RemovalCounts.
constexpr std::chrono::seconds kRemovalBegins{60}, kRemovalTakes{30};
constexpr std::chrono::hours kMarkStays{3};  // longer than anybody may renew it

// What passed, suspended or not.
std::chrono::seconds BootSeconds() {
  struct timespec now {};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec);
}

std::string RandomName() {
  std::random_device random;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string name;
  for (int i = 0; i < 32; ++i) name += kDigits[random() % 16];
  return name;
}

struct Sweep {
  std::vector<Digest> old;         // blobs, by their own age alone
  std::vector<std::string> spent;  // marks that count no more
  TimePoint before, now;           // by the store's clock
};

bool IsSpent(const Sweep& sweep, S3Kind kind, TimePoint modified) {
  if (kind == S3Kind::kHeld) {
    return modified < sweep.before - kS3Grace && modified < sweep.now - kMarkStays;
  }
  return kind == S3Kind::kRemoving && modified < sweep.now - kMarkStays;
}

Result<Sweep> LookAtAll(const S3Blobs& blobs, TimePoint before) {
  Sweep sweep;
  std::string after;
  bool first = true;
  do {
    TimePoint date;
    VENTRAL_ASSIGN_OR_RETURN(S3Page page, blobs.List(blobs.folder(), after, 0, &date));
    if (first) {
      sweep.now = date;
      sweep.before = before + (date - std::chrono::system_clock::now());
    }
    first = false;
    for (S3Object& object : page.objects) {
      auto name = blobs.NameOf(object.key);
      if (!name) continue;
      if (name->kind == S3Kind::kBlob && object.modified < sweep.before - kS3Grace) {
        sweep.old.push_back(std::move(name->digest));
      } else if (IsSpent(sweep, name->kind, object.modified)) {
        sweep.spent.push_back(std::move(object.key));
      }
    }
    after = std::move(page.next);
  } while (!after.empty());
  return sweep;
}

bool IsOld(const S3State& state, TimePoint before) {
  return state.blob && *state.touched < before - kS3Grace;
}

// Where the answer does not come, the blob may go at any moment until the mark counts no more.
Status RemoveMarked(const S3Blobs& blobs, const Digest& digest) {
  S3Call call;
  call.method = "DELETE";
  call.key = blobs.KeyOf(digest);
  call.total = kRemovalTakes;
  call.attempts = 1;
  VENTRAL_ASSIGN_OR_RETURN(const S3Answer answer, blobs.client().Send(call));
  if (!answer.good()) return S3Error(answer, "removing " + call.key);
  return Ok{};
}

// docs/decisions/blobs-in-s3.md: the mark first, then the look. Who holds writes first and looks
// then, too, so one of both sees the other.
Status RemoveIfOld(const S3Blobs& blobs, const Digest& digest, TimePoint before,
                   Collected* collected) {
  VENTRAL_ASSIGN_OR_RETURN(const S3State at_first, blobs.Look(digest));
  if (!IsOld(at_first, before)) return Ok{};
  const std::string mark = blobs.KeyOf(digest) + ".removing." + RandomName();
  const auto begun = BootSeconds();
  VENTRAL_RETURN_IF_ERROR(blobs.Mark(mark));
  VENTRAL_ASSIGN_OR_RETURN(const S3State state, blobs.Look(digest));
  if (!IsOld(state, before) || BootSeconds() - begun > kRemovalBegins) return blobs.Remove(mark);
  VENTRAL_RETURN_IF_ERROR(RemoveMarked(blobs, digest));
  ++collected->blobs;
  collected->bytes = Bytes(collected->bytes.value + state.blob->size.value);
  for (const std::string& damaged : state.damaged) VENTRAL_RETURN_IF_ERROR(blobs.Remove(damaged));
  return blobs.Remove(mark);
}

}  // namespace

// What was touched lately needs no mark: a collector would see it as one would see the mark.
Result<Bytes> HoldS3Blob(const S3Blobs& blobs, const Digest& digest) {
  const auto begun = BootSeconds();
  VENTRAL_ASSIGN_OR_RETURN(S3State state, blobs.Look(digest));
  if (state.there() && *state.touched < state.now - kS3Grace / 2) {
    VENTRAL_RETURN_IF_ERROR(blobs.MarkHeld(digest));
    VENTRAL_ASSIGN_OR_RETURN(state, blobs.Look(digest));
  }
  if (!state.there()) return NotFound("there is no blob with SHA-256 " + digest.hex());
  if (state.removing) return MayGo(digest);
  VENTRAL_ASSIGN_OR_RETURN(const Bytes size, blobs.SizeOf(digest));
  // What it answers late would be held for less than it promises.
  if (BootSeconds() - begun >= kS3Grace / 2) return MayGo(digest);
  return size;
}

Result<Collected> CollectS3Blobs(const S3Blobs& blobs, TimePoint before,
                                 const BlobStore::Unnamed& unnamed) {
  VENTRAL_ASSIGN_OR_RETURN(const Sweep sweep, LookAtAll(blobs, before));
  for (const std::string& mark : sweep.spent) VENTRAL_RETURN_IF_ERROR(blobs.Remove(mark));
  Collected collected;
  for (std::size_t begin = 0; begin < sweep.old.size(); begin += kAskAtOnce) {
    const std::size_t count = std::min(kAskAtOnce, sweep.old.size() - begin);
    VENTRAL_ASSIGN_OR_RETURN(const auto free, unnamed(std::span(sweep.old).subspan(begin, count)));
    for (const Digest& digest : free) {
      VENTRAL_RETURN_IF_ERROR(RemoveIfOld(blobs, digest, sweep.before, &collected));
    }
  }
  return collected;
}

}  // namespace ventral
