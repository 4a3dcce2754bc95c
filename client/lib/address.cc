#include "client/lib/address.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>

namespace ventral::client {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kLongestUnixPath = 107;  // sockaddr_un

std::string Trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Empty where the file names no server.
Result<std::string> ServerIn(const fs::path& file) {
  std::ifstream in(file);
  if (!in) return Unavailable("cannot read the configuration file " + file.string());
  std::string server, line;
  for (int number = 1; std::getline(in, line); ++number) {
    line = Trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const auto equals = line.find('=');
    const std::string key = Trim(line.substr(0, equals));
    if (equals == std::string::npos || key != "server") {
      return InvalidInput(file.string() + ", line " + std::to_string(number) + ": '" + key +
                          "' is no setting; write: server = host:port");
    }
    server = Trim(line.substr(equals + 1));
  }
  if (in.bad()) return Unavailable("cannot read the configuration file " + file.string());
  return server;
}

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
  const fs::path file = ConfigFile(environment);
  std::error_code error;
  if (!file.empty() && fs::exists(file, error)) {
    VENTRAL_ASSIGN_OR_RETURN(const std::string server, ServerIn(file));
    if (!server.empty()) return Address{server, file.string()};
  }
  return Address{kDefaultServer, "default"};
}

}  // namespace

std::optional<std::string> ProcessEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

fs::path ConfigFile(const Environment& environment) {
  if (const auto config = environment("XDG_CONFIG_HOME")) {
    return fs::path(*config) / "ventral" / "config";
  }
  if (const auto home = environment("HOME")) return fs::path(*home) / ".config/ventral/config";
  return {};
}

Result<Address> ResolveServer(const std::string& flag, const Environment& environment) {
  VENTRAL_ASSIGN_OR_RETURN(Address address, Choose(flag, environment));
  if (IsAddress(address.server)) return address;
  return InvalidInput("'" + address.server + "' (from " + address.source +
                      ") is no address; write host:port, such as " + kDefaultServer +
                      ", or unix:/path/of/socket");
}

}  // namespace ventral::client
