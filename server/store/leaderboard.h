// What the leaderboard shows: for each model and benchmark, the newest score of the model's newest
// checkpoint that has any score. So one network stands in all the cells of a row, and a submission
// that still runs does not blank it. Two tables have it ready (migrations/*_leaderboard.up.sql).
#ifndef VENTRAL_SERVER_STORE_LEADERBOARD_H_
#define VENTRAL_SERVER_STORE_LEADERBOARD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/store/rows.h"

namespace ventral::store {

inline constexpr int kMostLeaderboardCells = 10'000;  // a page

struct LeaderboardQuery {
  // The columns, each once; every benchmark of the newest version of each pack when empty. One
  // benchmark and all of them are answered from an index, what is between from all their cells.
  std::vector<std::string> benchmarks;
  int size = 100;     // rows; fewer where they would have more than kMostLeaderboardCells
  std::string token;  // from the page before
};

struct LeaderboardCell {
  std::string benchmark, score, layer_path, layer_choice;
  std::int64_t layer_step = 0;
  double raw = 0;
  std::optional<double> ceiling, normalised, interval_lower, interval_upper;
};

struct LeaderboardRow {
  std::string model, display_name;
  double mean = 0;  // over its cells, in the order of benchmarks' ids, of normalised, else raw
  std::int64_t rank = 0;  // from 1; equal means share one (1, 2, 2, 4), over pages, too
  std::vector<LeaderboardCell> cells;  // those that are there, one at least
};

// Rows by falling mean, then by model. All of it is of one moment.
struct LeaderboardPage {
  std::vector<std::string> benchmarks;  // the columns; by id where all were asked for
  std::vector<LeaderboardRow> rows;
  std::string next_token;  // empty on the last page
};

// A cell with the whole score behind it.
struct LeaderboardEntry {
  std::string model, display_name;
  ScoreRow score;  // without layers and resamples
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_LEADERBOARD_H_
