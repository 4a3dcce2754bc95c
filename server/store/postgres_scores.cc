#include "server/store/catalogue_queries.h"
#include "server/store/catalogue_rows.h"
#include "server/store/fields.h"
#include "server/store/page_row.h"
#include "server/store/postgres_catalogue.h"

namespace ventral::store {
namespace {

Error NoSuchScore(const std::string& id) { return NotFound("there is no score " + id); }

}  // namespace

Result<ScoreRow> PostgresCatalogue::GetScore(const std::string& id) {
  if (!IsUuid(id)) return NoSuchScore(id);
  return database_.Transact<ScoreRow>([&](pqxx::work& transaction) -> Result<ScoreRow> {
    const pqxx::result rows = transaction.exec_params(catalogue_queries::kGetScore, id, viewer());
    if (rows.empty()) return NoSuchScore(id);
    return ScoreOf(rows[0]);
  });
}

Result<Page<ScoreRow>> PostgresCatalogue::ListScores(const ScoreFilter& filter) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(filter.page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string last_score, ReadPageUuid("scores", filter.page.token));
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", filter.model}, {"benchmark", filter.benchmark}}));
  if (!filter.job.empty() && !IsUuid(filter.job)) return Page<ScoreRow>{};
  return database_.Transact<Page<ScoreRow>>([&](pqxx::work& transaction) -> Result<Page<ScoreRow>> {
    VENTRAL_ASSIGN_OR_RETURN(
        const std::int64_t below,
        NumberOfLastRow(transaction, "scores", last_score, catalogue_queries::kNumberOfScore));
    const pqxx::result rows = transaction.exec_params(
        catalogue_queries::kListScores, filter.model, filter.benchmark, NullIfEmpty(filter.job),
        below, size + 1, filter.omit_layers, viewer());
    std::vector<ScoreRow> scores;
    for (const auto& row : rows) scores.push_back(ScoreOf(row));
    return CutPage(
        std::move(scores), size, "scores",
        [&](std::size_t last) {
          return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "score_id");
        },
        FoundIn(rows));
  });
}

Result<std::map<std::string, std::string>> PostgresCatalogue::ScoreResamples(
    const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (!IsUuid(id)) return NoSuchScore(id);
  }
  using Found = std::map<std::string, std::string>;
  return database_.Transact<Found>([&](pqxx::work& transaction) -> Result<Found> {
    Found found;
    for (const auto& row :
         transaction.exec_params(catalogue_queries::kScoreResamples, TextArray(ids))) {
      found.emplace(TextOf(row, "score_id"), TextOf(row, "resamples"));
    }
    return found;
  });
}

}  // namespace ventral::store
