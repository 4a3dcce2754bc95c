#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "server/store/catalogue_rows.h"
#include "server/store/fields.h"
#include "server/store/leaderboard_place.h"
#include "server/store/leaderboard_queries.h"
#include "server/store/postgres_catalogue.h"

namespace ventral::store {
namespace {

// Of kPageOf…, by number: a page has thousands of cells, and each name would be looked up.
enum PageColumn : pqxx::row_size_type {
  kModel,
  kDisplayName,
  kMean,
  kBenchmark,
  kScore,
  kLayerPath,
  kLayerChoice,
  kLayerStep,
  kRaw,
  kCeiling,
  kNormalised,
  kIntervalLower,
  kIntervalUpper
};

double Number(const pqxx::field& field) {
  const auto number = ParseNumber(field.c_str());
  if (!number.ok()) throw std::runtime_error(number.error().message);
  return *number;
}

std::optional<double> MaybeNumber(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return Number(field);
}

LeaderboardCell CellOf(const pqxx::row& row) {
  LeaderboardCell cell;
  cell.benchmark = row[kBenchmark].c_str();
  cell.score = row[kScore].c_str();
  cell.layer_path = row[kLayerPath].c_str();
  cell.layer_choice = row[kLayerChoice].c_str();
  cell.layer_step = row[kLayerStep].as<std::int64_t>();
  cell.raw = Number(row[kRaw]);
  cell.ceiling = MaybeNumber(row[kCeiling]);
  cell.normalised = MaybeNumber(row[kNormalised]);
  cell.interval_lower = MaybeNumber(row[kIntervalLower]);
  cell.interval_upper = MaybeNumber(row[kIntervalUpper]);
  return cell;
}

pqxx::result AskForPage(pqxx::work& transaction, const LeaderboardQuery& query,
                        const LeaderboardPlace& after, int limit, const char* viewer) {
  using namespace leaderboard_queries;
  const std::string mean = NumberText(-after.mean);
  if (query.benchmarks.empty())
    return transaction.exec_params(kPageOfAll, mean, after.model, limit, viewer);
  if (query.benchmarks.size() == 1) {
    return transaction.exec_params(kPageOfOne, mean, after.model, limit, viewer,
                                   query.benchmarks.front());
  }
  return transaction.exec_params(kPageOfSome, mean, after.model, limit, viewer,
                                 TextArray(query.benchmarks));
}

std::vector<std::string> ColumnsOf(pqxx::work& transaction, const LeaderboardQuery& query) {
  if (!query.benchmarks.empty()) return query.benchmarks;
  std::vector<std::string> columns;
  for (const auto& row : transaction.exec(leaderboard_queries::kAllColumns)) {
    columns.emplace_back(row[0].c_str());
  }
  return columns;
}

// `size` rows at most; `found` may have one row more, which tells that there is a next page.
// Requires that every row has a cell in one of the page's columns.
void FillPage(const pqxx::result& found, int size, LeaderboardPlace place, LeaderboardPage& page) {
  const std::unordered_set<std::string_view> columns(page.benchmarks.begin(),
                                                     page.benchmarks.end());
  for (const auto& row : found) {
    if (page.rows.empty() || page.rows.back().model != row[kModel].c_str()) {
      if (page.rows.size() == static_cast<std::size_t>(size)) {
        page.next_token = MakePlaceToken(place, page.benchmarks);
        return;
      }
      LeaderboardRow& added = page.rows.emplace_back();
      added.model = row[kModel].c_str();
      added.display_name = row[kDisplayName].c_str();
      added.mean = Number(row[kMean]);
      place.Pass(added.mean, added.model);
      added.rank = place.rank;
    }
    if (columns.contains(row[kBenchmark].c_str())) page.rows.back().cells.push_back(CellOf(row));
  }
}

}  // namespace

Result<LeaderboardPage> PostgresCatalogue::Leaderboard(const LeaderboardQuery& query) {
  for (const std::string& benchmark : query.benchmarks)
    VENTRAL_RETURN_IF_ERROR(CheckTexts({{"benchmark", benchmark}}));
  return database_.Transact<LeaderboardPage>(
      [&](pqxx::work& transaction) -> Result<LeaderboardPage> {
        // Columns and rows of one moment.
        transaction.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
        LeaderboardPage page{ColumnsOf(transaction, query), {}, {}};
        const int columns = std::max(1, static_cast<int>(page.benchmarks.size()));
        const int size = std::clamp(query.size, 1, std::max(1, kMostLeaderboardCells / columns));
        VENTRAL_ASSIGN_OR_RETURN(const LeaderboardPlace after,
                                 ReadPlaceToken(query.token, page.benchmarks));
        FillPage(AskForPage(transaction, query, after, size + 1, viewer()), size, after, page);
        return page;
      });
}

Result<std::vector<LeaderboardEntry>> PostgresCatalogue::StandingScores(
    const std::string& benchmark, const std::vector<std::string>& models, int limit) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"benchmark", benchmark}}));
  for (const std::string& model : models) VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", model}}));
  using Entries = std::vector<LeaderboardEntry>;
  return database_.Transact<Entries>([&](pqxx::work& transaction) -> Result<Entries> {
    Entries entries;
    for (const auto& row : transaction.exec_params(leaderboard_queries::kStandingScores, benchmark,
                                                   TextArray(models), limit, viewer())) {
      entries.push_back({TextOf(row, "model_id"), TextOf(row, "display_name"), ScoreOf(row)});
    }
    std::ranges::sort(entries, {}, &LeaderboardEntry::model);
    return entries;
  });
}

}  // namespace ventral::store
