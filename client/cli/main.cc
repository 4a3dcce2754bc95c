// ventral: submit checkpoints, follow jobs, read scores.
#include <exception>
#include <iostream>

#include "client/cli/commands.h"

int main(int argc, char** argv) {
  using namespace ventral::cli;
  try {
    Session session;
    CLI::App app("Ventral scores neural networks against brains.");
    AddCommands(app, session);
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
