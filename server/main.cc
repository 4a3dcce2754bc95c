// ventral-server: opens the database and the blob store, serves until SIGTERM or SIGINT, drains.
#include <pthread.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "scoring/base/clock.h"
#include "scoring/base/version.h"
#include "server/blob/blob_store.h"
#include "server/collector.h"
#include "server/database_wait.h"
#include "server/first_admin.h"
#include "server/http_side.h"
#include "server/open_blobs.h"
#include "server/service/caller.h"
#include "server/service/server.h"
#include "server/settings.h"
#include "server/store/store.h"
#include "server/tls_files.h"

namespace ventral {
namespace {

// Before any thread is made, so that all of them leave these signals to Wait.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

void SetUpLog(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("ventral-server"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
  spdlog::flush_on(spdlog::level::info);
}

store::StoreOptions StoreOptionsOf(const Settings& settings, measures::Measures& measures) {
  store::StoreOptions options;
  options.slow = std::chrono::milliseconds(settings.slow_query_ms);
  if (settings.slow_query_ms > 0) {
    options.on_slow = [&measures](const std::string& what, std::chrono::milliseconds took) {
      spdlog::warn("request={} slow: {} {} ms", service::CurrentCaller().request, what,
                   took.count());
      measures.SlowTransaction();
    };
  }
  options.connection = settings.database;
  options.connections = settings.connections;
  options.policy.lease = std::chrono::seconds(settings.lease_seconds);
  options.policy.max_attempts = settings.max_attempts;
  options.keep_deleted = std::chrono::hours(24 * settings.keep_deleted_days);
  options.quota = {settings.max_jobs_per_user, settings.max_uploads_per_day,
                   settings.max_upload_bytes_per_day};
  return options;
}

service::ServerOptions ServerOptionsOf(const Settings& settings) {
  service::ServerOptions options;
  options.listen = settings.listen;
  // So many are left for calls that end by themselves: heartbeats, and what people ask.
  options.most_threads = settings.max_watches + settings.max_data_streams + 128;
  options.streams.most = settings.max_data_streams;
  options.streams.stall = std::chrono::seconds(settings.stream_stall_seconds);
  options.reflection = settings.reflection || !settings.accounts;
  options.wall_time = std::chrono::seconds(settings.wall_time_seconds);
  options.most_grams = Bytes(settings.max_grams_bytes);
  options.reap_interval =
      std::chrono::milliseconds(static_cast<int>(settings.reap_interval_seconds * 1000));
  options.watch.most = settings.max_watches;
  options.accounts = settings.accounts;
  options.anonymous_reading = settings.anonymous_reading;
  if (!settings.tls_cert.empty()) {
    options.tls = service::TlsFiles{settings.tls_cert, settings.tls_key, settings.tls_client_ca,
                                    std::chrono::seconds(settings.tls_reload_seconds)};
  }
  return options;
}

// By a rename, so that who waits for the file never reads half of it.
Status WriteAddress(const char* option, const std::filesystem::path& file,
                    const std::string& address) {
  if (file.empty()) return Ok{};
  std::filesystem::path written = file;
  written += ".new";
  std::ofstream(written) << address << '\n' << std::flush;
  std::error_code error;
  std::filesystem::rename(written, file, error);
  if (error)
    return Unavailable("cannot write " + std::string(option) + " " + file.string() + ": " +
                       error.message());
  return Ok{};
}

int Refuse(const Error& error, ExitCode code) {
  spdlog::error("{}", error.ToString());
  return code;
}

// Looks each hour, and twice within the time that blobs are kept, if they are not kept for ever.
std::unique_ptr<Collector> MakeCollector(const Settings& settings, store::Store& store,
                                         BlobStore& blobs) {
  const std::chrono::duration<double> keep(settings.collect_after_hours * 3600), hour(3600);
  const std::chrono::duration<double> interval = keep.count() > 0 ? std::min(keep / 2, hour) : hour;
  return std::make_unique<Collector>(store, blobs, std::chrono::ceil<std::chrono::seconds>(keep),
                                     std::chrono::ceil<std::chrono::milliseconds>(interval));
}

// HTTP's requests are calls of the gRPC server, too: both end beside each other, in one patience.
void Drain(service::Server& server, http::HttpServer* http, std::chrono::seconds patience) {
  server.Retire();
  std::thread beside;
  if (http != nullptr) beside = std::thread([&] { http->Stop(patience); });
  server.Drain(patience);
  if (beside.joinable()) beside.join();
}

int Serve(const Settings& settings) {
  const sigset_t stop_signals = BlockStopSignals();
  SetUpLog(settings.log_level);
  const SystemClock clock;
  measures::Measures measures;
  const auto store = store::OpenStore(StoreOptionsOf(settings, measures), clock);
  bool wants_admin = false;
  const auto ask = [&]() -> Status {
    VENTRAL_RETURN_IF_ERROR(store->Ping());
    if (!settings.accounts) return Ok{};
    VENTRAL_ASSIGN_OR_RETURN(wants_admin, WantsFirstAdmin(store->accounts()));
    return Ok{};
  };
  const auto database =
      WaitForDatabase(ask, std::chrono::seconds(settings.wait_for_database_seconds), stop_signals);
  if (!database.ok()) return Refuse(database.error(), kExitDatabase);
  if (*database == DatabaseWait::kStopped) return kExitOk;
  const auto blobs = OpenBlobs(settings);
  if (!blobs.ok()) return Refuse(blobs.error(), kExitBlobs);
  service::ServerOptions options = ServerOptionsOf(settings);
  options.measures = &measures;
  if (options.tls) {
    if (const auto usable = CheckTlsFiles(*options.tls); !usable.ok()) {
      return Refuse(usable.error(), kExitTls);
    }
  }
  if (wants_admin) {
    const auto admin = MakeFirstAdmin(store->accounts(), AdminTokenFile(settings));
    if (!admin.ok()) return Refuse(admin.error(), kExitAccounts);
  }
  const auto server = service::Server::Start(options, *store, **blobs);
  if (!server.ok()) return Refuse(server.error(), kExitListen);
  const auto http = StartHttp(settings, *store, measures, **server);
  if (!http.ok()) return Refuse(http.error(), kExitListen);
  const auto collector = MakeCollector(settings, *store, **blobs);
  const std::string& address = (*server)->address();
  if (const auto written = WriteAddress("--address-file", settings.address_file, address);
      !written.ok()) {
    return Refuse(written.error(), kExitListen);
  }
  if (*http) {
    const auto written =
        WriteAddress("--http-address-file", settings.http_address_file, (*http)->address());
    if (!written.ok()) return Refuse(written.error(), kExitListen);
  }
  spdlog::info("ventral-server {} listens on {}{}{}", kVersion, address,
               options.tls ? " with TLS" : (settings.insecure_listen ? " WITHOUT TLS" : ""),
               settings.accounts ? "" : ", accounts are off");
  if (*http) spdlog::info("JSON over HTTP on {}", (*http)->address());
  int signal_number = 0;
  sigwait(&stop_signals, &signal_number);
  spdlog::info("stopping; calls in flight have {} s", settings.drain_seconds);
  Drain(**server, http->get(), std::chrono::seconds(settings.drain_seconds));
  spdlog::info("stopped");
  return kExitOk;
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  try {
    ventral::Settings settings;
    int exit_code = ventral::kExitOk;
    if (!ventral::ReadSettings(argc, argv, &settings, &exit_code)) return exit_code;
    return ventral::Serve(settings);
  } catch (const std::exception& error) {
    std::cerr << "ventral-server: " << error.what() << '\n';
    return ventral::kExitUnexpected;
  }
}
