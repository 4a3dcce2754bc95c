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
  std::filesystem::path blobs;
  std::string listen = "127.0.0.1:7411";
  bool insecure_listen = false;  // other machines may connect, without TLS
  std::uint64_t max_upload_bytes = 8ull << 30;
  std::uint64_t max_grams_bytes = 1ull << 30;  // of one job; 0: none are kept
  int lease_seconds = 60;
  int max_attempts = 3;
  int wall_time_seconds = 6 * 3600;
  double reap_interval_seconds = 5;
  int drain_seconds = 30;
  int connections = 8;
  int max_watches = 128;
  std::string log_level = "info";
  std::filesystem::path address_file;  // empty: none
};

enum ExitCode {
  kExitOk = 0,  // stopped by a signal, drained
  kExitUnexpected = 1,
  kExitUsage = 2,
  kExitDatabase = 3,  // no connection, or the schema is behind
  kExitBlobs = 4,
  kExitListen = 5,  // the address cannot be listened on, or --address-file not be written
};

// Fills `settings`. Returns false when the program should end with `*exit_code`: after --help or
// --version, or after a sentence on standard error about what is wrong.
bool ReadSettings(int argc, char** argv, Settings* settings, int* exit_code);

// @error permission if `listen` lets other machines in: there is no TLS yet.
// @error invalid_input if it is neither "host:port" nor "unix:path".
Status CheckListen(const std::string& listen, bool insecure_listen);

}  // namespace ventral

#endif  // VENTRAL_SERVER_SETTINGS_H_
