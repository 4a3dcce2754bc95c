// Which token and certificates go to a server: flags, else the environment, else the configuration
// file where it is about that server.
#ifndef VENTRAL_CLIENT_LIB_CREDENTIALS_H_
#define VENTRAL_CLIENT_LIB_CREDENTIALS_H_

#include <string>

#include "client/channel/access.h"
#include "client/lib/address.h"

namespace ventral::client {

// Each empty where it was not given. No flag holds a token: command lines are for all to read.
struct AccessFlags {
  std::string token_file, tls_ca, tls_cert, tls_key;
  bool insecure = false;
  // Neither looks for a token nor has one: for a probe, which must not fail for want of a file that
  // it has no use for.
  bool tokenless = false;
};

// VENTRAL_TOKEN, VENTRAL_TOKEN_FILE, VENTRAL_TLS_CA, VENTRAL_TLS_CERT, VENTRAL_TLS_KEY,
// VENTRAL_INSECURE. @error as ReadConfig, ReadTokenFile and CheckAccess have it.
Result<Access> ResolveAccess(const Address& address, const AccessFlags& flags,
                             const Environment& environment);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_CREDENTIALS_H_
