#include "client/channel/access.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace ventral {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kPrefix = "ventral_";

Result<std::string> ReadWhole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code error;
  if (!in && !fs::exists(file, error)) return NotFound("there is no file " + file.string());
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return Unavailable("cannot read " + file.string());
  return std::move(text).str();
}

Status CheckPem(const std::string& file, const char* option, std::string_view kind) {
  auto text = ReadWhole(file);
  if (!text.ok()) return std::move(text).error().Within(option);
  if (text->find("-----BEGIN ") != std::string::npos && text->find(kind) != std::string::npos) {
    return Ok{};
  }
  return InvalidInput(std::string(option) + " " + file + ": holds no " + std::string(kind) +
                      " in PEM");
}

Status CheckTls(const Access& access) {
  if (access.tls_cert.empty() != access.tls_key.empty()) {
    return InvalidInput("--tls-cert and --tls-key go together: give both, or neither");
  }
  if (access.tls_ca.empty()) {
    if (access.tls_cert.empty()) return Ok{};
    return InvalidInput(
        "--tls-cert wants --tls-ca beside it: the file of the CA that signed the server's "
        "certificate, or 'system'");
  }
  if (access.tls_ca != kSystemCa) {
    VENTRAL_RETURN_IF_ERROR(CheckPem(access.tls_ca, "--tls-ca", "CERTIFICATE"));
  }
  if (access.tls_cert.empty()) return Ok{};
  VENTRAL_RETURN_IF_ERROR(CheckPem(access.tls_cert, "--tls-cert", "CERTIFICATE"));
  return CheckPem(access.tls_key, "--tls-key", "PRIVATE KEY");
}

}  // namespace

bool IsOwnMachine(const std::string& server) {
  if (server.starts_with("unix:")) return true;
  const std::string host = server.substr(0, server.rfind(':'));
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

Status CheckToken(const std::string& token, const std::string& source) {
  const bool plain =
      std::all_of(token.begin(), token.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
  if (plain && token.starts_with(kPrefix)) return Ok{};
  return InvalidInput(source + " holds no token: one is a single word that begins with '" +
                      std::string(kPrefix) + "'");
}

Result<std::string> ReadTokenFile(const fs::path& file) {
  VENTRAL_ASSIGN_OR_RETURN(std::string token, ReadWhole(file));
  std::error_code error;
  const auto mode = fs::status(file, error).permissions();
  if (!error && (mode & fs::perms::others_read) != fs::perms::none) {
    return Error{ErrorCode::kPermission,
                 "every user of this machine can read the token in " + file.string() +
                     ": chmod 600 " + file.string(),
                 {}};
  }
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  VENTRAL_RETURN_IF_ERROR(CheckToken(token, file.string()));
  return token;
}

Status CheckAccess(const std::string& server, const Access& access) {
  VENTRAL_RETURN_IF_ERROR(CheckTls(access));
  const bool clear = access.tls_ca.empty() && !access.insecure && !IsOwnMachine(server);
  if (access.token.empty() || !clear) return Ok{};
  return Error{ErrorCode::kPermission,
               "the token would cross the network to " + server +
                   " in the clear: give --tls-ca (the file of the CA that signed the server's "
                   "certificate, or 'system'), or --insecure if that is meant",
               {}};
}

}  // namespace ventral
