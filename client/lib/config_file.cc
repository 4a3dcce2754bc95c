#include "client/lib/config_file.h"

#include <fstream>

namespace ventral::client {
namespace {

namespace fs = std::filesystem;

struct Key {
  const char* name;
  std::string Config::*value;
  bool is_file = false;
};
constexpr Key kKeys[] = {{"server", &Config::server},
                         {"token", &Config::token},
                         {"token_file", &Config::token_file, true},
                         {"tls_ca", &Config::tls_ca, true},
                         {"tls_cert", &Config::tls_cert, true},
                         {"tls_key", &Config::tls_key, true}};

std::string Trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Error CannotRead(const fs::path& file) {
  return Unavailable("cannot read the configuration file " + file.string());
}

Error NoSetting(const fs::path& file, int line, const std::string& key) {
  return InvalidInput(file.string() + ", line " + std::to_string(line) + ": '" + key +
                      "' is no setting; write: server = host:port, token = …, token_file = FILE, "
                      "tls_ca = FILE, tls_cert = FILE, tls_key = FILE");
}

// '~' is not expanded; "system" is a word of tls_ca.
std::string Located(const fs::path& file, const Key& key, const std::string& value) {
  if (!key.is_file || value.empty() || value == "system") return value;
  return (file.parent_path() / value).string();
}

Status ReadLine(const std::string& line, int number, Config* config) {
  const auto equals = line.find('=');
  const std::string name = Trim(line.substr(0, equals));
  for (const Key& key : kKeys) {
    if (equals == std::string::npos || name != key.name) continue;
    config->*key.value = Located(config->file, key, Trim(line.substr(equals + 1)));
    return Ok{};
  }
  return NoSetting(config->file, number, name);
}

Status CheckSecret(const Config& config) {
  std::error_code error;
  const auto mode = fs::status(config.file, error).permissions();
  if (config.token.empty() || error || (mode & fs::perms::others_read) == fs::perms::none) {
    return Ok{};
  }
  return Error{ErrorCode::kPermission,
               "every user of this machine can read the token in " + config.file.string() +
                   ": chmod 600 " + config.file.string(),
               {}};
}

}  // namespace

fs::path ConfigFile(const Environment& environment) {
  if (const auto file = environment("VENTRAL_CONFIG")) return *file;
  if (const auto config = environment("XDG_CONFIG_HOME")) {
    return fs::path(*config) / "ventral" / "config";
  }
  if (const auto home = environment("HOME")) return fs::path(*home) / ".config/ventral/config";
  return {};
}

Result<Config> ReadConfig(const Environment& environment) {
  Config config;
  const fs::path file = ConfigFile(environment);
  std::error_code error;
  if (file.empty() || (!environment("VENTRAL_CONFIG") && !fs::exists(file, error))) return config;
  config.file = file;
  std::ifstream in(file);
  if (!in) return CannotRead(file);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    line = Trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    VENTRAL_RETURN_IF_ERROR(ReadLine(line, number, &config));
  }
  if (in.bad()) return CannotRead(file);
  VENTRAL_RETURN_IF_ERROR(CheckSecret(config));
  return config;
}

}  // namespace ventral::client
