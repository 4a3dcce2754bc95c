// The commands of `ventral`, one function a group.
#ifndef VENTRAL_CLIENT_CLI_COMMANDS_H_
#define VENTRAL_CLIENT_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "client/cli/session.h"

namespace ventral::cli {

void AddSubmit(CLI::App& app, Session& session);      // submit
void AddScores(CLI::App& app, Session& session);      // leaderboard, show
void AddCompare(CLI::App& app, Session& session);     // compare
void AddJobs(CLI::App& app, Session& session);        // jobs, watch, cancel, retry, logs, priority
void AddModels(CLI::App& app, Session& session);      // models, model publish, withdraw, delete …
void AddCatalogue(CLI::App& app, Session& session);   // packs, benchmarks
void AddPacks(CLI::App& app, Session& session);       // pack check, publish, policy, delete, build
void AddLocalScore(CLI::App& app, Session& session);  // score
void AddRescore(CLI::App& app, Session& session);     // rescore
void AddRdms(CLI::App& app, Session& session);        // rdms
void AddInspect(CLI::App& app, Session& session);     // inspect
void AddStatus(CLI::App& app, Session& session);      // status
void AddHealth(CLI::App& app, Session& session);      // health
void AddQuota(CLI::App& app, Session& session);       // quota
void AddAdmin(CLI::App& app, Session& session);       // admin user, token, quota, audit

// All of them, on the options that they share.
void AddCommands(CLI::App& app, Session& session);

// A subcommand that runs `body` and ends the session with its status. `examples` are lines of the
// help, such as "ventral jobs --state failed".
CLI::App* AddCommand(CLI::App& parent, Session& session, const std::string& name,
                     const std::string& description, const std::string& examples,
                     std::function<Status()> body);

// "\nExamples:\n  ventral …", what stands below a help.
std::string ExamplesFooter(const std::string& examples);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_COMMANDS_H_
