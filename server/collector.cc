#include "server/collector.h"

#include <spdlog/spdlog.h>

#include <string>
#include <vector>

namespace ventral {

void Collector::Collect() {
  const auto unnamed = [this](std::span<const Digest> asked) -> Result<std::vector<Digest>> {
    std::vector<std::string> names;
    for (const Digest& digest : asked) names.push_back(digest.hex());
    VENTRAL_ASSIGN_OR_RETURN(const auto free, store_.UnnamedBlobs(names));
    std::vector<Digest> digests;
    for (const std::string& name : free) {
      VENTRAL_ASSIGN_OR_RETURN(Digest digest, Digest::Parse(name));
      digests.push_back(std::move(digest));
    }
    return digests;
  };
  const auto collected = blobs_.Collect(std::chrono::system_clock::now() - keep_, unnamed);
  if (!collected.ok()) {
    spdlog::warn("collecting blobs: {}", collected.error().ToString());
  } else if (collected->blobs > 0) {
    spdlog::info("collected {} blob(s) that nothing names, {} bytes", collected->blobs,
                 collected->bytes.value);
  }
}

}  // namespace ventral
