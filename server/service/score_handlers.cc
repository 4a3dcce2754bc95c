#include "server/service/score_handlers.h"

#include <algorithm>
#include <set>

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
constexpr std::size_t kMostCompared = 100;

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

// The columns asked for, each once; all where none is.
Result<std::vector<std::string>> Columns(const v1::GetLeaderboardRequest& request,
                                         const std::vector<std::string>& all) {
  if (request.benchmarks_size() > kMostColumns) {
    return InvalidInput("benchmarks: at most 500 can be asked for");
  }
  std::vector<std::string> columns;
  for (const auto& id : request.benchmarks()) {
    if (std::find(all.begin(), all.end(), id) == all.end()) return UnknownBenchmark(id, all);
    if (std::find(columns.begin(), columns.end(), id) == columns.end()) columns.push_back(id);
  }
  return columns.empty() ? all : columns;
}

// Those models that are asked for, each once; all where none is.
Result<std::vector<store::LeaderboardEntry>> Wanted(const v1::CompareModelsRequest& request,
                                                    std::vector<store::LeaderboardEntry> entries,
                                                    Call& call) {
  if (static_cast<std::size_t>(request.models_size()) > kMostCompared) {
    return call.Check("models",
                      Result<std::vector<store::LeaderboardEntry>>(InvalidInput(
                          "at most " + std::to_string(kMostCompared) + " can be compared")));
  }
  if (request.models().empty()) return entries;
  std::vector<store::LeaderboardEntry> wanted;
  std::set<std::string> seen;
  for (const std::string& name : request.models()) {
    VENTRAL_ASSIGN_OR_RETURN(const std::string id, call.Check("models", ParseModelName(name)));
    if (!seen.insert(id).second) continue;
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const auto& entry) { return entry.model == id; });
    if (found == entries.end()) {
      return NotFound("model '" + id.substr(0, 120) + "' has no score on " + request.benchmark());
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
  return Respond(*request, [&](Call&) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto all, AllBenchmarks(*SeenCatalogue(store_)));
    VENTRAL_ASSIGN_OR_RETURN(const auto columns, Columns(*request, all));
    VENTRAL_ASSIGN_OR_RETURN(const auto entries,
                             SeenCatalogue(store_)->LeaderboardEntries(columns));
    *response = RankLeaderboard(columns, entries);
    if (columns.size() != 1 || entries.size() > kMostCompared) return Ok{};
    VENTRAL_ASSIGN_OR_RETURN(const auto models, Resampled(*SeenCatalogue(store_), entries));
    VENTRAL_ASSIGN_OR_RETURN(
        const auto comparison,
        service::CompareModels(columns.front(), models, Correction::kFdr, /*all_or_none=*/false));
    for (const auto& [model, tier] : TiersOf(comparison)) {
      for (auto& row : *response->mutable_rows()) {
        if (row.model() == model) row.set_tier(tier);
      }
    }
    return Ok{};
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
    VENTRAL_ASSIGN_OR_RETURN(auto entries, SeenCatalogue(store_)->LeaderboardEntries({benchmark}));
    VENTRAL_ASSIGN_OR_RETURN(const auto wanted, Wanted(*request, std::move(entries), call));
    if (wanted.size() > kMostCompared) {
      return InvalidInput(benchmark + " has " + std::to_string(wanted.size()) +
                          " models; name those to compare, at most " +
                          std::to_string(kMostCompared));
    }
    VENTRAL_ASSIGN_OR_RETURN(const auto models, Resampled(*SeenCatalogue(store_), wanted));
    VENTRAL_ASSIGN_OR_RETURN(*response, service::CompareModels(benchmark, models, correction,
                                                               !request->models().empty()));
    return Ok{};
  });
}

}  // namespace ventral::service
