// What ventral-server is told on its command line and by its environment.
#ifndef VENTRAL_SERVER_SETTINGS_H_
#define VENTRAL_SERVER_SETTINGS_H_

#include <cstdint>
#include <filesystem>
#include <string>

#include "scoring/base/result.h"

namespace ventral {

struct Settings {
  std::string database;  // libpq conninfo or URI; may hold a password, never logged
  int wait_for_database_seconds = 60;
  std::string blobs;  // a folder, file:///FOLDER or s3://BUCKET/PREFIX
  std::string s3_endpoint, s3_region;
  std::filesystem::path s3_credentials, s3_ca;  // empty: the environment; the system's
  bool s3_insecure_endpoint = false, s3_proxy_from_environment = false;
  std::string listen = "127.0.0.1:7411";
  std::string http_listen;       // "host:port"; empty: no HTTP
  std::string http_origins;      // separated by commas
  bool open_metrics = false;     // /metrics for other machines, too
  bool insecure_listen = false;  // other machines may connect, without TLS
  std::filesystem::path tls_cert, tls_key, tls_client_ca;  // empty: none
  int tls_reload_seconds = 60;
  bool accounts = true;
  bool anonymous_reading = false;
  std::filesystem::path admin_token_file;  // empty: "admin-token" beside the blob folder
  std::uint64_t max_upload_bytes = 8ull << 30;
  std::uint64_t max_grams_bytes = 1ull << 30;  // of one job; 0: none are kept
  double collect_after_hours = 0;              // 0: blobs stay though nothing names them
  int keep_deleted_days = 30;                  // files of what was deleted, and the way back
  std::uint64_t max_store_bytes = 0;           // of all blobs; 0: no limit
  // Of each user, where 'ventral admin quota set' said nothing else; 0: no limit.
  std::int64_t max_jobs_per_user = 0, max_uploads_per_day = 0, max_upload_bytes_per_day = 0;
  int lease_seconds = 60;
  int max_attempts = 3;
  int wall_time_seconds = 6 * 3600;
  double reap_interval_seconds = 5;
  int drain_seconds = 30;
  int connections = 8;
  int slow_query_ms = 500;  // 0: none is told
  int max_watches = 128;
  int max_data_streams = 64;
  int stream_stall_seconds = 60;
  bool reflection = false;  // always on without accounts
  std::string log_level = "info";
  std::filesystem::path address_file;       // empty: none
  std::filesystem::path http_address_file;  // empty: none
};

enum ExitCode {
  kExitOk = 0,  // stopped by a signal, drained
  kExitUnexpected = 1,
  kExitUsage = 2,
  kExitDatabase = 3,  // no connection, or the schema is behind
  kExitBlobs = 4,     // the folder or bucket cannot be read and written
  kExitListen = 5,    // the address cannot be listened on, or --address-file not be written
  kExitTls = 6,       // a certificate or key cannot be used
  kExitAccounts = 7,  // the first admin's token cannot be written
};

// Fills `settings`. Returns false when the program should end with `*exit_code`: after --help or
// --version, or after a sentence on standard error about what is wrong.
bool ReadSettings(int argc, char** argv, Settings* settings, int* exit_code);

// @error invalid_input if `blobs` names no place for blobs, `listen` is neither "host:port" nor
// "unix:path", or options do not go
//   together (names them). @error permission if other machines could connect without TLS or without
//   accounts, and that was not said to be meant.
Status CheckSettings(const Settings& settings);

// Where the first admin's token is written.
std::filesystem::path AdminTokenFile(const Settings& settings);

}  // namespace ventral

#endif  // VENTRAL_SERVER_SETTINGS_H_
