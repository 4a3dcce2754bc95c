// The commands of `ventral`, one function a group.
#ifndef VENTRAL_CLIENT_CLI_COMMANDS_H_
#define VENTRAL_CLIENT_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "client/cli/session.h"

namespace ventral::cli {

void AddSubmit(CLI::App& app, Session& session);      // submit
void AddScores(CLI::App& app, Session& session);      // leaderboard, show
void AddJobs(CLI::App& app, Session& session);        // jobs, watch, cancel, retry, logs
void AddCatalogue(CLI::App& app, Session& session);   // models, benchmarks, packs, status
void AddPacks(CLI::App& app, Session& session);       // pack check, publish, build
void AddLocalScore(CLI::App& app, Session& session);  // score

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_COMMANDS_H_
