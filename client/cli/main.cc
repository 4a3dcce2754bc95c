// ventral: submit checkpoints, follow jobs, read scores.
#include <cstdio>
#include <exception>
#include <iostream>

#include "client/cli/commands.h"
#include "scoring/base/version.h"

int main(int argc, char** argv) {
  using namespace ventral::cli;
  try {
    Session session;
    CLI::App app("Ventral scores neural networks against brains.");
    app.name("ventral");
    app.set_version_flag("--version", std::string("ventral ") + ventral::kVersion);
    app.add_option("--server", session.server_flag,
                   "host:port; else VENTRAL_SERVER, else 'server = host:port' in ~/.config/ventral/config, else 127.0.0.1:7411");
    app.add_flag("--json", session.json, "Print the message that the service returns, for scripts");
    app.require_subcommand(1);
    app.footer(std::string("\nExamples:\n"
                           "  ventral submit net.pt2 --name my-net --pack kriegeskorte2008 --watch\n"
                           "  ventral leaderboard --benchmark kriegeskorte2008.human_it.rsa\n"
                           "  ventral show my-net\n"
                           "  ventral score net.pt2 --pack packs/kriegeskorte2008\n\n") +
               kExitCodesHelp);
    AddSubmit(app, session);
    AddScores(app, session);
    AddJobs(app, session);
    AddCatalogue(app, session);
    AddPacks(app, session);
    AddLocalScore(app, session);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? kSuccess : kUsage;
    }
    return session.exit_code;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return kOther;
  }
}
