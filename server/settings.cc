#include "server/settings.h"

#include <CLI/CLI.hpp>
#include <cctype>
#include <iostream>

#include "scoring/base/version.h"

namespace ventral {
namespace {

constexpr char kFooter[] = R"(
Each option can be given by the environment: --database as VENTRAL_DATABASE, --max-upload-bytes as
VENTRAL_MAX_UPLOAD_BYTES. A password belongs in ~/.pgpass or VENTRAL_DATABASE, not on the command line.

Examples:
  ventral-server --database 'host=/run/postgresql dbname=ventral' --blobs /var/lib/ventral/blobs
  ventral-server --database postgresql://db/ventral --blobs blobs --listen 127.0.0.1:0 \
    --address-file address
  ventral-server … --listen 0.0.0.0:7411 --insecure-listen     # behind a proxy that does TLS

Exit codes: 0 stopped by SIGTERM or SIGINT, 1 unexpected, 2 usage, 3 database, 4 blob folder,
5 listening.)";

// "--max-upload-bytes" → "VENTRAL_MAX_UPLOAD_BYTES".
std::string EnvironmentName(const std::string& option) {
  std::string name = "VENTRAL_" + option.substr(2);
  for (char& c : name)
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

template <typename T>
CLI::Option* Add(CLI::App& app, const std::string& name, T& value, const std::string& what) {
  return app.add_option(name, value, what)->envname(EnvironmentName(name));
}

void AddOptions(CLI::App& app, Settings* s) {
  Add(app, "--database", s->database, "PostgreSQL: libpq connection string or URI")->required();
  Add(app, "--blobs", s->blobs, "Folder of checkpoints and packs, by digest")->required();
  Add(app, "--listen", s->listen, "host:port or unix:path; port 0 takes a free one")
      ->capture_default_str();
  app.add_flag("--insecure-listen", s->insecure_listen,
               "Allow an address that other machines reach, without TLS")
      ->envname("VENTRAL_INSECURE_LISTEN");
  Add(app, "--max-upload-bytes", s->max_upload_bytes, "Largest blob")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 50))
      ->capture_default_str();
  Add(app, "--max-grams-bytes", s->max_grams_bytes,
      "Most Grams of one job that are kept for 'ventral rescore' and 'ventral rdms'; 0 keeps none")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 50))
      ->capture_default_str();
  Add(app, "--lease-seconds", s->lease_seconds, "A worker that is silent for so long loses its job")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  Add(app, "--max-attempts", s->max_attempts, "Attempts at a job before it fails")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  Add(app, "--wall-time-seconds", s->wall_time_seconds, "Longest attempt")
      ->check(CLI::Range(1, 30 * 86'400))
      ->capture_default_str();
  Add(app, "--reap-interval-seconds", s->reap_interval_seconds,
      "How often silent workers are looked for")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  Add(app, "--drain-seconds", s->drain_seconds, "How long calls in flight may take at the end")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  Add(app, "--connections", s->connections, "Connections to PostgreSQL")
      ->check(CLI::Range(1, 500))
      ->capture_default_str();
  Add(app, "--max-watches", s->max_watches, "Jobs watched at a time; each holds a thread")
      ->check(CLI::Range(1, 2'000))
      ->capture_default_str();
  Add(app, "--log-level", s->log_level, "What is logged on standard error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  Add(app, "--address-file", s->address_file, "Write the address listened on to this file");
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

bool IsPort(const std::string& text) {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string::npos && std::stoi(text) <= 65'535;
}

}  // namespace

Status CheckListen(const std::string& listen, bool insecure_listen) {
  if (listen.starts_with("unix:") && listen.size() > 5) return Ok{};
  const auto colon = listen.rfind(':');
  const std::string host = listen.substr(0, colon);
  const bool bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with("[");
  if (colon == std::string::npos || host.empty() || bare_ipv6 ||
      !IsPort(listen.substr(colon + 1))) {
    return InvalidInput(
        "--listen " + listen +
        ": wanted is host:port, such as 127.0.0.1:7411 or [::1]:7411, or unix:path");
  }
  if (insecure_listen || IsLoopback(host)) return Ok{};
  return Error{ErrorCode::kPermission,
               "--listen " + listen +
                   " lets other machines in, and there is neither TLS nor a password yet; add "
                   "--insecure-listen if that is meant",
               {}};
}

bool ReadSettings(int argc, char** argv, Settings* settings, int* exit_code) {
  CLI::App app("Ventral's server: models, packs, jobs and scores over gRPC", "ventral-server");
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("ventral-server ") + kVersion);
  AddOptions(app, settings);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    *exit_code = app.exit(error) == 0 ? kExitOk : kExitUsage;
    return false;
  }
  const Status listen = CheckListen(settings->listen, settings->insecure_listen);
  if (listen.ok()) return true;
  std::cerr << "ventral-server: " << listen.error().message << '\n';
  *exit_code = kExitUsage;
  return false;
}

}  // namespace ventral
