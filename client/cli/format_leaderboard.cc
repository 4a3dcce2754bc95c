#include <algorithm>

#include "client/cli/format.h"
#include "client/cli/table.h"
#include "client/cli/terminal_text.h"

namespace ventral::cli {
namespace {

using Align = Table::Align;

constexpr char kNone[] = "–";
constexpr int kNamedColumns = 2;  // more names than this do not fit a screen

// Whether any cell of the leaderboard is such.
template <typename Condition>
bool Any(const v1::Leaderboard& board, const Condition& condition) {
  for (const v1::LeaderboardRow& row : board.rows()) {
    for (const v1::LeaderboardCell& cell : row.cells()) {
      if (cell.has_raw() && condition(cell)) return true;
    }
  }
  return false;
}

// "0.412 ±0.035": of the ceiling where there is one, with half the interval's width on the same
// scale; "0.412 ±0.035 r" where there is none.
std::string CellText(const v1::LeaderboardCell& cell) {
  if (!cell.has_raw()) return kNone;
  const bool normalised = cell.has_normalised();
  std::string text = Number(normalised ? cell.normalised() : cell.raw());
  if (cell.has_interval_lower() && cell.has_interval_upper()) {
    double half = (cell.interval_upper() - cell.interval_lower()) / 2;
    if (normalised && cell.ceiling() > 0) half /= cell.ceiling();
    text += " ±" + Number(half);
  }
  return text + (normalised ? "" : " r");
}

// The ceiling of a column, as long as all its cells agree.
std::string CeilingText(const v1::Leaderboard& board, int column) {
  std::string text;
  for (const v1::LeaderboardRow& row : board.rows()) {
    if (column >= row.cells_size() || !row.cells(column).has_ceiling()) continue;
    const std::string ceiling = Number(row.cells(column).ceiling());
    if (!text.empty() && text != ceiling) return "varies";
    text = ceiling;
  }
  return text.empty() ? kNone : text + " r";
}

std::string ColumnTitle(const v1::Leaderboard& board, int column) {
  return board.benchmarks_size() <= kNamedColumns ? board.benchmarks(column)
                                                  : "[" + std::to_string(column + 1) + "]";
}

Table MakeTable(const v1::Leaderboard& board) {
  const bool with_layer = board.benchmarks_size() == 1;
  const bool with_tier = std::any_of(board.rows().begin(), board.rows().end(),
                                     [](auto& row) { return row.tier() > 0; });
  std::vector<Table::Column> columns = {{"#"}, {"model"}, {"mean", Align::kRight}};
  for (int c = 0; c < board.benchmarks_size(); ++c) columns.push_back({ColumnTitle(board, c)});
  if (with_layer) columns.push_back({"layer"});
  if (with_tier) columns.push_back({"tier", Align::kRight});
  Table table(std::move(columns));
  for (const v1::LeaderboardRow& row : board.rows()) {
    std::vector<std::string> cells = {row.rank() > 0 ? std::to_string(row.rank()) : kNone,
                                      LastPart(row.model()),
                                      row.has_mean() ? Number(row.mean()) : kNone};
    for (int c = 0; c < board.benchmarks_size(); ++c) {
      cells.push_back(c < row.cells_size() ? CellText(row.cells(c)) : kNone);
    }
    if (with_layer) cells.push_back(row.cells_size() > 0 ? LayerName(row.cells(0).layer()) : "");
    if (with_tier) cells.push_back(row.tier() > 0 ? std::to_string(row.tier()) : kNone);
    table.Add(std::move(cells));
  }
  std::vector<std::string> ceilings = {"", "(ceiling)", ""};
  for (int c = 0; c < board.benchmarks_size(); ++c) ceilings.push_back(CeilingText(board, c));
  if (with_layer) ceilings.push_back("");
  if (with_tier) ceilings.push_back("");
  table.Add(std::move(ceilings));
  return table;
}

std::string Explanation(const v1::Leaderboard& board) {
  std::string text;
  if (Any(board, [](const auto& cell) { return cell.has_normalised(); })) {
    text += "Scores are shares of the ceiling; ";
  }
  text += "an r marks a plain correlation; ± is half the interval's width.\n";
  if (Any(board, [](const auto& cell) { return cell.layer_choice() == "best"; })) {
    text +=
        "A layer was chosen on the stimuli that it is scored on (best): such scores are "
        "optimistic.\n";
  }
  if (std::any_of(board.rows().begin(), board.rows().end(),
                  [](auto& row) { return row.tier() > 0; })) {
    text +=
        "Models of one tier are not told apart from its first by this benchmark: 'ventral compare "
        "--benchmark " +
        Printable(board.benchmarks(0)) + "' has the tests.\n";
  }
  return text + Printable(board.policy()) + "\n";
}

}  // namespace

std::string FormatLeaderboard(const v1::Leaderboard& board) {
  if (board.rows().empty()) {
    return "No scores yet. Submit a checkpoint: ventral submit net.pt2 --name NAME --pack PACK "
           "--watch\n";
  }
  std::string text = MakeTable(board).Text() + "\n";
  if (board.benchmarks_size() > kNamedColumns) {
    for (int c = 0; c < board.benchmarks_size(); ++c) {
      text += ColumnTitle(board, c) + " " + Printable(board.benchmarks(c)) + "\n";
    }
  }
  return text + Explanation(board);
}

}  // namespace ventral::cli
