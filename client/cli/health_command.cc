#include <google/protobuf/struct.pb.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/lib/health.h"

namespace ventral::cli {
namespace {

struct HealthFlags {
  std::string tls_name;
  double seconds = 5;
};

Status Ask(Session& session, const HealthFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(const client::Address address, session.Address());
  client::AccessFlags access_flags = session.access_flags;
  access_flags.tokenless = true;
  VENTRAL_ASSIGN_OR_RETURN(const Access access, client::ResolveAccess(address, access_flags,
                                                                      client::ProcessEnvironment));
  VENTRAL_RETURN_IF_ERROR(
      client::AskHealth(address.server, access, flags.tls_name,
                        std::chrono::milliseconds(static_cast<int>(flags.seconds * 1000))));
  google::protobuf::Struct message;
  (*message.mutable_fields())["server"].set_string_value(address.server);
  (*message.mutable_fields())["serving"].set_bool_value(true);
  session.Print(message, address.server + " serves\n");
  return Ok{};
}

}  // namespace

void AddHealth(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<HealthFlags>();
  CLI::App* command = AddCommand(
      app, session, "health", "Whether the server can serve; needs no token (for probes)",
      "ventral health\nventral health --server lab:7411 --tls-ca ca.pem\n"
      "ventral health --tls-ca ca.pem --tls-name lab.example.org",
      [&session, flags] { return Ask(session, *flags); });
  command->add_option("--tls-name", flags->tls_name,
                      "Name that the server's certificate must have, where it is not that of "
                      "--server: for who asks over loopback");
  command->add_option("--seconds", flags->seconds, "How long to wait for an answer")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
}

}  // namespace ventral::cli
