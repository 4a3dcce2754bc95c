#include "server/blob/hold_all.h"

#include <atomic>

#include "scoring/base/parallel.h"

namespace ventral {
namespace {

constexpr unsigned kAtOnce = 8;

}  // namespace

bool HasToBeUploaded(const Error& error) {
  return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kConflict;
}

Result<std::vector<Result<Bytes>>> HoldAll(const BlobStore& blobs,
                                           std::span<const Digest> digests) {
  std::vector<Result<Bytes>> held(digests.size(), Bytes(0));
  std::atomic<bool> failed = false;
  ParallelFor(digests.size(), kAtOnce, [&](std::size_t i) {
    if (failed) return;
    held[i] = blobs.Hold(digests[i]);
    if (!held[i].ok() && !HasToBeUploaded(held[i].error())) failed = true;
  });
  for (const Result<Bytes>& one : held) {
    if (!one.ok() && !HasToBeUploaded(one.error())) return one.error();
  }
  return held;
}

}  // namespace ventral
