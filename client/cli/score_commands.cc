#include <iostream>
#include <set>

#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace ventral::cli {
namespace {

struct Filter {
  std::vector<std::string> benchmarks;
  std::string model, benchmark;
};

Status Leaderboard(Session& session, const Filter& filter) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::GetLeaderboardRequest request;
  for (const std::string& benchmark : filter.benchmarks) request.add_benchmarks(benchmark);
  VENTRAL_ASSIGN_OR_RETURN(const v1::Leaderboard board,
                           connection->Call(connection->scores(), &v1::ScoreService::StubInterface::GetLeaderboard, request));
  if (session.json) {
    PrintJson(board);
  } else {
    std::cout << FormatLeaderboard(board);
  }
  return Ok{};
}

std::string Describe(const v1::Model& model) {
  std::string text = model.model_id();
  if (!model.display_name().empty() && model.display_name() != model.model_id()) text += "   " + model.display_name();
  text += "\n";
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += "  " + std::string(name) + ": " + Printable(value) + "\n";
  };
  line("architecture", model.architecture());
  line("training data", model.training_data());
  line("objective", model.objective());
  line("learning rule", model.learning_rule());
  line("licence", model.licence());
  line("reference", model.reference());
  return text;
}

Status Show(Session& session, const Filter& filter) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::GetModelRequest get;
  get.set_name("models/" + filter.model);
  VENTRAL_ASSIGN_OR_RETURN(const v1::Model model,
                           connection->Call(connection->models(), &v1::ModelService::StubInterface::GetModel, get));
  v1::ListScoresRequest request;
  request.set_model(model.name());
  request.set_benchmark(filter.benchmark);
  VENTRAL_ASSIGN_OR_RETURN(const v1::ListScoresResponse scores, AllScores(*connection, request));
  if (session.json) {
    PrintJson(scores);
    return Ok{};
  }
  std::cout << Describe(model) << "\n";
  std::set<std::string> shown;  // newest first: an older one of the same benchmark is history
  for (const v1::Score& score : scores.scores()) {
    if (!shown.insert(score.result().benchmark()).second) continue;
    std::cout << FormatScore(score.result(), score.provenance()) << "    " << score.name() << ", "
              << Time(score.create_time()) << "\n\n";
  }
  if (shown.empty()) std::cout << "no scores" << (filter.benchmark.empty() ? "" : " on " + filter.benchmark) << " yet\n";
  const int older = scores.scores_size() - static_cast<int>(shown.size());
  if (older > 0) std::cout << older << " older scores are kept; --json shows them all\n";
  return Ok{};
}

}  // namespace

void AddScores(CLI::App& app, Session& session) {
  auto filter = std::make_shared<Filter>();
  CLI::App* board = session.Command(app, "leaderboard", "Models, best first",
                                    "ventral leaderboard\n"
                                    "ventral leaderboard --benchmark kriegeskorte2008.human_it.rsa\n"
                                    "ventral leaderboard --json",
                                    [&session, filter] { return Leaderboard(session, *filter); });
  board->add_option("--benchmark", filter->benchmarks, "Only this column; may be given again")->expected(1);
  CLI::App* show = session.Command(app, "show", "Every score of a model, layer by layer",
                                   "ventral show squeezenet1_1\n"
                                   "ventral show squeezenet1_1 --benchmark cowley2023_v4.v4.ridge",
                                   [&session, filter] { return Show(session, *filter); });
  show->add_option("model", filter->model, "The model's id")->required();
  show->add_option("--benchmark", filter->benchmark, "Only this one");
}

}  // namespace ventral::cli
