#include "client/lib/address.h"

#include <cstdlib>
#include <fstream>

namespace ventral::client {
namespace {

std::string Trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Result<std::string> ServerIn(const std::filesystem::path& file) {
  std::ifstream in(file);
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
  return server;
}

bool IsHostAndPort(const std::string& server) {
  const auto colon = server.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == server.size() || server.size() - colon > 6) return false;
  const std::string port = server.substr(colon + 1);
  return port.find_first_not_of("0123456789") == std::string::npos && std::stoi(port) > 0 && std::stoi(port) < 65536 &&
         server.find_first_of("/ ") == std::string::npos;
}

Result<Address> Choose(const std::string& flag, const Environment& environment) {
  if (!flag.empty()) return Address{flag, "--server"};
  if (const auto variable = environment("VENTRAL_SERVER")) return Address{*variable, "VENTRAL_SERVER"};
  const std::filesystem::path file = ConfigFile(environment);
  if (!file.empty() && std::filesystem::exists(file)) {
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

std::filesystem::path ConfigFile(const Environment& environment) {
  if (const auto config = environment("XDG_CONFIG_HOME")) return std::filesystem::path(*config) / "ventral" / "config";
  if (const auto home = environment("HOME")) return std::filesystem::path(*home) / ".config" / "ventral" / "config";
  return {};
}

Result<Address> ResolveServer(const std::string& flag, const Environment& environment) {
  VENTRAL_ASSIGN_OR_RETURN(Address address, Choose(flag, environment));
  if (IsHostAndPort(address.server)) return address;
  return InvalidInput("'" + address.server + "' (from " + address.source + ") is no address; write host:port, such as " +
                      kDefaultServer);
}

}  // namespace ventral::client
