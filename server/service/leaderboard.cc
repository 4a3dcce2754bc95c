#include "server/service/leaderboard.h"

#include <string_view>
#include <unordered_map>

#include "server/service/names.h"

namespace ventral::service {
namespace {

constexpr char kPolicy[] =
    "For each model, the newest score of its newest checkpoint that has any; ordered by the mean "
    "over the cells that are there of the normalised score, or of the raw one where the benchmark "
    "has no ceiling; equal means share a rank.";

void FillCell(const store::LeaderboardCell& stored, v1::LeaderboardCell* cell) {
  cell->set_score(ScoreName(stored.score));
  cell->set_raw(stored.raw);
  if (stored.normalised) cell->set_normalised(*stored.normalised);
  if (stored.ceiling) cell->set_ceiling(*stored.ceiling);
  if (stored.interval_lower) cell->set_interval_lower(*stored.interval_lower);
  if (stored.interval_upper) cell->set_interval_upper(*stored.interval_upper);
  cell->mutable_layer()->set_path(stored.layer_path);
  cell->mutable_layer()->set_step(stored.layer_step);
  cell->set_layer_choice(stored.layer_choice);
}

}  // namespace

v1::Leaderboard ToProto(const store::LeaderboardPage& page) {
  v1::Leaderboard board;
  board.set_policy(kPolicy);
  board.mutable_benchmarks()->Add(page.benchmarks.begin(), page.benchmarks.end());
  std::unordered_map<std::string_view, int> column;
  for (const auto& id : page.benchmarks) column.emplace(id, static_cast<int>(column.size()));
  for (const store::LeaderboardRow& stored : page.rows) {
    v1::LeaderboardRow* row = board.add_rows();
    row->set_model(ModelName(stored.model));
    row->set_display_name(stored.display_name);
    row->set_rank(static_cast<std::int32_t>(stored.rank));
    row->set_mean(stored.mean);
    for (std::size_t i = 0; i < page.benchmarks.size(); ++i) row->add_cells();
    for (const store::LeaderboardCell& cell : stored.cells) {
      const auto found = column.find(cell.benchmark);
      if (found != column.end()) FillCell(cell, row->mutable_cells(found->second));
    }
  }
  board.set_next_page_token(page.next_token);
  return board;
}

}  // namespace ventral::service
