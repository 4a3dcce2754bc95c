#include "client/cli/session.h"

#include <google/protobuf/util/json_util.h>

#include <iostream>

#include "client/cli/terminal_text.h"

namespace ventral::cli {

Result<client::Address> Session::Address() const {
  return client::ResolveServer(server_flag, client::ProcessEnvironment);
}

Result<client::Connection*> Session::Connect() {
  if (!connection_) {
    VENTRAL_ASSIGN_OR_RETURN(const client::Address address, Address());
    VENTRAL_ASSIGN_OR_RETURN(
        const Access access,
        client::ResolveAccess(address, access_flags, client::ProcessEnvironment));
    connection_ = std::make_unique<client::Connection>(address.server, access);
  }
  return connection_.get();
}

void Session::End(const Status& status) {
  std::cout.flush();
  if (status.ok()) return;
  std::cerr << "error: " << PrintableLines(status.error().message) << "\n";
  if (exit_code == kSuccess) exit_code = ExitCodeOf(status.error().code);
}

void Session::Print(const google::protobuf::Message& message, const std::string& text) const {
  std::cout << (json ? ToJson(message) : text) << std::flush;
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string text;
  // Of messages that were parsed, all can be written.
  const auto written = google::protobuf::util::MessageToJsonString(message, &text, options);
  return written.ok() ? text : "null\n";
}

}  // namespace ventral::cli
