#include "client/cli/commands.h"
#include "client/cli/format.h"

namespace ventral::cli {
namespace {

struct Question {
  std::vector<std::string> models;
  std::string benchmark, correction = "fdr";
};

Status Compare(Session& session, const Question& question) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::CompareModelsRequest request;
  request.set_benchmark(question.benchmark);
  request.set_correction(question.correction);
  for (const std::string& model : question.models) request.add_models("models/" + model);
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::ModelComparison comparison,
      connection->Call(connection->scores(), &v1::ScoreService::StubInterface::CompareModels,
                       request));
  session.Print(comparison, FormatComparison(comparison));
  return Ok{};
}

}  // namespace

void AddCompare(CLI::App& app, Session& session) {
  auto question = std::make_shared<Question>();
  CLI::App* compare = AddCommand(
      app, session, "compare",
      "Models on one benchmark against each other: differences on the same resamples, intervals, p "
      "values, and tiers that the data can tell apart",
      "ventral compare squeezenet1_1 squeezenet1_1_random --benchmark "
      "kriegeskorte2008.human_it.rsa\n"
      "ventral compare --benchmark cowley2023_v4.v4.ridge     # all on its leaderboard\n"
      "ventral compare A B --benchmark X --correction holm --json",
      [&session, question] { return Compare(session, *question); });
  compare->add_option("model", question->models,
                      "Ids of models; all of the benchmark's leaderboard where none is given");
  compare->add_option("--benchmark", question->benchmark, "On which benchmark")->required();
  compare
      ->add_option("--correction", question->correction,
                   "How p values are adjusted for their number: fdr, holm, bonferroni, none")
      ->capture_default_str();
}

}  // namespace ventral::cli
