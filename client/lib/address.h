// Where the server is: --server, else VENTRAL_SERVER, else the config file, else the default.
#ifndef VENTRAL_CLIENT_LIB_ADDRESS_H_
#define VENTRAL_CLIENT_LIB_ADDRESS_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "scoring/base/result.h"

namespace ventral::client {

inline constexpr char kDefaultServer[] = "127.0.0.1:7411";

using Environment = std::function<std::optional<std::string>(const char* name)>;

struct Address {
  std::string server;  // "host:port", "[::1]:port" or "unix:/path"
  std::string source;  // "--server", "VENTRAL_SERVER", the config file's path, "default"
};

// $XDG_CONFIG_HOME/ventral/config, else ~/.config/ventral/config; empty without a home.
std::filesystem::path ConfigFile(const Environment& environment);

// The config file has lines "server = host:port"; '#' begins a comment. It need not exist.
// @error invalid_input names the file and line of a key that is not known, or the source of an
//   address that is none. @error unavailable if the file is there and cannot be read.
Result<Address> ResolveServer(const std::string& flag, const Environment& environment);

// getenv; an empty value counts as none.
std::optional<std::string> ProcessEnvironment(const char* name);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_ADDRESS_H_
