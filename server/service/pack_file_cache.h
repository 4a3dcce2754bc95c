// The files of packs that are being scored.
#ifndef VENTRAL_SERVER_SERVICE_PACK_FILE_CACHE_H_
#define VENTRAL_SERVER_SERVICE_PACK_FILE_CACHE_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "scoring/base/result.h"
#include "server/store/catalogue.h"

namespace ventral::service {

// A version of a pack never changes, so that each lease need not ask again: half of what a lease
// cost. Thread-safe.
class PackFileCache {
 public:
  using Files = std::shared_ptr<const std::vector<store::PackFileRow>>;

  explicit PackFileCache(std::unique_ptr<store::Catalogue> catalogue)
      : catalogue_(std::move(catalogue)) {}

  // @error as Catalogue::PackFiles.
  Result<Files> Of(const std::string& pack, const std::string& version) {
    const auto key = std::pair(pack, version);
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = known_.find(key); found != known_.end()) return found->second;
    }
    VENTRAL_ASSIGN_OR_RETURN(auto files, catalogue_->PackFiles(pack, version));
    const auto kept = std::make_shared<const std::vector<store::PackFileRow>>(std::move(files));
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMost) known_.clear();
    known_[key] = kept;
    return kept;
  }

 private:
  static constexpr std::size_t kMost = 16;  // packs may have thousands of files

  const std::unique_ptr<store::Catalogue> catalogue_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Files> known_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_PACK_FILE_CACHE_H_
