#include "server/settings.h"

#include <CLI/CLI.hpp>
#include <cctype>
#include <iostream>

#include "scoring/base/version.h"
#include "server/blob/blob_location.h"

namespace ventral {
namespace {

constexpr char kFooter[] = R"(
Each option can be given by the environment: --database as VENTRAL_DATABASE, --max-upload-bytes as
VENTRAL_MAX_UPLOAD_BYTES. A password belongs in ~/.pgpass or VENTRAL_DATABASE, not on the command line.

Examples:
  ventral-server --database 'host=/run/postgresql dbname=ventral' --blobs /var/lib/ventral/blobs
  ventral-server --database postgresql://db/ventral --blobs blobs --listen 127.0.0.1:0 \
    --address-file address
  ventral-server … --listen 0.0.0.0:7411 --tls-cert server.pem --tls-key server.key
  ventral-server … --blobs s3://lab-blobs/ventral --s3-region eu-central-1 \
    --s3-credentials s3-credentials --admin-token-file admin-token
  ventral-server … --http-listen 127.0.0.1:7412    # curl, browsers, Prometheus
  ventral-server … --listen 0.0.0.0:7411 --insecure-listen     # behind a proxy that does TLS

At the first start, user 'admin' is made, and its token is written into --admin-token-file.

Exit codes: 0 stopped by SIGTERM or SIGINT, 1 unexpected, 2 usage, 3 database, 4 folder or bucket of blobs,
5 listening, 6 certificates, 7 the first admin's token.)";

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

void AddTls(CLI::App& app, Settings* s) {
  Add(app, "--tls-cert", s->tls_cert,
      "Certificate (PEM), with those that signed it behind it: TLS for all clients");
  Add(app, "--tls-key", s->tls_key, "Private key (PEM) of --tls-cert");
  Add(app, "--tls-client-ca", s->tls_client_ca,
      "CA (PEM) of clients' certificates: workers must show one, others may");
  Add(app, "--tls-reload-seconds", s->tls_reload_seconds,
      "How often these files are read again; new connections get what is there")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
}

void AddAccounts(CLI::App& app, Settings* s) {
  app.add_option_function<std::string>(
         "--accounts", [s](const std::string& value) { s->accounts = value == "on"; },
         "on, or off: everyone may do everything, on loopback and unix sockets only")
      ->check(CLI::IsMember({"on", "off"}))
      ->default_str("on")
      ->envname("VENTRAL_ACCOUNTS");
  app.add_flag("--anonymous-reading", s->anonymous_reading,
               "Who has no token may read models, packs, jobs and scores")
      ->envname("VENTRAL_ANONYMOUS_READING");
  Add(app, "--admin-token-file", s->admin_token_file,
      "Where the first admin's token is written, for its owner only; must not exist "
      "[admin-token beside the folder of --blobs]");
}

void AddHttp(CLI::App& app, Settings* s) {
  Add(app, "--http-listen", s->http_listen,
      "host:port for JSON over HTTP (Connect protocol), /metrics, /healthz and /readyz [none]");
  Add(app, "--http-origins", s->http_origins,
      "Pages that may call over HTTP from a browser: https://lab.example,…; * for any");
  Add(app, "--http-address-file", s->http_address_file,
      "Write the address of --http-listen to this file");
  app.add_flag("--open-metrics", s->open_metrics, "Show /metrics to other machines, too")
      ->envname("VENTRAL_OPEN_METRICS");
}

void AddBlobs(CLI::App& app, Settings* s) {
  Add(app, "--blobs", s->blobs,
      "Where checkpoints and packs are, by digest: a folder, or s3://BUCKET/PREFIX")
      ->required();
  Add(app, "--s3-endpoint", s->s3_endpoint,
      "https://HOST of what speaks as S3 does [AWS, in the bucket's region]");
  Add(app, "--s3-region", s->s3_region,
      "The bucket's region [AWS_REGION; us-east-1 with --s3-endpoint]");
  Add(app, "--s3-credentials", s->s3_credentials,
      "File with the bucket's keys, as ~/.aws/credentials has them, read again each minute "
      "[AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN]");
  Add(app, "--s3-ca", s->s3_ca, "CA (PEM) of --s3-endpoint [the system's]");
  app.add_flag("--s3-insecure-endpoint", s->s3_insecure_endpoint,
               "Allow http:// to another machine: blobs cross the network in the clear")
      ->envname("VENTRAL_S3_INSECURE_ENDPOINT");
  app.add_flag("--s3-proxy-from-environment", s->s3_proxy_from_environment,
               "Reach the bucket as HTTPS_PROXY and NO_PROXY say; else they count for nothing")
      ->envname("VENTRAL_S3_PROXY_FROM_ENVIRONMENT");
}

void AddQuotas(CLI::App& app, Settings* s) {
  Add(app, "--max-store-bytes", s->max_store_bytes, "All blobs together; 0 is no limit")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 60))
      ->capture_default_str();
  const std::pair<const char*, std::pair<std::int64_t*, const char*>> limits[] = {
      {"--max-jobs-per-user", {&s->max_jobs_per_user, "Jobs of a user that wait or run at a time"}},
      {"--max-uploads-per-day", {&s->max_uploads_per_day, "Files that a user uploads a day (UTC)"}},
      {"--max-upload-bytes-per-day",
       {&s->max_upload_bytes_per_day, "Bytes that a user uploads a day (UTC)"}}};
  for (const auto& [name, limit] : limits) {
    Add(app, name, *limit.first,
        std::string(limit.second) +
            "; 0 is no limit, and 'ventral admin quota set' sets another for one user")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 60))
        ->capture_default_str();
  }
}

void AddOptions(CLI::App& app, Settings* s) {
  Add(app, "--database", s->database, "PostgreSQL: libpq connection string or URI")->required();
  Add(app, "--wait-for-database-seconds", s->wait_for_database_seconds,
      "How long the start may wait for the database and its schema, before exit code 3")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  AddBlobs(app, s);
  Add(app, "--listen", s->listen, "host:port or unix:path; port 0 takes a free one")
      ->capture_default_str();
  app.add_flag("--insecure-listen", s->insecure_listen,
               "Allow an address that other machines reach, without TLS")
      ->envname("VENTRAL_INSECURE_LISTEN");
  AddHttp(app, s);
  AddTls(app, s);
  AddAccounts(app, s);
  Add(app, "--max-upload-bytes", s->max_upload_bytes, "Largest blob")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 50))
      ->capture_default_str();
  Add(app, "--max-grams-bytes", s->max_grams_bytes,
      "Most Grams of one job that are kept for 'ventral rescore' and 'ventral rdms'; 0 keeps none")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 50))
      ->capture_default_str();
  Add(app, "--keep-deleted-days", s->keep_deleted_days,
      "A deleted model or pack can be undeleted for so long; then its files may be collected")
      ->check(CLI::Range(1, 36'500));
  Add(app, "--collect-after-hours", s->collect_after_hours,
      "Remove blobs that no row names, this long after their upload; at least a day is wise. 0 "
      "keeps "
      "them")
      ->check(CLI::Range(0.0, 24.0 * 3650))
      ->capture_default_str();
  AddQuotas(app, s);
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
  Add(app, "--slow-query-ms", s->slow_query_ms,
      "The log names what keeps a connection to PostgreSQL so long; 0: nothing")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str();
  Add(app, "--max-watches", s->max_watches, "Jobs watched at a time, half of them by one user; each holds a thread")
      ->check(CLI::Range(1, 2'000))
      ->capture_default_str();
  Add(app, "--max-data-streams", s->max_data_streams,
      "Uploads and downloads at a time, half of them of one user; each holds a thread")
      ->check(CLI::Range(1, 2'000))
      ->capture_default_str();
  Add(app, "--stream-stall-seconds", s->stream_stall_seconds,
      "An upload or download that moves less than 64 KiB in so long is ended")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  app.add_flag("--reflection", s->reflection,
               "Tell by gRPC reflection which services there are, to whoever asks; each who does "
               "holds a thread. On with --accounts off")
      ->envname("VENTRAL_REFLECTION");
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

namespace {

bool IsOwnMachines(const std::string& listen) {
  return listen.starts_with("unix:") || IsLoopback(listen.substr(0, listen.rfind(':')));
}

Status CheckAddress(const std::string& option, const std::string& listen) {
  const auto colon = listen.rfind(':');
  const std::string host = listen.substr(0, colon);
  const bool bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with("[");
  if (colon != std::string::npos && !host.empty() && !bare_ipv6 &&
      IsPort(listen.substr(colon + 1))) {
    return Ok{};
  }
  return InvalidInput(option + " " + listen +
                      ": wanted is host:port, such as 127.0.0.1:7411 or [::1]:7411" +
                      (option == "--listen" ? ", or unix:path" : ""));
}

Status CheckTls(const Settings& s) {
  if (s.tls_cert.empty() != s.tls_key.empty()) {
    return InvalidInput("--tls-cert and --tls-key go together: give both, or neither");
  }
  if (s.tls_cert.empty() && !s.tls_client_ca.empty()) {
    return InvalidInput("--tls-client-ca wants --tls-cert and --tls-key beside it");
  }
  return Ok{};
}

Status CheckBlobs(const Settings& s) {
  auto location = ParseBlobLocation(s.blobs);
  if (!location.ok()) return std::move(location).error().Within("--blobs");
  const bool told = !s.s3_endpoint.empty() || !s.s3_region.empty() || !s.s3_credentials.empty() ||
                    !s.s3_ca.empty();
  if (!location->in_bucket() && told) {
    return InvalidInput("--s3-… options want --blobs s3://BUCKET/PREFIX, and it is " + s.blobs);
  }
  if (location->in_bucket() && s.accounts && s.admin_token_file.empty()) {
    return InvalidInput("--blobs " + s.blobs +
                        " has no folder beside it: --admin-token-file says where the first "
                        "admin's token is written");
  }
  return Ok{};
}

Error LetsIn(const std::string& option, const std::string& listen, const std::string& why) {
  return {ErrorCode::kPermission, option + " " + listen + " lets other machines in, " + why, {}};
}

Status CheckReach(const Settings& s, const std::string& option, const std::string& listen) {
  if (IsOwnMachines(listen)) return Ok{};
  if (!s.accounts) {
    return LetsIn(option, listen,
                  "and --accounts off lets everyone do everything; take one of them back");
  }
  if (!s.tls_cert.empty() || s.insecure_listen) return Ok{};
  return LetsIn(
      option, listen,
      "and tokens would cross the network in the clear; give --tls-cert and --tls-key, or "
      "add --insecure-listen if a proxy in front does TLS");
}

}  // namespace

Status CheckSettings(const Settings& settings) {
  VENTRAL_RETURN_IF_ERROR(CheckBlobs(settings));
  const std::string& listen = settings.listen;
  if (!listen.starts_with("unix:") || listen.size() == 5) {
    VENTRAL_RETURN_IF_ERROR(CheckAddress("--listen", listen));
  }
  VENTRAL_RETURN_IF_ERROR(CheckTls(settings));
  VENTRAL_RETURN_IF_ERROR(CheckReach(settings, "--listen", listen));
  if (settings.http_listen.empty()) return Ok{};
  VENTRAL_RETURN_IF_ERROR(CheckAddress("--http-listen", settings.http_listen));
  return CheckReach(settings, "--http-listen", settings.http_listen);
}

std::filesystem::path AdminTokenFile(const Settings& settings) {
  if (!settings.admin_token_file.empty()) return settings.admin_token_file;
  const auto location = ParseBlobLocation(settings.blobs);
  const auto blobs = (location.ok() ? location->folder : "").lexically_normal();
  return (blobs.has_filename() ? blobs : blobs.parent_path()).parent_path() / "admin-token";
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
  const Status checked = CheckSettings(*settings);
  if (checked.ok()) return true;
  std::cerr << "ventral-server: " << checked.error().message << '\n';
  *exit_code = kExitUsage;
  return false;
}

}  // namespace ventral
