#include "tests/db/leaderboard_reference.h"

#include <algorithm>
#include <ostream>
#include <set>

#include "server/store/text.h"

namespace ventral::testing {
namespace {

// One network stands for a model in all its cells: its newest checkpoint that has any score.
constexpr char kEveryCell[] = R"(
  WITH standing AS (
    SELECT DISTINCT ON (c.model_id) c.model_id, c.sha256 FROM checkpoints c
    WHERE EXISTS (SELECT FROM scores s WHERE (s.model_id, s.checkpoint_sha256) = (c.model_id, c.sha256))
    ORDER BY c.model_id, c.sequence DESC
  )
  SELECT DISTINCT ON (s.model_id, s.benchmark_id) s.model_id, s.benchmark_id, s.score_id, coalesce(s.normalised, s.raw)
  FROM standing JOIN scores s ON (s.model_id, s.checkpoint_sha256) = (standing.model_id, standing.sha256)
  ORDER BY s.model_id, s.benchmark_id, s.sequence DESC)";

// By model; cells of all benchmarks, the mean over those of `columns`, a model without these too.
std::vector<ReferenceRow> EveryRow(pqxx::transaction_base& transaction,
                                   const std::set<std::string>& columns) {
  std::vector<ReferenceRow> rows;
  int present = 0;
  double sum = 0;
  for (const auto& cell : transaction.exec(kEveryCell)) {
    if (rows.empty() || rows.back().model != cell[0].c_str()) {
      rows.emplace_back().model = cell[0].c_str();
      present = 0;
      sum = 0;
    }
    rows.back().cells[cell[1].c_str()] = cell[2].c_str();
    if (!columns.contains(cell[1].c_str())) continue;
    sum += store::ParseNumber(cell[3].c_str()).value();
    rows.back().mean = sum / ++present;
  }
  return rows;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const ReferenceRow& row) {
  out << row.rank << " " << row.model << " " << store::NumberText(row.mean);
  for (const auto& [benchmark, score] : row.cells) out << " " << benchmark << "=" << score;
  return out;
}

std::vector<std::string> AllColumns(pqxx::transaction_base& transaction) {
  std::vector<std::string> columns;
  for (const auto& row : transaction.exec(
           "SELECT benchmark_id FROM benchmarks b WHERE pack_version = (SELECT "
           "version FROM packs p "
           "WHERE p.pack_id = b.pack_id ORDER BY sequence DESC LIMIT 1) AND pack_id NOT "
           "IN (SELECT pack_id FROM pack_policies WHERE deleted IS NOT NULL) ORDER BY 1")) {
    columns.emplace_back(row[0].c_str());
  }
  return columns;
}

std::vector<ReferenceRow> ReferenceBoard(pqxx::transaction_base& transaction,
                                         const std::vector<std::string>& columns) {
  const std::set<std::string> wanted(columns.begin(), columns.end());
  std::vector<ReferenceRow> rows;
  for (ReferenceRow& row : EveryRow(transaction, wanted)) {
    std::erase_if(row.cells, [&](const auto& cell) { return !wanted.contains(cell.first); });
    if (!row.cells.empty()) rows.push_back(std::move(row));
  }
  std::ranges::stable_sort(rows, std::greater(), &ReferenceRow::mean);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool shared = i > 0 && rows[i].mean == rows[i - 1].mean;
    rows[i].rank = shared ? rows[i - 1].rank : static_cast<std::int64_t>(i) + 1;
  }
  return rows;
}

std::vector<ReferenceRow> StoredCells(pqxx::transaction_base& transaction) {
  std::vector<ReferenceRow> rows;
  for (const auto& cell : transaction.exec(
           "SELECT model_id, coalesce(mean, 0), benchmark_id, score_id FROM leaderboard_rows "
           "JOIN leaderboard_cells USING (model_id) ORDER BY model_id")) {
    if (rows.empty() || rows.back().model != cell[0].c_str()) {
      rows.emplace_back().model = cell[0].c_str();
      rows.back().mean = store::ParseNumber(cell[1].c_str()).value();
    }
    rows.back().cells[cell[2].c_str()] = cell[3].c_str();
  }
  return rows;
}

std::vector<ReferenceRow> ReferenceCells(pqxx::transaction_base& transaction) {
  const auto columns = AllColumns(transaction);
  return EveryRow(transaction, {columns.begin(), columns.end()});
}

}  // namespace ventral::testing
