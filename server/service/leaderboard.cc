#include "server/service/leaderboard.h"

#include <algorithm>
#include <map>

#include "server/service/names.h"

namespace ventral::service {
namespace {

constexpr char kPolicy[] =
    "For each model, the newest score of its newest checkpoint; ordered by the mean over the cells "
    "that are there of the normalised score, or of the raw one where the benchmark has no ceiling; "
    "equal means share a rank.";

void FillCell(const store::ScoreRow& row, v1::LeaderboardCell* cell) {
  cell->set_score(ScoreName(row.id));
  cell->set_raw(row.score.raw);
  if (row.score.normalised) cell->set_normalised(*row.score.normalised);
  if (row.score.ceiling) cell->set_ceiling(*row.score.ceiling);
  if (row.score.interval_lower) cell->set_interval_lower(*row.score.interval_lower);
  if (row.score.interval_upper) cell->set_interval_upper(*row.score.interval_upper);
  cell->mutable_layer()->set_path(row.score.layer_path);
  cell->mutable_layer()->set_step(row.score.layer_step);
  cell->set_layer_choice(row.score.layer_choice);
}

void SetMean(v1::LeaderboardRow* row) {
  double sum = 0;
  int present = 0;
  for (const auto& cell : row->cells()) {
    if (!cell.has_raw()) continue;
    sum += cell.has_normalised() ? cell.normalised() : cell.raw();
    ++present;
  }
  if (present > 0) row->set_mean(sum / present);
}

bool Before(const v1::LeaderboardRow& a, const v1::LeaderboardRow& b) {
  if (a.has_mean() != b.has_mean()) return a.has_mean();
  if (a.mean() != b.mean()) return a.mean() > b.mean();
  return a.model() < b.model();
}

}  // namespace

v1::Leaderboard RankLeaderboard(const std::vector<std::string>& benchmarks,
                                const std::vector<store::LeaderboardEntry>& entries) {
  std::map<std::string, int> column;
  for (const auto& id : benchmarks) column.emplace(id, static_cast<int>(column.size()));
  std::map<std::string, v1::LeaderboardRow> by_model;
  for (const auto& entry : entries) {
    const auto found = column.find(entry.score.score.benchmark);
    if (found == column.end()) continue;
    auto& row = by_model[entry.model];
    row.set_model(ModelName(entry.model));
    row.set_display_name(entry.display_name);
    while (row.cells_size() < static_cast<int>(benchmarks.size())) row.add_cells();
    FillCell(entry.score, row.mutable_cells(found->second));
  }
  std::vector<v1::LeaderboardRow> rows;
  for (auto& [model, row] : by_model) {
    SetMean(&row);
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), Before);

  v1::Leaderboard board;
  board.set_policy(kPolicy);
  board.mutable_benchmarks()->Add(benchmarks.begin(), benchmarks.end());
  for (auto& row : rows) {
    const int place = board.rows_size() + 1;
    const auto* above = board.rows_size() > 0 ? &board.rows(board.rows_size() - 1) : nullptr;
    if (row.has_mean()) row.set_rank(above && above->mean() == row.mean() ? above->rank() : place);
    *board.add_rows() = std::move(row);
  }
  return board;
}

}  // namespace ventral::service
