#include <map>

#include "client/cli/format.h"
#include "client/cli/table.h"

namespace ventral::cli {
namespace {

using Align = Table::Align;

// "0.412 ±0.035": normalised by the ceiling where there is one, with half the interval's width in the same units.
std::string Cell(const v1::LeaderboardCell& cell) {
  if (!cell.has_raw()) return "–";
  const bool normalised = cell.has_normalised();
  std::string text = Number(normalised ? cell.normalised() : cell.raw());
  if (cell.has_interval_lower() && cell.has_interval_upper()) {
    double half = (cell.interval_upper() - cell.interval_lower()) / 2;
    if (normalised && cell.has_ceiling() && cell.ceiling() > 0) half /= cell.ceiling();
    text += " ±" + Number(half);
  }
  return text + (normalised ? "" : " r");
}

// The ceiling of each column, as long as all its cells agree.
std::string CeilingOf(const v1::Leaderboard& board, int column) {
  std::string text;
  for (const v1::LeaderboardRow& row : board.rows()) {
    if (column >= row.cells_size() || !row.cells(column).has_ceiling()) continue;
    const std::string ceiling = Number(row.cells(column).ceiling());
    if (!text.empty() && text != ceiling) return "varies";
    text = ceiling;
  }
  return text.empty() ? "none" : text;
}

bool AnyBest(const v1::Leaderboard& board) {
  for (const v1::LeaderboardRow& row : board.rows()) {
    for (const v1::LeaderboardCell& cell : row.cells()) {
      if (cell.layer_choice() == "best") return true;
    }
  }
  return false;
}

// Columns are numbered where their names would not fit a screen.
std::string ColumnTitle(const v1::Leaderboard& board, int column) {
  return board.benchmarks_size() <= 2 ? board.benchmarks(column) : "[" + std::to_string(column + 1) + "]";
}

}  // namespace

std::string FormatLeaderboard(const v1::Leaderboard& board) {
  std::vector<Table::Column> columns = {{"#", Align::kRight}, {"model"}, {"mean", Align::kRight}};
  for (int c = 0; c < board.benchmarks_size(); ++c) columns.push_back({ColumnTitle(board, c), Align::kLeft});
  if (board.benchmarks_size() == 1) columns.push_back({"layer"});
  Table table(std::move(columns));
  for (const v1::LeaderboardRow& row : board.rows()) {
    std::vector<std::string> cells = {row.rank() > 0 ? std::to_string(row.rank()) : "–", LastPart(row.model()),
                                      row.has_mean() ? Number(row.mean()) : "–"};
    for (const v1::LeaderboardCell& cell : row.cells()) cells.push_back(Cell(cell));
    if (board.benchmarks_size() == 1) cells.push_back(row.cells_size() > 0 ? LayerName(row.cells(0).layer()) : "");
    table.Add(std::move(cells));
  }
  if (table.empty()) return "No scores yet. Submit a checkpoint: ventral submit net.pt2 --name NAME --pack PACK --watch\n";
  std::string text = table.Text() + "\n";
  for (int c = 0; c < board.benchmarks_size(); ++c) {
    text += ColumnTitle(board, c) + (board.benchmarks_size() <= 2 ? "" : " " + board.benchmarks(c)) + ": ceiling " +
            CeilingOf(board, c) + "\n";
  }
  text += "Numbers are shares of the ceiling; an r marks a correlation without a ceiling; ± is half the 95 % interval.\n";
  if (AnyBest(board)) text += "The layer was chosen on the stimuli that it is scored on (best): optimistic.\n";
  return text + Printable(board.policy()) + "\n";
}

}  // namespace ventral::cli
