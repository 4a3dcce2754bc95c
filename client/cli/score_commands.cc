#include <algorithm>
#include <map>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/pages.h"
#include "client/cli/score_arrays.h"

namespace ventral::cli {
namespace {

struct Filter {
  std::vector<std::string> benchmarks;
  std::string model, benchmark;
  std::string per_neuroid, per_subject;  // files
  int limit = 0;                         // rows of the leaderboard; 0 is all
};

// The first `limit` rows of a board, all of them for 0, over as many pages as they take.
Result<v1::Leaderboard> GetLeaderboard(client::Connection& connection,
                                       const std::vector<std::string>& benchmarks, int limit) {
  constexpr int kWithTiers = 100;  // a board that is not whole on its page has none
  constexpr int kLargestPage = 1000;
  v1::GetLeaderboardRequest request;
  for (const std::string& benchmark : benchmarks) request.add_benchmarks(benchmark);
  request.set_page_size(limit == 0 ? kLargestPage : std::clamp(limit, kWithTiers, kLargestPage));
  v1::Leaderboard board;
  do {
    VENTRAL_ASSIGN_OR_RETURN(
        v1::Leaderboard page,
        connection.Call(connection.scores(), &v1::ScoreService::StubInterface::GetLeaderboard,
                        request));
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    board.clear_benchmarks();  // the same on each page
    board.MergeFrom(page);
  } while (!request.page_token().empty() && (limit == 0 || board.rows_size() < limit));
  while (limit > 0 && board.rows_size() > limit) board.mutable_rows()->RemoveLast();
  return board;
}

Status Leaderboard(Session& session, const Filter& filter) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const v1::Leaderboard board,
                           GetLeaderboard(*connection, filter.benchmarks, filter.limit));
  session.Print(board, FormatLeaderboard(board));
  return Ok{};
}

Result<v1::Score> GetScore(client::Connection& connection, const std::string& name) {
  v1::GetScoreRequest request;
  request.set_name(name);
  return connection.Call(connection.scores(), &v1::ScoreService::StubInterface::GetScore, request);
}

// The newest score of each benchmark, with its layers, by benchmark; `scores` is newest first.
Result<std::string> NewestScores(client::Connection& connection,
                                 const v1::ListScoresResponse& scores) {
  std::map<std::string, const v1::Score*> newest;
  for (const v1::Score& score : scores.scores()) {
    newest.emplace(score.result().benchmark(), &score);
  }
  std::string text;
  for (const auto& [benchmark, listed] : newest) {
    VENTRAL_ASSIGN_OR_RETURN(const v1::Score score, GetScore(connection, listed->name()));
    text += FormatScore(score.result(), score.provenance()) + "    score " +
            LastPart(score.name()) + ", " + Time(score.create_time()) + ", checkpoint " +
            LastPart(score.checkpoint()).substr(0, 12) + ", job " + LastPart(score.job()) + "\n\n";
  }
  const std::size_t older = static_cast<std::size_t>(scores.scores_size()) - newest.size();
  if (older > 0) text += std::to_string(older) + " older scores are kept; --json shows them all\n";
  return text;
}

Result<v1::Model> GetModel(client::Connection& connection, const std::string& id) {
  v1::GetModelRequest request;
  request.set_name("models/" + id);
  return connection.Call(connection.models(), &v1::ModelService::StubInterface::GetModel, request);
}

// Of the newest score.
Status WriteFiles(client::Connection& connection, const v1::ListScoresResponse& scores,
                  const Filter& filter) {
  if (filter.per_neuroid.empty() && filter.per_subject.empty()) return Ok{};
  if (scores.scores().empty()) return NotFound(filter.model + " has no score to write");
  VENTRAL_ASSIGN_OR_RETURN(const v1::Score score, GetScore(connection, scores.scores(0).name()));
  if (!filter.per_neuroid.empty()) {
    VENTRAL_RETURN_IF_ERROR(WriteUnits(score.result(), Unit::kNeuroid, filter.per_neuroid));
  }
  if (!filter.per_subject.empty()) {
    VENTRAL_RETURN_IF_ERROR(WriteUnits(score.result(), Unit::kSubject, filter.per_subject));
  }
  return Ok{};
}

Status Show(Session& session, const Filter& filter) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const v1::Model model, GetModel(*connection, filter.model));
  // A misspelt benchmark is an error, not a model without scores.
  if (!filter.benchmark.empty()) {
    VENTRAL_RETURN_IF_ERROR(GetLeaderboard(*connection, {filter.benchmark}, 1));
  }
  v1::ListScoresRequest request;
  request.set_model(model.name());
  request.set_benchmark(filter.benchmark);
  request.set_omit_layers(!session.json);
  VENTRAL_ASSIGN_OR_RETURN(const v1::ListScoresResponse scores, AllScores(*connection, request));
  VENTRAL_RETURN_IF_ERROR(WriteFiles(*connection, scores, filter));
  std::string text = FormatModel(model) + "\n";
  if (scores.scores().empty()) {
    text += "no scores yet; 'ventral jobs --model " + LastPart(model.name()) + "' says why\n";
  } else if (!session.json) {
    VENTRAL_ASSIGN_OR_RETURN(const std::string newest, NewestScores(*connection, scores));
    text += newest;
  }
  session.Print(scores, text);
  return Ok{};
}

}  // namespace

void AddScores(CLI::App& app, Session& session) {
  auto filter = std::make_shared<Filter>();
  CLI::App* board = AddCommand(app, session, "leaderboard", "Models, best first",
                               "ventral leaderboard\n"
                               "ventral leaderboard --benchmark kriegeskorte2008.human_it.rsa\n"
                               "ventral leaderboard --limit 10\n"
                               "ventral leaderboard --json",
                               [&session, filter] { return Leaderboard(session, *filter); });
  board->add_option("--benchmark", filter->benchmarks, "Only this column; may be given again")
      ->allow_extra_args(false);
  board->add_option("--limit", filter->limit, "Only so many rows from the top; all by default")
      ->check(CLI::PositiveNumber);
  CLI::App* show = AddCommand(app, session, "show",
                              "Every benchmark's newest score of a model, layer by layer; --json: "
                              "all its scores, newest first",
                              "ventral show squeezenet1_1\n"
                              "ventral show squeezenet1_1 --benchmark cowley2023_v4.v4.ridge\n"
                              "ventral show squeezenet1_1 --benchmark cowley2023_v4.v4.ridge "
                              "--per-neuroid r.csv\n"
                              "ventral show squeezenet1_1 --json",
                              [&session, filter] { return Show(session, *filter); });
  show->add_option("model", filter->model, "The model's id")->required();
  CLI::Option* benchmark = show->add_option("--benchmark", filter->benchmark, "Only this one");
  show->add_option("--per-neuroid", filter->per_neuroid,
                   "Write each layer's score of each neuroid that is scored to this .csv or .npy")
      ->needs(benchmark);
  show->add_option("--per-subject", filter->per_subject,
                   "Write each layer's score of each subject to this .csv or .npy")
      ->needs(benchmark);
}

}  // namespace ventral::cli
