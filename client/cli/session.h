// What every command shares: the server, --json, and how it ends.
#ifndef VENTRAL_CLIENT_CLI_SESSION_H_
#define VENTRAL_CLIENT_CLI_SESSION_H_

#include <CLI/CLI.hpp>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>

#include "client/cli/exit_codes.h"
#include "client/lib/connection.h"
#include "scoring/base/result.h"

namespace ventral::cli {

class Session {
 public:
  std::string server_flag;
  bool json = false;
  int exit_code = kSuccess;

  // Resolves the address once. @error as ResolveServer.
  Result<client::Connection*> Connect();

  // A subcommand that runs `body`, and whose error is told on stderr and becomes the exit code.
  // `examples` are lines of the help, such as "ventral jobs --state failed".
  CLI::App* Command(CLI::App& parent, const std::string& name, const std::string& description,
                    const std::string& examples, std::function<Status()> body);

 private:
  std::unique_ptr<client::Connection> connection_;
};

// protobuf JSON, indented, every field: what --json prints.
void PrintJson(const google::protobuf::Message& message);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_SESSION_H_
