#include "client/lib/credentials.h"

#include "client/lib/config_file.h"

namespace ventral::client {
namespace {

// The first that is given.
std::string Choose(const std::string& flag, const std::optional<std::string>& variable,
                   const std::string& configured) {
  if (!flag.empty()) return flag;
  return variable ? *variable : configured;
}

Result<std::string> ChooseToken(const AccessFlags& flags, const Environment& environment,
                                const Config& config) {
  if (flags.tokenless) return std::string();
  if (!flags.token_file.empty()) return ReadTokenFile(flags.token_file);
  if (const auto token = environment("VENTRAL_TOKEN")) {
    VENTRAL_RETURN_IF_ERROR(CheckToken(*token, "VENTRAL_TOKEN"));
    return *token;
  }
  if (const auto file = environment("VENTRAL_TOKEN_FILE")) return ReadTokenFile(*file);
  if (!config.token.empty()) {
    VENTRAL_RETURN_IF_ERROR(CheckToken(config.token, config.file.string()));
    return config.token;
  }
  if (!config.token_file.empty()) return ReadTokenFile(config.token_file);
  return std::string();
}

}  // namespace

Result<Access> ResolveAccess(const Address& address, const AccessFlags& flags,
                             const Environment& environment) {
  VENTRAL_ASSIGN_OR_RETURN(Config config, ReadConfig(environment));
  if (config.server.empty()) config.server = kDefaultServer;
  if (config.server != address.server) config = Config();
  Access access;
  VENTRAL_ASSIGN_OR_RETURN(access.token, ChooseToken(flags, environment, config));
  access.tls_ca = Choose(flags.tls_ca, environment("VENTRAL_TLS_CA"), config.tls_ca);
  access.tls_cert = Choose(flags.tls_cert, environment("VENTRAL_TLS_CERT"), config.tls_cert);
  access.tls_key = Choose(flags.tls_key, environment("VENTRAL_TLS_KEY"), config.tls_key);
  access.insecure = flags.insecure || environment("VENTRAL_INSECURE").has_value();
  VENTRAL_RETURN_IF_ERROR(CheckAccess(address.server, access));
  return access;
}

}  // namespace ventral::client
