#include "server/collector.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ventral {
namespace {

constexpr std::chrono::seconds kLeastRemembered = std::chrono::hours(7 * 24);

}  // namespace

void Collector::Collect() {
  if (keep_.count() == 0) {
    const Status removed = blobs_.RemoveHalves(std::chrono::system_clock::now());
    if (!removed.ok()) spdlog::warn("collecting uploads: {}", removed.error().ToString());
    return;
  }
  const auto unnamed = [this](std::span<const Digest> asked) -> Result<std::vector<Digest>> {
    std::vector<std::string> names;
    for (const Digest& digest : asked) names.push_back(digest.hex());
    VENTRAL_ASSIGN_OR_RETURN(const auto free, store_.blob_rights().Unnamed(names));
    std::vector<Digest> digests;
    for (const std::string& name : free) {
      VENTRAL_ASSIGN_OR_RETURN(Digest digest, Digest::Parse(name));
      digests.push_back(std::move(digest));
    }
    return digests;
  };
  // Whoever uploaded something and named it nowhere in so long uploads it again.
  const Status forgotten =
      store_.blob_rights().Forget(std::chrono::time_point_cast<TimePoint::duration>(
          std::chrono::system_clock::now() - std::max(keep_, kLeastRemembered)));
  if (!forgotten.ok()) spdlog::warn("forgetting old uploads: {}", forgotten.error().ToString());
  const auto collected = blobs_.Collect(std::chrono::system_clock::now() - keep_, unnamed);
  if (!collected.ok()) {
    spdlog::warn("collecting blobs: {}", collected.error().ToString());
  } else if (collected->blobs > 0) {
    spdlog::info("collected {} blob(s) that nothing names, {} bytes", collected->blobs,
                 collected->bytes.value);
  }
}

}  // namespace ventral
