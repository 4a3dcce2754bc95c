#include "server/http_side.h"

#include <system_error>

#include "server/blob/blob_location.h"
#include "server/service/peer.h"

namespace ventral {
namespace {

std::vector<std::string> Origins(const std::string& list) {
  std::vector<std::string> origins;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) origins.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return origins;
}

// Empty where blobs are in a bucket, of whose room nobody knows.
std::filesystem::path FolderOf(const std::string& blobs) {
  const auto location = ParseBlobLocation(blobs);
  return location.ok() ? location->folder : std::filesystem::path();
}

measures::Levels LevelsOf(store::Store& store, const std::filesystem::path& blobs) {
  measures::Levels levels;
  const store::PoolUse pool = store.Pool();
  levels.pool_in_use = pool.in_use;
  levels.pool_size = pool.size;
  if (!blobs.empty()) {
    std::error_code error;
    const auto space = std::filesystem::space(blobs, error);
    levels.blob_disk_free_bytes = error ? 0 : space.available;  // a disk that is gone takes nothing
  }
  const auto found = store.Measure();
  levels.known = found.ok();
  if (!levels.known) return levels;
  levels.queued = found->queued;
  levels.running = found->running;
  levels.oldest_queued_seconds = found->oldest_queued_seconds;
  levels.checkpoint_bytes = found->checkpoint_bytes;
  levels.pack_bytes = found->pack_bytes;
  levels.grams_bytes = found->grams_bytes;
  return levels;
}

}  // namespace

Result<std::unique_ptr<http::HttpServer>> StartHttp(const Settings& settings, store::Store& store,
                                                    measures::Measures& measures,
                                                    service::Server& server) {
  if (settings.http_listen.empty()) return std::unique_ptr<http::HttpServer>();
  http::HttpOptions options;
  options.listen = settings.http_listen;
  options.peer_key = service::HttpPeerKey();
  options.origins = Origins(settings.http_origins);
  options.open_metrics = settings.open_metrics;
  if (!settings.tls_cert.empty()) {
    options.tls = http::HttpTls{settings.tls_cert, settings.tls_key,
                                std::chrono::seconds(settings.tls_reload_seconds)};
  }
  options.metrics = [&store, &measures, blobs = FolderOf(settings.blobs)] {
    return measures.Text(LevelsOf(store, blobs));
  };
  options.ready = [&server]() -> Status {
    if (server.ready()) return Ok{};
    return Unavailable("the database does not answer, or the server stops");
  };
  return http::HttpServer::Start(std::move(options), server.OwnChannel());
}

}  // namespace ventral
