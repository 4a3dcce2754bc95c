#include "server/service/score_handlers.h"

#include <algorithm>

#include "server/service/convert.h"
#include "server/service/leaderboard.h"
#include "server/service/model_comparison.h"
#include "server/service/names.h"
#include "server/service/nearest.h"
#include "server/service/paging.h"
#include "server/service/reply.h"
#include "server/service/seen.h"

namespace ventral::service {
namespace {

// With all layers, one score can have megabytes.
constexpr int kLargestPageWithLayers = 50;
constexpr int kMostColumns = 500;
constexpr int kMostCompared = 100;
constexpr int kDefaultLeaderboardPage = 100;

Result<Correction> CorrectionOf(const std::string& name) {
  const auto correction = CorrectionNamed(name.empty() ? "fdr" : name);
  if (correction) return *correction;
  std::string names;
  for (const std::string& known : CorrectionNames()) names += (names.empty() ? "" : ", ") + known;
  return InvalidInput("'" + name.substr(0, 40) + "' is none of: " + names);
}

// Every benchmark of the newest packs, by id.
Result<std::vector<std::string>> AllBenchmarks(store::Catalogue& catalogue) {
  std::vector<std::string> ids;
  store::PageRequest next{kLargestPage, {}};
  do {
    VENTRAL_ASSIGN_OR_RETURN(auto page, catalogue.ListBenchmarks("", next));
    for (auto& row : page.rows) ids.push_back(std::move(row.id));
    next.token = std::move(page.next_token);
  } while (!next.token.empty());
  return ids;
}

Error UnknownBenchmark(const std::string& id, const std::vector<std::string>& all) {
  std::string text = "there is no benchmark '" + id.substr(0, 120) + "'";
  const auto nearest = NearestNames(id, all);
  if (nearest.empty()) return NotFound(text + "; no pack was published yet");
  text += "; the nearest are ";
  for (std::size_t i = 0; i < nearest.size(); ++i) text += (i == 0 ? "" : ", ") + nearest[i];
  return NotFound(text);
}

// The columns asked for, each once; none where all are.
Result<std::vector<std::string>> Columns(const v1::GetLeaderboardRequest& request,
                                         store::Catalogue& catalogue, Call& call) {
  if (request.benchmarks_size() > kMostColumns) {
    return call.Check("benchmarks", Result<std::vector<std::string>>(
                                        InvalidInput("at most 500 can be asked for")));
  }
  std::vector<std::string> columns;
  if (request.benchmarks().empty()) return columns;
  VENTRAL_ASSIGN_OR_RETURN(const auto all, AllBenchmarks(catalogue));
  for (const auto& id : request.benchmarks()) {
    if (std::find(all.begin(), all.end(), id) == all.end()) return UnknownBenchmark(id, all);
    if (std::find(columns.begin(), columns.end(), id) == columns.end()) columns.push_back(id);
  }
  return columns;
}

// The ids asked for, each once.
Result<std::vector<std::string>> ModelsOf(const v1::CompareModelsRequest& request, Call& call) {
  using Ids = std::vector<std::string>;
  if (request.models_size() > kMostCompared) {
    return call.Check(
        "models",
        Result<Ids>(InvalidInput("at most " + std::to_string(kMostCompared) + " can be compared")));
  }
  Ids ids;
  for (const std::string& name : request.models()) {
    VENTRAL_ASSIGN_OR_RETURN(std::string id, call.Check("models", ParseModelName(name)));
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  return ids;
}

// What stands for these models, in their order; for all of the benchmark where none is named.
Result<std::vector<store::LeaderboardEntry>> Wanted(store::Catalogue& catalogue,
                                                    const std::string& benchmark,
                                                    const std::vector<std::string>& models) {
  VENTRAL_ASSIGN_OR_RETURN(auto entries,
                           catalogue.StandingScores(benchmark, models, kMostCompared + 1));
  if (models.empty() && static_cast<int>(entries.size()) > kMostCompared) {
    return InvalidInput(benchmark + " has more than " + std::to_string(kMostCompared) +
                        " models; name those to compare");
  }
  if (models.empty()) return entries;
  std::vector<store::LeaderboardEntry> wanted;
  for (const std::string& id : models) {
    const auto found = std::ranges::find(entries, id, &store::LeaderboardEntry::model);
    if (found == entries.end()) {
      return NotFound("model '" + id.substr(0, 120) + "' has no score on " + benchmark);
    }
    wanted.push_back(std::move(*found));
  }
  return wanted;
}

// The models, with their resamples, on a benchmark.
Result<std::vector<ScoredModel>> Resampled(store::Catalogue& catalogue,
                                           const std::vector<store::LeaderboardEntry>& entries) {
  std::vector<std::string> ids;
  for (const auto& entry : entries) ids.push_back(entry.score.id);
  VENTRAL_ASSIGN_OR_RETURN(const auto resamples, catalogue.ScoreResamples(ids));
  return WithResamples(entries, resamples);
}

// Of a board with one column that is whole.
Status SetTiers(store::Catalogue& catalogue, v1::Leaderboard* board) {
  const std::string& benchmark = board->benchmarks(0);
  VENTRAL_ASSIGN_OR_RETURN(const auto entries,
                           catalogue.StandingScores(benchmark, {}, kMostCompared));
  VENTRAL_ASSIGN_OR_RETURN(const auto models, Resampled(catalogue, entries));
  VENTRAL_ASSIGN_OR_RETURN(
      const auto comparison,
      service::CompareModels(benchmark, models, Correction::kFdr, /*all_or_none=*/false));
  const auto tiers = TiersOf(comparison);
  for (auto& row : *board->mutable_rows()) {
    const auto found = tiers.find(row.model());
    if (found != tiers.end()) row.set_tier(found->second);
  }
  return Ok{};
}

Result<store::ScoreFilter> FilterOf(const v1::ListScoresRequest& request, Call& call) {
  store::ScoreFilter filter;
  const int largest = request.omit_layers() ? kLargestPage : kLargestPageWithLayers;
  VENTRAL_ASSIGN_OR_RETURN(filter.page.size,
                           call.Check("page_size", PageSize(request.page_size(), largest)));
  VENTRAL_ASSIGN_OR_RETURN(filter.model,
                           call.Check("model", ParseOptionalModelName(request.model())));
  VENTRAL_ASSIGN_OR_RETURN(filter.job, call.Check("job", ParseOptionalJobName(request.job())));
  filter.page.token = request.page_token();
  filter.benchmark = request.benchmark();
  filter.omit_layers = request.omit_layers();
  return filter;
}

}  // namespace

grpc::Status ScoreHandlers::GetScore(grpc::ServerContext*, const v1::GetScoreRequest* request,
                                     v1::Score* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParseScoreName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, SeenCatalogue(store_)->GetScore(id));
    VENTRAL_ASSIGN_OR_RETURN(*response, ToProto(row));
    return Ok{};
  });
}

grpc::Status ScoreHandlers::ListScores(grpc::ServerContext*, const v1::ListScoresRequest* request,
                                       v1::ListScoresResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto filter, FilterOf(*request, call));
    if (!filter.model.empty())
      VENTRAL_RETURN_IF_ERROR(SeenCatalogue(store_)->GetModel(filter.model));
    VENTRAL_ASSIGN_OR_RETURN(auto page,
                             call.Check("page_token", SeenCatalogue(store_)->ListScores(filter)));
    for (const auto& row : page.rows) {
      VENTRAL_ASSIGN_OR_RETURN(*response->add_scores(), ToProto(row));
    }
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

grpc::Status ScoreHandlers::GetLeaderboard(grpc::ServerContext*,
                                           const v1::GetLeaderboardRequest* request,
                                           v1::Leaderboard* response) {
  return Respond(*request, [&](Call& call) -> Status {
    store::LeaderboardQuery query;
    VENTRAL_ASSIGN_OR_RETURN(query.size, call.Check("page_size", PageSize(request->page_size())));
    if (request->page_size() == 0) query.size = kDefaultLeaderboardPage;
    VENTRAL_ASSIGN_OR_RETURN(query.benchmarks, Columns(*request, *SeenCatalogue(store_), call));
    query.token = request->page_token();
    VENTRAL_ASSIGN_OR_RETURN(const auto page,
                             call.Check("page_token", SeenCatalogue(store_)->Leaderboard(query)));
    *response = ToProto(page);
    const bool whole = query.token.empty() && page.next_token.empty();
    if (page.benchmarks.size() != 1 || !whole || response->rows_size() > kMostCompared) return Ok{};
    return SetTiers(*SeenCatalogue(store_), response);
  });
}

grpc::Status ScoreHandlers::CompareModels(grpc::ServerContext*,
                                          const v1::CompareModelsRequest* request,
                                          v1::ModelComparison* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto all, AllBenchmarks(*SeenCatalogue(store_)));
    const std::string& benchmark = request->benchmark();
    if (std::find(all.begin(), all.end(), benchmark) == all.end()) {
      return UnknownBenchmark(benchmark, all);
    }
    VENTRAL_ASSIGN_OR_RETURN(const Correction correction,
                             call.Check("correction", CorrectionOf(request->correction())));
    VENTRAL_ASSIGN_OR_RETURN(const auto ids, ModelsOf(*request, call));
    VENTRAL_ASSIGN_OR_RETURN(const auto wanted, Wanted(*SeenCatalogue(store_), benchmark, ids));
    VENTRAL_ASSIGN_OR_RETURN(const auto models, Resampled(*SeenCatalogue(store_), wanted));
    VENTRAL_ASSIGN_OR_RETURN(*response,
                             service::CompareModels(benchmark, models, correction, !ids.empty()));
    return Ok{};
  });
}

}  // namespace ventral::service
