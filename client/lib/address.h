// Where the server is: --server, else VENTRAL_SERVER, else the config file, else the default.
#ifndef VENTRAL_CLIENT_LIB_ADDRESS_H_
#define VENTRAL_CLIENT_LIB_ADDRESS_H_

#include <optional>
#include <string>

#include "client/lib/config_file.h"
#include "scoring/base/result.h"

namespace ventral::client {

inline constexpr char kDefaultServer[] = "127.0.0.1:7411";

struct Address {
  std::string server;  // "host:port", "[::1]:port" or "unix:/path"
  std::string source;  // "--server", "VENTRAL_SERVER", the config file's path, "default"
};

// @error as ReadConfig has it; invalid_input names the source of an address that is none.
Result<Address> ResolveServer(const std::string& flag, const Environment& environment);

// getenv; an empty value counts as none.
std::optional<std::string> ProcessEnvironment(const char* name);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_ADDRESS_H_
