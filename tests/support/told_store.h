// A blob store that can only be held from, and answers as it is told.
#ifndef VENTRAL_TESTS_SUPPORT_TOLD_STORE_H_
#define VENTRAL_TESTS_SUPPORT_TOLD_STORE_H_

#include <functional>
#include <memory>
#include <utility>

#include "server/blob/blob_store.h"

namespace ventral::testing {

class ToldStore final : public BlobStore {
 public:
  using Answer = std::function<Result<Bytes>(const Digest&)>;
  explicit ToldStore(Answer hold) : hold_(std::move(hold)) {}

  Result<Bytes> Hold(const Digest& digest) const override { return hold_(digest); }

  Result<std::unique_ptr<BlobWriter>> Begin(const Digest&, Bytes) override { return NotAsked(); }
  Result<std::unique_ptr<BlobWriter>> Resume(const UploadName&, Bytes) override {
    return NotAsked();
  }
  Result<Bytes> Received(const UploadName&) const override { return NotAsked(); }
  bool Contains(const Digest&) const override { return false; }
  Result<Bytes> Size(const Digest&) const override { return NotAsked(); }
  Status Read(const Digest&, const std::function<Status(std::string_view)>&) const override {
    return NotAsked();
  }
  Result<Collected> Collect(std::chrono::system_clock::time_point, const Unnamed&) override {
    return NotAsked();
  }
  Status RemoveHalves(std::chrono::system_clock::time_point) override { return NotAsked(); }

 private:
  static Error NotAsked() { return Internal("a told store is asked for Hold only"); }

  const Answer hold_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_SUPPORT_TOLD_STORE_H_
