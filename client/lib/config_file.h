// The configuration file of a person: which server, and what to show it.
#ifndef VENTRAL_CLIENT_LIB_CONFIG_FILE_H_
#define VENTRAL_CLIENT_LIB_CONFIG_FILE_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "scoring/base/result.h"

namespace ventral::client {

using Environment = std::function<std::optional<std::string>(const char* name)>;

// Empty where the file says nothing. All but `server` are for that server, or for the default one
// where none is named: no other gets the token.
struct Config {
  std::filesystem::path file;  // empty where there is none
  std::string server, token, token_file, tls_ca, tls_cert, tls_key;
};

// $VENTRAL_CONFIG, else $XDG_CONFIG_HOME/ventral/config, else ~/.config/ventral/config; empty
// without a home.
std::filesystem::path ConfigFile(const Environment& environment);

// Lines "server = host:port", "token_file = FILE" and so on; '#' begins a comment; a relative file
// is relative to the configuration file. It need not exist, unless VENTRAL_CONFIG names it.
// @error invalid_input names the file and line of a key that is not known. @error unavailable if
// the
//   file is there and cannot be read. @error permission if it holds a token that every user of the
//   machine could read.
Result<Config> ReadConfig(const Environment& environment);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_CONFIG_FILE_H_
