// What the cache throws away, and in which order.
#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "worker/daemon/blob_cache.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

struct Unit {
  fs::path path;
  std::string pin;
  std::uint64_t bytes;  // freed by its removal
  timespec used;
};

bool UsedBefore(const Unit& a, const Unit& b) {
  return std::pair(a.used.tv_sec, a.used.tv_nsec) < std::pair(b.used.tv_sec, b.used.tv_nsec);
}

struct Inventory {
  std::uint64_t bytes = 0;  // of all blobs; a pack's files are links to them
  std::vector<Unit> units;
};

// Blobs that stand in a pack go with the pack, and become removable by its removal.
Inventory TakeStock(const fs::path& folder) {
  Inventory stock;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder / "blobs", error), end; !error && it != end;
       it.increment(error)) {
    struct stat info {};
    if (stat(it->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    const auto bytes = static_cast<std::uint64_t>(info.st_size);
    stock.bytes += bytes;
    if (info.st_nlink > 1) continue;
    stock.units.push_back({it->path(), it->path().filename().string(), bytes, info.st_mtim});
  }
  for (fs::directory_iterator it(folder / "packs", error), end; !error && it != end;
       it.increment(error)) {
    struct stat info {};
    if (stat(it->path().c_str(), &info) != 0) continue;
    stock.units.push_back({it->path(), "pack " + it->path().filename().string(), 0, info.st_mtim});
  }
  std::sort(stock.units.begin(), stock.units.end(), UsedBefore);
  return stock;
}

}  // namespace

void BlobCache::Evict() {
  const std::lock_guard lock(mutex_);
  const std::lock_guard pins_lock(pins_->mutex);
  bool removed_pack = true;
  while (removed_pack) {
    removed_pack = false;
    Inventory stock = TakeStock(folder_);
    for (const Unit& unit : stock.units) {
      if (stock.bytes <= limit_.value) return;
      if (pins_->counts.contains(unit.pin)) continue;
      std::error_code error;
      fs::remove_all(unit.path, error);
      if (error) continue;
      stock.bytes -= unit.bytes;
      // Its blobs count from now on as what they are, by their own last use.
      removed_pack = unit.bytes == 0 && unit.pin.starts_with("pack ");
      if (removed_pack) break;
    }
  }
}

}  // namespace ventral
