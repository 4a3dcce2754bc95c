#include "client/cli/commands.h"

#include <sstream>

#include "scoring/base/version.h"

namespace ventral::cli {

std::string ExamplesFooter(const std::string& examples) {
  std::string footer = "\nExamples:\n";
  std::istringstream lines(examples);
  for (std::string line; std::getline(lines, line);) footer += "  " + line + "\n";
  return footer;
}

CLI::App* AddCommand(CLI::App& parent, Session& session, const std::string& name,
                     const std::string& description, const std::string& examples,
                     std::function<Status()> body) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->fallthrough();  // --json and --server may stand behind the command's name
  command->footer(ExamplesFooter(examples) + "\nAlso: --json for scripts, --server HOST:PORT.\n" +
                  kExitCodesHelp);
  command->callback([&session, body = std::move(body)] { session.End(body()); });
  return command;
}

namespace {

void AddAccess(CLI::App& app, client::AccessFlags& flags) {
  app.add_option("--token-file", flags.token_file,
                 "File with your token; else VENTRAL_TOKEN, VENTRAL_TOKEN_FILE, or 'token_file = "
                 "FILE' beside 'server = …' in the configuration file");
  app.add_option(
      "--tls-ca", flags.tls_ca,
      "TLS: file (PEM) of the CA that signed the server's certificate, or 'system'; else "
      "VENTRAL_TLS_CA or 'tls_ca'");
  app.add_option("--tls-cert", flags.tls_cert,
                 "Certificate (PEM) to show the server; else VENTRAL_TLS_CERT or 'tls_cert'");
  app.add_option("--tls-key", flags.tls_key,
                 "Its private key (PEM); else VENTRAL_TLS_KEY or 'tls_key'");
  app.add_flag("--insecure", flags.insecure,
               "Send the token without TLS, for all on the way to read; else VENTRAL_INSECURE");
}

}  // namespace

void AddCommands(CLI::App& app, Session& session) {
  app.name("ventral");
  app.set_version_flag("--version", std::string("ventral ") + kVersion);
  app.add_option("--server", session.server_flag,
                 "host:port or unix:/path; else VENTRAL_SERVER, else 'server = host:port' in "
                 "VENTRAL_CONFIG (~/.config/ventral/config), else 127.0.0.1:7411");
  AddAccess(app, session.access_flags);
  app.add_flag("--json", session.json,
               "Print the message that the service answers, as protobuf JSON; lists are whole "
               "unless the command's help says that it has pages");
  app.require_subcommand(1);
  app.footer(ExamplesFooter("ventral submit net.pt2 --name my-net --pack kriegeskorte2008 --watch\n"
                            "ventral leaderboard --benchmark kriegeskorte2008.human_it.rsa\n"
                            "ventral show my-net\n"
                            "ventral score net.pt2 --pack packs/kriegeskorte2008") +
             "\n" + kExitCodesHelp);
  AddSubmit(app, session);
  AddScores(app, session);
  AddCompare(app, session);
  AddJobs(app, session);
  AddModels(app, session);
  AddCatalogue(app, session);
  AddPacks(app, session);
  AddLocalScore(app, session);
  AddRescore(app, session);
  AddRdms(app, session);
  AddInspect(app, session);
  AddStatus(app, session);
  AddHealth(app, session);
  AddQuota(app, session);
  AddAdmin(app, session);
}

}  // namespace ventral::cli
