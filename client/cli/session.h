// What every command shares: the server, --json, and how it ends.
#ifndef VENTRAL_CLIENT_CLI_SESSION_H_
#define VENTRAL_CLIENT_CLI_SESSION_H_

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "client/cli/exit_codes.h"
#include "client/lib/address.h"
#include "client/lib/connection.h"
#include "client/lib/credentials.h"
#include "scoring/base/result.h"

namespace ventral::cli {

class Session {
 public:
  std::string server_flag;
  client::AccessFlags access_flags;
  bool json = false;
  // How the program ends. A body that sets it and returns an error keeps it.
  int exit_code = kSuccess;

  // @error as ResolveServer and ResolveAccess.
  Result<client::Connection*> Connect();
  Result<client::Address> Address() const;

  // Tells an error on stderr and makes it the exit code.
  void End(const Status& status);
  // `message` with --json, else `text`, on stdout.
  void Print(const google::protobuf::Message& message, const std::string& text) const;

 private:
  std::unique_ptr<client::Connection> connection_;
};

// protobuf JSON, indented, every field.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_SESSION_H_
