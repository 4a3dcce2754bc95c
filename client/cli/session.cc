#include "client/cli/session.h"

#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <iostream>

#include "client/lib/address.h"

namespace ventral::cli {

Result<client::Connection*> Session::Connect() {
  if (!connection_) {
    VENTRAL_ASSIGN_OR_RETURN(const client::Address address,
                             client::ResolveServer(server_flag, client::ProcessEnvironment));
    connection_ = std::make_unique<client::Connection>(address.server);
  }
  return connection_.get();
}

CLI::App* Session::Command(CLI::App& parent, const std::string& name, const std::string& description,
                           const std::string& examples, std::function<Status()> body) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->fallthrough();
  std::string footer = "\nExamples:\n";
  std::string line;
  for (const char letter : examples + "\n") {
    line += letter;
    if (letter != '\n') continue;
    footer += "  " + line;
    line.clear();
  }
  command->footer(footer + "\nAlso: --json for scripts, --server HOST:PORT.\n" + kExitCodesHelp);
  command->callback([this, body = std::move(body)] {
    const Status status = body();
    if (status.ok()) return;
    std::cout.flush();
    std::cerr << "error: " << status.error().message << "\n";
    exit_code = ExitCodeOf(status.error().code);
  });
  return command;
}

void PrintJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) text = "{\"error\": \"" + std::string(status.message()) + "\"}\n";
  std::cout << text;
}

}  // namespace ventral::cli
