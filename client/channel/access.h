// What one shows a server, and how the server shows that it is the right one.
#ifndef VENTRAL_CLIENT_CHANNEL_ACCESS_H_
#define VENTRAL_CLIENT_CHANNEL_ACCESS_H_

#include <filesystem>
#include <string>

#include "scoring/base/result.h"

namespace ventral {

inline constexpr char kSystemCa[] = "system";

struct Access {
  std::string token;  // secret; empty: none is sent
  // Files in PEM. tls_ca: those whose servers are trusted, kSystemCa for the system's; empty: no
  // TLS. tls_cert, tls_key: what one shows of oneself; empty: nothing.
  std::string tls_ca, tls_cert, tls_key;
  bool insecure = false;  // a token may cross the network in the clear
};

// The one line of a token's file. @error not_found, unavailable; invalid_input if it is no token;
//   permission if every user of the machine could read it (says how to change that).
Result<std::string> ReadTokenFile(const std::filesystem::path& file);

// @error invalid_input if `token` (from `source`) is none. Never shows it.
Status CheckToken(const std::string& token, const std::string& source);

// Whether `server` is a socket or a loopback address of this machine.
bool IsOwnMachine(const std::string& server);

// @error invalid_input names the file that is no PEM, or what is missing beside what was given;
//   permission if a token would cross the network in the clear.
Status CheckAccess(const std::string& server, const Access& access);

}  // namespace ventral

#endif  // VENTRAL_CLIENT_CHANNEL_ACCESS_H_
