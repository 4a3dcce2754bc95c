#include "client/lib/address.h"

#include <algorithm>
#include <cstdlib>

namespace ventral::client {
namespace {

constexpr std::size_t kLongestUnixPath = 107;  // sockaddr_un

bool IsPort(const std::string& port) {
  return !port.empty() && port.size() <= 5 &&
         port.find_first_not_of("0123456789") == std::string::npos && std::stoi(port) > 0 &&
         std::stoi(port) < 65536;
}

bool IsPrintable(char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; }

bool IsAddress(const std::string& server) {
  if (!std::all_of(server.begin(), server.end(), IsPrintable)) return false;
  if (server.starts_with("unix:")) {
    return server.size() > 5 && server.size() <= 5 + kLongestUnixPath;
  }
  const auto colon = server.rfind(':');
  if (colon == std::string::npos || colon == 0 || !IsPort(server.substr(colon + 1))) return false;
  const std::string host = server.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  // A bare IPv6 address would lose its last group to the port.
  return bracketed || host.find_first_of("/:[]") == std::string::npos;
}

Result<Address> Choose(const std::string& flag, const Environment& environment) {
  if (!flag.empty()) return Address{flag, "--server"};
  if (const auto server = environment("VENTRAL_SERVER")) return Address{*server, "VENTRAL_SERVER"};
  VENTRAL_ASSIGN_OR_RETURN(const Config config, ReadConfig(environment));
  if (!config.server.empty()) return Address{config.server, config.file.string()};
  return Address{kDefaultServer, "default"};
}

}  // namespace

std::optional<std::string> ProcessEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Result<Address> ResolveServer(const std::string& flag, const Environment& environment) {
  VENTRAL_ASSIGN_OR_RETURN(Address address, Choose(flag, environment));
  if (IsAddress(address.server)) return address;
  return InvalidInput("'" + address.server + "' (from " + address.source +
                      ") is no address; write host:port, such as " + kDefaultServer +
                      ", or unix:/path/of/socket");
}

}  // namespace ventral::client
